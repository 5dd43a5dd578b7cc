"""Real threads on real connections, started at the same moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Generic, TypeVar

from django.db import connection, connections

Result = TypeVar("Result")
_PATIENCE_SECONDS = 10


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


class Meanwhile(Generic[Result]):
    """`work` in a thread and on a connection of its own, from now on.

    For the meeting of two transactions of which one must wait for the other: no time passes,
    since the database is asked who waits.
    """

    def __init__(self, work: Callable[[], Result]) -> None:
        self._backend: Future[int] = Future()
        pool = ThreadPoolExecutor(1)
        self._done = pool.submit(self._run, work)
        pool.shutdown(wait=False)

    def _run(self, work: Callable[[], Result]) -> Result:
        try:
            connection.ensure_connection()
            self._backend.set_result(connection.connection.info.backend_pid)
            return work()
        finally:
            connections.close_all()

    def waits(self) -> bool:
        """Whether it has come to a lock that another transaction holds; False: it is done."""
        gives_up = time.monotonic() + _PATIENCE_SECONDS
        while not wait([self._done], timeout=0.01).done:
            if self._asked("SELECT cardinality(pg_blocking_pids(%s))"):
                return True
            assert time.monotonic() < gives_up, "it neither waits for a lock nor ends"
        return False

    def advisory_locks(self) -> int:
        """How many of them it holds at this moment."""
        return self._asked(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = %s"
        )

    def result(self) -> Result:
        """What it has answered, when that has come; raises what it raised."""
        return self._done.result(timeout=_PATIENCE_SECONDS)

    def _asked(self, question: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(question, [self._backend.result(timeout=_PATIENCE_SECONDS)])
            return cursor.fetchone()[0]
