"""System checks for settings that are each legal and together unsafe."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags
from django.core.checks import register as register_check

_SHORTEST_TOKEN = 20


def register() -> None:
    register_check(production_keys, Tags.security, deploy=True)
    register_check(pseudonym_key, Tags.security, deploy=True)
    register_check(production_addresses, Tags.security, deploy=True)
    register_check(real_clock, Tags.security, deploy=True)
    register_check(mails_leave, Tags.security, deploy=True)
    register_check(metrics_token, Tags.security, deploy=True)
    register_check(secrets_keys, Tags.security)
    register_check(retention)


def production_keys(**_: Any) -> list[CheckMessage]:
    if not settings.DEVELOPMENT:
        return []
    return [
        Error(
            "The keys of development are in use.",
            hint="Set SECRET_KEY and SECRETS_KEYS in the environment.",
            id="mailsuite.E001",
        )
    ]


def pseudonym_key(**_: Any) -> list[CheckMessage]:
    """Without a key, whoever knows an address can work out what stands in its place."""
    if settings.PSEUDONYM_KEY:
        return []
    return [
        Error(
            "PSEUDONYM_KEY is empty: the addresses of erased people could be guessed.",
            hint="Set it in the environment, or unset it to use SECRET_KEY.",
            id="mailsuite.E009",
        )
    ]


def production_addresses(**_: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    url = urlsplit(settings.PUBLIC_URL)
    # RFC 8058 §3.1: the one-click address must be https.
    if url.scheme != "https" or not url.hostname:
        problems.append(
            Error(
                f"PUBLIC_URL is {settings.PUBLIC_URL!r}; recipients need an https address.",
                hint="Set it to what the world reaches this installation by: https://….",
                id="mailsuite.E002",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        problems.append(
            Error(
                "ALLOWED_HOSTS takes any host name.",
                hint="List the host names of this installation.",
                id="mailsuite.E003",
            )
        )
    return problems


def real_clock(**_: Any) -> list[CheckMessage]:
    if "CLOCK_FILE" not in os.environ and settings.CELERY_BEAT_SPEED == 1:
        return []
    return [
        Error(
            "The clock is driven by a file or beat runs fast: mails would leave at wrong times.",
            hint="CLOCK_FILE and CELERY_BEAT_SPEED are for the demo and tests; unset them.",
            id="mailsuite.E004",
        )
    ]


def mails_leave(**_: Any) -> list[CheckMessage]:
    if not settings.MAIL_TEST_MODE:
        return []
    return [
        Error(
            "MAIL_TEST_MODE is on: mails are written into a folder and count as sent.",
            hint="Unset it where real leads are to be reached.",
            id="mailsuite.E005",
        )
    ]


def metrics_token(**_: Any) -> list[CheckMessage]:
    if not settings.METRICS_TOKEN or len(settings.METRICS_TOKEN) >= _SHORTEST_TOKEN:
        return []
    return [
        Error(
            f"METRICS_TOKEN has fewer than {_SHORTEST_TOKEN} characters and can be guessed.",
            hint='Make one with `python -c "import secrets; print(secrets.token_urlsafe())"`.',
            id="mailsuite.E006",
        )
    ]


def secrets_keys(**_: Any) -> list[CheckMessage]:
    """A wrong key would show when the first password is stored, and then as a server error."""
    problems: list[CheckMessage] = []
    for position, key in enumerate(settings.SECRETS_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError:
            problems.append(
                Error(
                    f"Key {position} of SECRETS_KEYS is no Fernet key (32 bytes in base64).",
                    hint="Make one with `python -c "
                    '"from cryptography.fernet import Fernet; '
                    'print(Fernet.generate_key().decode())"`.',
                    id="mailsuite.E007",
                )
            )
    return problems


def retention(**_: Any) -> list[CheckMessage]:
    if settings.SENT_CONTENT_RETENTION_DAYS >= 1:
        return []
    return [
        Error(
            "SENT_CONTENT_RETENTION_DAYS is below 1: the text of a mail would be gone before "
            "its sending is finished.",
            hint="Set it to the days for which people may read what was sent.",
            id="mailsuite.E008",
        )
    ]
