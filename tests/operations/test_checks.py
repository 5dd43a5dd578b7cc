from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from django.core.checks import WARNING, run_checks

from mailsuite import checks


@pytest.mark.parametrize(
    ("setting", "bad", "good", "check", "problem"),
    [
        ("DEVELOPMENT", True, False, checks.production_keys, "mailsuite.E001"),
        ("MAIL_TEST_MODE", True, False, checks.mails_leave, "mailsuite.E005"),
        ("METRICS_TOKEN", "short", "x" * 20, checks.metrics_token, "mailsuite.E006"),
        ("METRICS_TOKEN", "short", "", checks.metrics_token, "mailsuite.E006"),
        ("SMTP_TIMEOUT_SECONDS", 59, 60, checks.answers_are_awaited, "mailsuite.E008"),
        ("SMTP_TIMEOUT_SECONDS", 915, 914, checks.turns_end, "mailsuite.E010"),
        ("CELERY_TASK_TIME_LIMIT", 1185, 1186, checks.turns_end, "mailsuite.E010"),
        ("CELERY_TASK_TIME_LIMIT", 3600, 3599, checks.turns_end, "mailsuite.E011"),
    ],
)
def test_unsafe_settings_are_named(settings, setting, bad, good, check, problem) -> None:
    setattr(settings, setting, bad)
    assert [found.id for found in check()] == [problem]
    setattr(settings, setting, good)
    assert check() == []


def test_the_key_that_is_none_is_told_by_its_place(settings) -> None:
    settings.SECRETS_KEYS = [Fernet.generate_key().decode(), "letmein"]
    (found,) = checks.secrets_keys()
    assert found.id == "mailsuite.E007"
    assert "Key 2 of SECRETS_KEYS" in found.msg
    assert "letmein" not in found.msg


def test_a_key_for_erased_people_that_would_be_rotated_is_named(settings) -> None:
    settings.SECRET_KEY = settings.PSEUDONYM_KEY = "sesame"
    (found,) = checks.pseudonym_key()
    assert (found.id, found.level) == ("mailsuite.W001", WARNING)
    assert "sesame" not in found.msg
    settings.PSEUDONYM_KEY = "of its own"
    assert checks.pseudonym_key() == []


def test_public_addresses_must_be_https_and_named(settings) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "http://mailsuite.example", ["*"]
    assert [found.id for found in checks.production_addresses()] == [
        "mailsuite.E002",
        "mailsuite.E003",
    ]


def test_a_clock_from_a_file_is_no_production(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.real_clock() == []
    monkeypatch.setenv("CLOCK_FILE", "/tmp/clock")  # noqa: S108
    assert [found.id for found in checks.real_clock()] == ["mailsuite.E004"]


def test_development_passes_the_everyday_checks() -> None:
    assert run_checks() == []
