"""What the environment is taken for."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from mailsuite.demo.place import LAST_REDIS_DATABASE
from mailsuite.environment import number, several, switch, text
from mailsuite.settings import BASE_DIR
from tests.settings import XDIST_WORKERS
from tests.test_docs import READ_SETTING

SETTINGS = BASE_DIR / "mailsuite" / "settings.py"


def test_tests_empty_neither_the_redis_of_daily_work_nor_that_of_a_demo():
    number = int(urlsplit(settings.REDIS_URL).path.removeprefix("/"))
    assert XDIST_WORKERS <= number < LAST_REDIS_DATABASE - XDIST_WORKERS


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_name_without_a_value_is_one_that_is_not_set(blank: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOME_NAME", blank)
    assert text("SOME_NAME", "the default") == "the default"
    assert several("SOME_NAME", ["a,b"]) == ["a,b"]
    assert number("SOME_NAME", 7, least=1, most=9) == 7
    assert switch("SOME_NAME", True) is True
    with pytest.raises(ImproperlyConfigured, match=r"^SOME_NAME is not set"):
        text("SOME_NAME")


@pytest.mark.parametrize("given", ["0", "-1", "10", "2.5", "nan", "1e3", "five"])
def test_a_number_that_can_not_be_meant_is_refused(given: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOME_NUMBER", given)
    with pytest.raises(ImproperlyConfigured, match=f"^SOME_NUMBER is '{given}'; .* from 1 to 9"):
        number("SOME_NUMBER", 7, least=1, most=9)


@pytest.mark.parametrize("given", ["1", "9"])
def test_a_number_within_its_bounds_is_taken(given: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOME_NUMBER", given)
    assert number("SOME_NUMBER", 7, least=1, most=9) == int(given)


@pytest.mark.parametrize(
    ("given", "meant"),
    [(word, True) for word in ("1", "True", "yes", "on")]
    + [(word, False) for word in ("0", "false", "No", "OFF")],
)
def test_a_switch_is_on_or_off(given: str, meant: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOME_SWITCH", given)
    assert switch("SOME_SWITCH", not meant) is meant


NUMBERS = {
    "ABSENCE_WORKDAYS": (1, 100),
    "CELERY_BEAT_SPEED": (1, 1000),
    "IMPORT_FILE_RETENTION_DAYS": (1, 36_500),
    "IMPORT_MAX_BYTES": (1024, 1024**3),
    "IMPORT_MAX_ROWS": (1, 10_000_000),
    "INBOUND_MAX_BYTES": (1024, 1024**3),
    "INBOUND_RAW_DAYS": (1, 36_500),
    "PROXY_COUNT": (0, 10),
    "SENT_CONTENT_RETENTION_DAYS": (1, 36_500),
    "SMTP_TIMEOUT_SECONDS": (1, 600),
    "SOFT_BOUNCES_IN_A_ROW": (1, 100),
    "UNKNOWN_ATTENTION_HOURS": (1, 8_760),
    "WEBHOOK_MAX_AGE_HOURS": (1, 336),
}
SWITCHES = ["DEBUG", "DEVELOPMENT", "MAIL_TEST_MODE", "SECURE_SSL_REDIRECT"]
SWITCH_WORDS = "1, true, yes, on, 0, false, no or off"
LEVELS = "DEBUG, INFO, WARNING, ERROR or CRITICAL"
# Taken as they are, or checked by `manage.py check`.
ANY_TEXT = {
    "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "MAIL_TEST_FOLDER", "MEDIA_ROOT", "METRICS_TOKEN",
    "PSEUDONYM_KEY", "SECRETS_KEYS", "SECRET_KEY", "STATIC_ROOT", "TRACKING_KEYS",
}  # fmt: skip
REFUSED = [
    *((name, "maybe", f"is 'maybe'; set it to {SWITCH_WORDS}, or unset it.") for name in SWITCHES),
    *(
        (name, bad, f"is '{bad}'; set it to a whole number from {least} to {most}, or unset it.")
        for name, (least, most) in NUMBERS.items()
        for bad in ("abc", "1.5", str(least - 1), str(most + 1))
    ),
    ("LOG_FORMAT", "jsn", "is 'jsn'; set it to json or console, or unset it."),
    ("LOG_LEVEL", "loud", f"is 'loud'; set it to {LEVELS}, or unset it."),
    (
        "TIME_ZONE",
        "Europe/Amsterdm",
        "is 'Europe/Amsterdm'; set it to a name of the IANA database, as Europe/Amsterdam, "
        "or unset it.",
    ),
    *(
        (
            "DNS_SERVERS",
            bad,
            f"is {bad!r}; set it to IP addresses, with a port where it is not 53 "
            "(192.0.2.1:5353), or unset it.",
        )
        for bad in ("dns.google", "192.0.2.1:dns", "192.0.2.256")
    ),
    *(
        (name, bad, f"is no address that can be used; set it to {allowed}.")
        for name, bad, allowed in [
            ("DATABASE_URL", "mysql://u:sesame@db/x", "postgres://… or postgresql://…"),
            ("DATABASE_URL", "postgres://u:sesame@db:port/x", "postgres://… or postgresql://…"),
            ("REDIS_URL", "localhost:6379", "redis://… or rediss://…"),
            ("REDIS_URL", "http://:sesame@redis", "redis://… or rediss://…"),
            ("PUBLIC_URL", "mail.example.org", "http://… or https://…"),
            ("PUBLIC_URL", "https://[mail.example.org", "http://… or https://…"),
        ]
    ),
]


@pytest.mark.parametrize(("name", "bad", "problem"), REFUSED)
def test_a_slip_in_a_setting_stops_the_start(
    name: str, bad: str, problem: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(name, bad)
    with pytest.raises(ImproperlyConfigured) as refusal:
        runpy.run_path(str(SETTINGS))
    assert str(refusal.value) == f"{name} {problem}"


def test_every_setting_is_refused_or_any_text():
    read = set(re.findall(READ_SETTING, SETTINGS.read_text()))
    refused = {name for name, _, _ in REFUSED}
    assert refused.isdisjoint(ANY_TEXT)
    assert read == refused | ANY_TEXT


def test_manage_py_says_what_is_wrong_without_a_traceback():
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "mailsuite.settings", "LOG_FORMAT": "jsn"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "mailsuite: LOG_FORMAT is 'jsn'; set it to json or console, or unset it.\n"
    )


def test_a_secret_from_a_file_comes_without_its_newline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    secret = tmp_path / "secret"
    secret.write_text("one,two\n")
    monkeypatch.setenv("SOME_SECRET_FILE", str(secret))
    assert several("SOME_SECRET", []) == ["one", "two"]
