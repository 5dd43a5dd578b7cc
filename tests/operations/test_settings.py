"""What the environment is taken for."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from mailsuite.demo.place import LAST_REDIS_DATABASE
from mailsuite.settings import env, text
from tests.settings import XDIST_WORKERS


def test_tests_empty_neither_the_redis_of_daily_work_nor_that_of_a_demo():
    number = int(urlsplit(settings.REDIS_URL).path.removeprefix("/"))
    assert XDIST_WORKERS <= number < LAST_REDIS_DATABASE - XDIST_WORKERS


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_name_without_a_value_is_one_that_is_not_set(blank: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOME_NAME", blank)
    assert text("SOME_NAME", "the default") == "the default"
    assert env.list("SOME_NAME", default=["a"]) == ["a"]
    assert env.int("SOME_NAME", default=7) == 7


def test_a_secret_from_a_file_comes_without_its_newline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    secret = tmp_path / "secret"
    secret.write_text("one,two\n")
    monkeypatch.setenv("SOME_SECRET_FILE", str(secret))
    assert env.list("SOME_SECRET") == ["one", "two"]
