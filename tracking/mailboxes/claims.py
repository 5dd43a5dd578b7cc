"""A mailbox in the hands of one worker.

A connection of its own holds an advisory lock for the length of a turn: a worker that is killed
loses it with the connection, and a slow server makes no lease run out. It only keeps workers from
crowding before one server; that no mail is read twice is up to `position`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def claimed(mailbox_id: int) -> Iterator[bool]:
    """Yield whether this worker is the one to read the mailbox now."""
    side = connection.copy()
    try:
        with side.cursor() as cursor:
            cursor.execute(
                "SELECT pg_try_advisory_lock(hashtextextended('mailbox ' || %s, 0))", [mailbox_id]
            )
            is_ours: bool = cursor.fetchone()[0]
        yield is_ours
    finally:
        side.close()
