"""Waiting for what other processes bring about."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import OperationalError, connection

POLL_SECONDS = 0.03
PATIENCE_SECONDS = 60.0


class StuckError(RuntimeError):
    """Something that was due did not happen; the text says what is left."""


def patiently(question: Callable[[], bool]) -> Callable[[], bool]:
    """A database that is away has no answer yet."""

    def ask() -> bool:
        try:
            return question()
        except OperationalError:
            connection.close()
            return False

    return ask


def wait_for(
    is_so: Callable[[], bool],
    what: str | Callable[[], str],
    seconds: float = PATIENCE_SECONDS,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        meanwhile()
        if time.monotonic() > deadline:
            left = what if isinstance(what, str) else what()
            raise StuckError(f"Waited {seconds:.0f} s for {left}.")
        time.sleep(POLL_SECONDS)
