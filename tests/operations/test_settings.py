"""What the environment is taken for."""

from __future__ import annotations

import runpy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from mailsuite.demo.place import LAST_REDIS_DATABASE
from mailsuite.settings import BASE_DIR, env, number, text
from tests.settings import XDIST_WORKERS


def test_tests_empty_neither_the_redis_of_daily_work_nor_that_of_a_demo():
    number = int(urlsplit(settings.REDIS_URL).path.removeprefix("/"))
    assert XDIST_WORKERS <= number < LAST_REDIS_DATABASE - XDIST_WORKERS


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_name_without_a_value_is_one_that_is_not_set(blank: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOME_NAME", blank)
    assert text("SOME_NAME", "the default") == "the default"
    assert env.list("SOME_NAME", default=["a"]) == ["a"]
    assert number("SOME_NAME", 7, least=1, most=9) == 7


@pytest.mark.parametrize("given", ["0", "-1", "10", "2.5", "nan", "1e3", "five"])
def test_a_number_that_can_not_be_meant_is_refused(given: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOME_NUMBER", given)
    with pytest.raises(ImproperlyConfigured, match="SOME_NUMBER is "):
        number("SOME_NUMBER", 7, least=1, most=9)


@pytest.mark.parametrize("given", ["1", "9"])
def test_a_number_within_its_bounds_is_taken(given: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOME_NUMBER", given)
    assert number("SOME_NUMBER", 7, least=1, most=9) == int(given)


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("SMTP_TIMEOUT_SECONDS", "0"),
        ("SMTP_TIMEOUT_SECONDS", "3600"),
        ("CELERY_BEAT_SPEED", "0"),
        ("UNKNOWN_ATTENTION_HOURS", "-1"),
        ("SENT_CONTENT_RETENTION_DAYS", "0"),
        ("IMPORT_FILE_RETENTION_DAYS", "-1"),
        ("IMPORT_MAX_BYTES", "0"),
        ("IMPORT_MAX_ROWS", "0"),
        ("PROXY_COUNT", "-1"),
    ],
)
def test_dangerous_numbers_stop_the_start(name: str, bad: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(name, bad)
    with pytest.raises(ImproperlyConfigured, match=f"{name} is {bad}; set it to something from"):
        runpy.run_path(str(BASE_DIR / "mailsuite" / "settings.py"))


def test_a_secret_from_a_file_comes_without_its_newline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    secret = tmp_path / "secret"
    secret.write_text("one,two\n")
    monkeypatch.setenv("SOME_SECRET_FILE", str(secret))
    assert env.list("SOME_SECRET") == ["one", "two"]
