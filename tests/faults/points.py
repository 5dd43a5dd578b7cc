"""Crash points: named places in a worker where it dies, or falls asleep, when a file says so.

One file is one shot. Workers take a shot by unlinking its file, so that each hits exactly one
process, and note the hit before they go.
"""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path

KILL, STOP = "kill", "stop"
_SIGNALS = {KILL: signal.SIGKILL, STOP: signal.SIGSTOP}
_HITS = "hits.jsonl"
_WOKEN = "woken"

AFTER_CLAIM = "after-claim"
AFTER_GATE = "after-gate"
AFTER_DOT = "after-dot"
BEFORE_FINAL_COMMIT = "before-final-commit"


@dataclass(frozen=True, slots=True)
class Hit:
    point: str
    action: str
    pid: int
    at: float  # seconds since the epoch


@dataclass
class Points:
    folder: Path
    _opened_at: float = 0.0

    def open(self) -> None:
        """What was hit before does not count any more."""
        self.disarm()
        self._opened_at = time.time()

    def arm(self, point: str, action: str, times: int) -> None:
        for number in range(times):
            (self.folder / f"{point}.{action}.{time.time_ns()}-{number}").touch()

    def disarm(self) -> int:
        """Answer how many shots were left."""
        left = [path for path in self.folder.iterdir() if path.name != _HITS]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def hits_since_opened(self) -> list[Hit]:
        return [hit for hit in self._noted() if hit.point != _WOKEN]

    def has_woken(self, hit: Hit) -> bool:
        return any(
            one.point == _WOKEN and one.pid == hit.pid and one.at > hit.at for one in self._noted()
        )

    def _noted(self) -> list[Hit]:
        path = self.folder / _HITS
        lines = path.read_text().splitlines() if path.exists() else []
        hits = [Hit(**json.loads(line)) for line in lines]
        return [hit for hit in hits if hit.at > self._opened_at]

    def pass_by(self, point: str) -> None:
        """For workers: go on, or not."""
        for name in os.listdir(self.folder):  # noqa: PTH208  quick, since it runs all the time
            if not name.startswith(f"{point}."):
                continue
            try:
                (self.folder / name).unlink()
            except FileNotFoundError:
                continue
            action = name.split(".")[1]
            self._note(Hit(point, action, os.getpid(), time.time()))
            os.kill(os.getpid(), _SIGNALS[action])
            self._note(Hit(_WOKEN, action, os.getpid(), time.time()))
            return

    def _note(self, hit: Hit) -> None:
        line = json.dumps(asdict(hit)) + "\n"
        descriptor = os.open(self.folder / _HITS, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, line.encode())
        os.close(descriptor)
