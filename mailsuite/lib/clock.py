"""The one source of business time.

Everything that decides *when* a mail may leave asks :func:`now`. Tests freeze it, and the
demo drives it through a file that all its processes read. Leases and locks do not use it:
they run on the database's clock, so that a machine with a wrong clock cannot break them.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


class FrozenClock:
    """A clock that stands still until it is moved. Safe to share between threads."""

    def __init__(self, at: datetime) -> None:
        self._at = _aware(at)

    def now(self) -> datetime:
        return self._at

    def move_to(self, at: datetime) -> None:
        self._at = _aware(at)

    def advance(self, by: timedelta) -> None:
        self._at += by

    def wait(self, duration: timedelta) -> None:
        """Nobody moves a frozen clock by waiting for it."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait(self, duration: timedelta) -> None:
        time.sleep(max(0.0, duration.total_seconds()))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock file says: at the real instant `set_at` it was `business`, running at `rate`."""

    business: datetime
    set_at: datetime
    rate: float

    def now(self) -> datetime:
        elapsed = datetime.now(UTC) - self.set_at
        return self.business + elapsed * self.rate


class FileClock:
    """A clock shared by several processes through one small file.

    Rate 0 stands still until the file is rewritten, 60 runs a minute a second. Written with
    :func:`write`, which replaces the file in one step, so a reader never sees half of it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._version: tuple[int, int] | None = None
        self._reading: Reading | None = None

    def now(self) -> datetime:
        return self._read().now()

    def wait(self, duration: timedelta) -> None:
        rate = self._read().rate
        if rate > 0:
            time.sleep(max(0.0, duration.total_seconds() / rate))

    def _read(self) -> Reading:
        stat = self._path.stat()
        # The inode changes with each replacement; two writes within one tick of the file
        # system's clock would otherwise look the same.
        version = (stat.st_mtime_ns, stat.st_ino)
        if self._reading is None or version != self._version:
            data = json.loads(self._path.read_text())
            self._reading = Reading(
                business=datetime.fromisoformat(data["business"]),
                set_at=datetime.fromisoformat(data["set_at"]),
                rate=float(data["rate"]),
            )
            self._version = version
        return self._reading


Clock = FrozenClock | SystemClock | FileClock


def _from_environment() -> Clock:
    path = os.environ.get("CLOCK_FILE")
    return FileClock(Path(path)) if path else SystemClock()


_clock: Clock = _from_environment()


def now() -> datetime:
    """The business time, aware, in UTC."""
    return _clock.now()


def wait(duration: timedelta) -> None:
    """Let `duration` of business time pass. Returns at once on a clock that stands still."""
    _clock.wait(duration)


def write(path: Path, business: datetime, rate: float = 0.0) -> None:
    """Set the clock file at `path` to `business`, running at `rate` business seconds a second."""
    reading = {
        "business": _aware(business).isoformat(),
        "set_at": datetime.now(UTC).isoformat(),
        "rate": rate,
    }
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
        json.dump(reading, file)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)


@contextmanager
def frozen(at: datetime) -> Iterator[FrozenClock]:
    """Freeze the clock of this process at `at`; the yielded clock can be moved."""
    global _clock
    previous, stopped = _clock, FrozenClock(at)
    _clock = stopped
    try:
        yield stopped
    finally:
        _clock = previous


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone; business time is always aware")
    return at.astimezone(UTC)
