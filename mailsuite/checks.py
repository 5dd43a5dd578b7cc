"""System checks for settings that are each legal and together unsafe."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags
from django.core.checks import register as register_check


def register() -> None:
    register_check(production_keys, Tags.security, deploy=True)
    register_check(production_addresses, Tags.security, deploy=True)
    register_check(real_clock, Tags.security, deploy=True)


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
