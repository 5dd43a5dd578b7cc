"""An import in the hands of one worker: nobody else has it, and its progress is seen.

A connection of its own holds an advisory lock for as long as the worker lives: a worker that is
killed loses it with the connection. On the same connection, outside the one transaction in which
the leads are written, the status and the number of rows read are stored for everybody to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from leads.models import LeadImport

_TABLE = LeadImport._meta.db_table
_KEY = "hashtextextended('lead import ' || %s, 0)"


class Claim:
    def __init__(self, side: BaseDatabaseWrapper, import_id: int) -> None:
        self._side = side
        self._id = import_id

    def begin(self) -> bool:
        """Whether the import was pending, and is running from now on."""
        return self._changed(
            f"UPDATE {_TABLE} SET status = 'running', started_at = now(), rows_done = 0 "  # noqa: S608
            "WHERE id = %s AND status = 'pending'",
            [self._id],
        )

    def show_progress(self, rows_done: int) -> None:
        """Never waits: the worker's own transaction may have locked the row."""
        self._changed(
            f"UPDATE {_TABLE} SET rows_done = %s WHERE id IN "  # noqa: S608
            f"(SELECT id FROM {_TABLE} WHERE id = %s FOR UPDATE SKIP LOCKED)",
            [rows_done, self._id],
        )

    def _changed(self, statement: str, parameters: list[int]) -> bool:
        with self._side.cursor() as cursor:
            cursor.execute(statement, parameters)
            return bool(cursor.rowcount)


@contextmanager
def claimed(import_id: int) -> Iterator[Claim | None]:
    """The import for this worker alone; None where another has it or it is not pending."""
    side = connection.copy()
    try:
        with side.cursor() as cursor:
            cursor.execute(f"SELECT pg_try_advisory_lock({_KEY})", [import_id])
            is_ours = cursor.fetchone()[0]
        claim = Claim(side, import_id)
        yield claim if is_ours and claim.begin() else None
    finally:
        side.close()


@contextmanager
def abandoned(import_id: int) -> Iterator[LeadImport | None]:
    """A running import whose worker is gone, locked for the caller; None while it works."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({_KEY})", [import_id])
        is_free = cursor.fetchone()[0]
        running = LeadImport.objects.select_for_update().filter(
            pk=import_id, status=LeadImport.Status.RUNNING
        )
        yield running.first() if is_free else None
