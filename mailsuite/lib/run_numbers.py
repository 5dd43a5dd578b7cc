"""Numbers for runs of one kind in this checkout, so that several at once keep out of each other's
folders and databases."""

from __future__ import annotations

import fcntl
import itertools

from mailsuite.lib.embedded.lease import take
from mailsuite.lib.embedded.places import CHECKOUT


def take_run_number(kind: str) -> tuple[int, int]:
    """The lowest number that no other run of this kind holds, and the descriptor of the lock that
    holds it: it is free again when that is closed, or when the process ends however."""
    var = CHECKOUT / "var"
    var.mkdir(exist_ok=True)
    for number in itertools.count():
        lock = take(var / f"{kind}-{number}.lock", fcntl.LOCK_EX)
        if lock is not None:
            return number, lock
    raise AssertionError("counting has no end")
