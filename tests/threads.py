"""Real threads on real connections, started at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

Result = TypeVar("Result")


def in_threads(count: int, work: Callable[[], Result]) -> list[Result]:
    """What each of `count` simultaneous calls returned; the first exception is raised."""
    barrier = threading.Barrier(count)

    def run(_: int) -> Result:
        try:
            barrier.wait(timeout=10)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
