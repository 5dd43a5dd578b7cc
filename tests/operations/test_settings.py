"""What the environment is taken for."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from mailsuite.demo.place import LAST_REDIS_DATABASE
from tests.settings import XDIST_WORKERS


def test_tests_empty_neither_the_redis_of_daily_work_nor_that_of_a_demo():
    number = int(urlsplit(settings.REDIS_URL).path.removeprefix("/"))
    assert XDIST_WORKERS <= number < LAST_REDIS_DATABASE - XDIST_WORKERS
