"""What the outside world saw, line by line, each on the disk before anybody is answered."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mail that the server took, whether or not it could say so. `at` is business time, UTC."""

    at: datetime
    message_id: str
    recipient: str
    domain: str
    step: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A mail that the server refused for good (5xx), naming its recipient."""

    at: datetime
    recipient: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """From here on the recipient must get nothing; "*" stands for everybody."""

    at: datetime
    recipient: str


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The business clock was moved by hand, to `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Misbehaved:
    """The server did what a rule of the script asks for. `seconds` since the epoch."""

    at: datetime
    rule: str
    verb: str
    recipient: str
    seconds: float


Entry = Accepted | Refused | Stopped | ClockSet | Misbehaved
_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Accepted, Refused, Stopped, ClockSet, Misbehaved)
}


def append(path: Path, entry: Entry) -> None:
    """One write of one line: several processes write to one journal."""
    line = {"entry": type(entry).__name__, **asdict(entry), "at": entry.at.isoformat()}
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, json.dumps(line).encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> list[Entry]:
    entries: list[Entry] = []
    for line in path.read_text().splitlines() if path.exists() else []:
        values = json.loads(line)
        kind = _KINDS[values.pop("entry")]
        entries.append(kind(**{**values, "at": datetime.fromisoformat(values["at"])}))
    return entries
