from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseError

from tracking.matching import message_of
from tracking.reading import ReadMail, Recipient, References, Verdict, read_mail

_UNREADABLE = 1
# Seconds until a database that does not answer counts as none.
_DATABASE_PATIENCE = "3"


class Command(BaseCommand):
    help = (
        "Say what the mails in FILE… are: bounce, complaint, auto_reply, reply, unsubscribe or "
        "other. Changes nothing. Works without a database, which then can't tell whether a mail "
        "speaks of one of ours. Exit status: 0, or 1 when a file could not be opened."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("files", nargs="+", type=Path, metavar="FILE", help="a raw mail (RFC 5322), one each")
        add("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: object, **options: Any) -> None:
        os.environ.setdefault("PGCONNECT_TIMEOUT", _DATABASE_PATIENCE)
        messages = _Messages()
        failed = False
        for path in options["files"]:
            try:
                raw = path.read_bytes()
            except OSError as problem:
                self.stderr.write(f"{path}: can't be read: {problem.strerror}.")
                failed = True
                continue
            mail = read_mail(raw)
            said = _as_json(path, mail, messages.id_for(mail.references))
            self.stdout.write(json.dumps(said) if options["json"] else _as_line(said))
        if failed:
            sys.exit(_UNREADABLE)


class _Messages:
    """The messages of the database, as long as there is one."""

    def __init__(self) -> None:
        self._is_there = True

    def id_for(self, references: References) -> str | None:
        if not self._is_there:
            return None
        try:
            message = message_of(references)
        except (DatabaseError, ImproperlyConfigured):
            self._is_there = False  # asked once: each further try would wait as long
            return None
        return str(message.pk) if message else None


def _as_json(path: Path, mail: ReadMail, matched_message: str | None) -> dict[str, Any]:
    return {
        "file": str(path),
        "kind": mail.kind.value,
        "recipients": [_recipient(recipient) for recipient in mail.recipients],
        "return_date": mail.return_date.isoformat() if mail.return_date else None,
        "intent": mail.intent.value,
        "matched_message": matched_message,
    }


def _recipient(recipient: Recipient) -> dict[str, Any]:
    return {
        "address": recipient.address,
        "status": recipient.status or None,
        "hard": recipient.verdict is Verdict.HARD,
        "reason": recipient.reason.value,
    }


def _as_line(said: dict[str, Any]) -> str:
    """For people; addresses are printed as strangers wrote them, without what moves a cursor."""
    about = "; ".join(
        f"{each['address']} {'hard' if each['hard'] else 'not hard'}, {each['reason']}"
        for each in said["recipients"]
    )
    rest = [about, said["return_date"], said["intent"] if said["intent"] != "none" else ""]
    line = "  ".join([f"{said['file']}: {said['kind']}", *(str(each) for each in rest if each)])
    return "".join(letter if letter.isprintable() else "?" for letter in line)
