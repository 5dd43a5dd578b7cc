"""A process of a project that sends with django-post-office: queue the letters of a file, get
ready, send them by its own command."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

from benchmarks.work_process import ready_then

PROCESSES = 2
_CHUNK = 1000


def main(letters: str) -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    with Path(letters).open() as lines:
        count = _queue(lines)
    ready_then(_send)
    _check(count)


def _send() -> None:
    call_command("send_queued_mail", processes=PROCESSES)


def _queue(lines: Iterable[str]) -> int:
    from post_office import mail
    from post_office.models import Email, EmailTemplate

    Email.objects.all().delete()
    EmailTemplate.objects.all().delete()
    stream = iter(lines)
    parts = json.loads(next(stream))
    template = EmailTemplate.objects.create(
        name="scan", subject=parts["subject"], content=parts["text"], html_content=parts["html"]
    )
    count = 0
    while chunk := [json.loads(line) for line in islice(stream, _CHUNK)]:
        emails = mail.send_many([_arguments(letter, template) for letter in chunk])
        if count == 0:
            _compare(emails[0], chunk[0]["sent"])
        count += len(chunk)
    return count


def _arguments(letter: dict[str, Any], template: object) -> dict[str, Any]:
    return {
        "recipients": letter["recipient"],
        "sender": letter["sender"],
        "headers": letter["headers"],
        "context": letter["context"],
        "template": template,
        "render_on_delivery": True,
    }


def _compare(email: Any, sent: list[str]) -> None:
    """The reference must do the same work: subject, text and HTML, to the letter."""
    message = email.prepare_email_message()
    made = [message.subject, message.body, message.alternatives[0].content]
    if made != sent:
        raise AssertionError(f"django-post-office would send something else: {made!r}, {sent!r}")
    email._cached_email_message = None


def _check(count: int) -> None:
    from post_office.models import STATUS, Email

    sent = Email.objects.filter(status=STATUS.sent).count()
    if sent != count:
        raise AssertionError(f"django-post-office sent {sent} of {count} mails")


if __name__ == "__main__":
    main(*sys.argv[1:])
