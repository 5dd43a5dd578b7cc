"""What the outside world saw, line by line in the order in which it happened.

Written by the mail server and the recipients, read by the oracle. The order of the lines is the
truth: a mail below somebody's opt-out was accepted after it, whatever the clocks say.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class AcceptedMail:
    """A mail that the server answered 250 to.

    `number` is its place in its thread, from 1, counted from the References header; `domain` is
    that of the From address; `at` is business time, UTC.
    """

    at: datetime
    message_id: str
    campaign_message_id: str
    number: int
    recipient: str
    domain: str
    subject: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """Something a recipient, or a machine in front of one, did, and mailsuite took in."""

    at: datetime
    kind: str
    message_id: str
    recipient: str
    domain: str  # that the mail had come from
    back_on: date | None = None  # of somebody who is away


@dataclass(frozen=True, slots=True)
class Resumption:
    """A sending domain had paused itself, for `reason`, and a person let it go on."""

    at: datetime
    domain: str
    reason: str


# Kinds of reaction. What a person does counts as theirs; what a machine does must not.
OPENED, CLICKED, OPTED_OUT = "opened", "clicked", "opted out"
PREFETCHED, SCANNED = "prefetched", "scanned"
# What comes back by mail.
REPLIED, ASKED_TO_STOP, COMPLAINED = "replied", "asked to be left alone", "reported it as spam"
AWAY = "is away"
BOUNCED, BOUNCED_SOFTLY = "does not exist", "could not be reached"

Entry = AcceptedMail | Reaction | Resumption


class Journal:
    """Appends entries to a file of JSON lines and keeps them. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self.entries: list[Entry] = []
        self._lock = threading.Lock()
        self._file = path.open("w", encoding="utf-8")

    def append(self, entry: Entry) -> None:
        line = {"entry": type(entry).__name__, **asdict(entry), "at": entry.at.isoformat()}
        with self._lock:
            self._file.write(json.dumps(line, ensure_ascii=False, default=date.isoformat) + "\n")
            self._file.flush()
            self.entries.append(entry)

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> list[Entry]:
    """The entries of a journal's file, in its order."""
    return list(_entries(path))


def _entries(path: Path) -> Iterator[Entry]:
    kinds: dict[str, type[Any]] = {
        kind.__name__: kind for kind in (AcceptedMail, Reaction, Resumption)
    }
    for line in path.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        kind = kinds[values.pop("entry")]
        values["at"] = datetime.fromisoformat(values["at"])
        if values.get("back_on"):
            values["back_on"] = date.fromisoformat(values["back_on"])
        yield kind(**values)
