from __future__ import annotations

import os
import sys
import traceback
from typing import Any, BinaryIO, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError

from tracking.receiving import receive_piped

_PIECE = 1 << 20


class Command(BaseCommand):
    help = (
        "Take in one mail (RFC 5322) on standard input, as a mail server's pipe delivers it. The "
        "same mail may come any number of times. Exit status, as in sysexits.h: 0 when it is kept "
        "and has taken effect; 64 (EX_USAGE) when there is no mail to read; 65 (EX_DATAERR) when "
        "it is empty or larger than INBOUND_MAX_BYTES, and is to be refused; 75 (EX_TEMPFAIL) "
        "when the database is away or anything else goes wrong, and it is to be delivered later."
    )
    requires_system_checks = []

    def handle(self, *args: object, **options: Any) -> None:
        if sys.stdin is None or sys.stdin.isatty():
            self._end(os.EX_USAGE, "Give a mail on standard input: receive_mail < mail.eml")
        try:
            self._take(_read_at_most(sys.stdin.buffer, settings.INBOUND_MAX_BYTES))
        except DatabaseError as problem:
            self._later("The database did not answer", problem, options)
        except Exception as problem:  # whatever it is, the mail must not be lost to it
            self._later("The mail could not be taken", problem, options)

    def _later(self, words: str, problem: Exception, options: dict[str, Any]) -> None:
        """No more than its name, unless --traceback asks for it: what we say reaches whoever has
        sent the mail, should the server give up one day."""
        if options.get("traceback"):
            traceback.print_exception(problem, file=self.stderr)
        self._end(os.EX_TEMPFAIL, f"4.3.0 {words} ({type(problem).__name__})")

    def _take(self, raw: bytes | None) -> None:
        if raw is None:
            limit = settings.INBOUND_MAX_BYTES
            self._end(os.EX_DATAERR, f"5.3.4 A mail may have {limit:,} bytes here; it has more.")
        if not raw.strip():
            self._end(os.EX_DATAERR, "5.6.0 There is nothing in this mail.")
        inbound = receive_piped(raw)
        self.stdout.write(f"{inbound.kind}, {inbound.state}")

    def _end(self, status: int, words: str) -> NoReturn:
        """`words` may begin with an enhanced status code, which Postfix passes on (pipe(8))."""
        self.stderr.write(words)
        sys.exit(status)


def _read_at_most(stream: BinaryIO, limit: int) -> bytes | None:
    """All of `stream`; None where that is more than `limit` bytes. Read to its end all the same: a
    server that can't deliver the rest takes that for a fault."""
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size <= limit:
            pieces.append(piece)
        else:
            pieces.clear()
    return None if size > limit else b"".join(pieces)
