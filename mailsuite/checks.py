"""System checks for settings that are each legal and unsafe in production or together."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning
from django.core.checks import register as register_check

from campaigns.gate import HANDOVER
from campaigns.tasks import SENDING_SECONDS
from campaigns.transport.connection import COMMAND_TIMEOUT_SECONDS

_SHORTEST_TOKEN = 20
_SHORTEST_WAIT = 60  # seconds

# The connection, the banner, EHLO, STARTTLS, its handshake, EHLO again, AUTH and its two answers.
_REPLIES_TO_CONNECT = 9
# MAIL, RCPT, DATA and the mail itself before its end.
_REPLIES_TO_A_MAIL = 4


def register() -> None:
    register_check(production_keys, Tags.security, deploy=True)
    register_check(pseudonym_key, Tags.security, deploy=True)
    register_check(production_addresses, Tags.security, deploy=True)
    register_check(real_clock, Tags.security, deploy=True)
    register_check(mails_leave, Tags.security, deploy=True)
    register_check(metrics_token, Tags.security, deploy=True)
    register_check(secrets_keys, Tags.security)
    register_check(answers_are_awaited, deploy=True)
    register_check(turns_end)


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
    """Where the addresses of erased people are recognised by SECRET_KEY, a new SECRET_KEY forgets
    all of them, and imports may bring them back."""
    if settings.PSEUDONYM_KEY != settings.SECRET_KEY:
        return []
    return [
        Warning(
            "PSEUDONYM_KEY is SECRET_KEY: when that is changed, all erased people are forgotten.",
            hint="Set PSEUDONYM_KEY to a key of its own; where somebody was erased already, to the "
            "present SECRET_KEY before that one is changed.",
            id="mailsuite.W001",
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


def answers_are_awaited(**_: Any) -> list[CheckMessage]:
    """Whoever hangs up early has to leave the mail `unknown`, and somebody must look after it."""
    if settings.SMTP_TIMEOUT_SECONDS >= _SHORTEST_WAIT:
        return []
    return [
        Error(
            f"SMTP_TIMEOUT_SECONDS is {settings.SMTP_TIMEOUT_SECONDS}: servers that look into a "
            "mail before they take it need longer, and their mails would end as unknown.",
            hint=f"Set it to {_SHORTEST_WAIT} or more; RFC 5321 asks for 600, 300 is the default.",
            id="mailsuite.E008",
        )
    ]


def turns_end(**_: Any) -> list[CheckMessage]:
    """A worker that Celery kills at its limit leaves mails `unknown` that a server was about to
    take; a task that outlives the broker's patience is handed to a second worker."""
    problems: list[CheckMessage] = []
    longest = longest_turn()
    if longest >= settings.CELERY_TASK_TIME_LIMIT:
        problems.append(
            Error(
                f"The turn of a sending domain may take {longest} seconds, and Celery kills it "
                f"after {settings.CELERY_TASK_TIME_LIMIT}.",
                hint="Lower SMTP_TIMEOUT_SECONDS, or raise CELERY_TASK_TIME_LIMIT.",
                id="mailsuite.E010",
            )
        )
    patience = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    if patience <= settings.CELERY_TASK_TIME_LIMIT:
        problems.append(
            Error(
                f"Redis hands a task out again after {patience} seconds, though it may run for "
                f"{settings.CELERY_TASK_TIME_LIMIT}.",
                hint="Lower CELERY_TASK_TIME_LIMIT, or raise the broker's visibility_timeout.",
                id="mailsuite.E011",
            )
        )
    return problems


def longest_turn() -> int:
    """Seconds, where each answer comes at the last moment: the turn's own time is up, the server
    is slow to log in to, the last of the mails that passed the gate together leaves as late as it
    may, and the server thinks about it."""
    replies = (_REPLIES_TO_CONNECT + _REPLIES_TO_A_MAIL) * COMMAND_TIMEOUT_SECONDS
    waits = SENDING_SECONDS + int(HANDOVER.total_seconds())
    return waits + replies + int(settings.SMTP_TIMEOUT_SECONDS)
