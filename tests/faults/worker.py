"""The Celery application under fault: the product as it is, with crash points put around it.

`celery -A tests.faults.worker worker`. The points are found by what is said to the database and
to the mail server (transactions, mail_server), not by the names of functions.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402
from django.db.backends.utils import CursorWrapper  # noqa: E402

from campaigns import claiming, domain_lock, gate  # noqa: E402
from campaigns.transport import connection as smtp  # noqa: E402
from mailsuite.celery import app  # noqa: E402
from tests.faults import place  # noqa: E402
from tests.faults.points import (  # noqa: E402
    AFTER_CLAIM,
    AFTER_DOT,
    AFTER_GATE,
    BEFORE_FINAL_COMMIT,
    Points,
)
from tests.faults.transactions import CLAIM, FINISH, GATE  # noqa: E402

__all__ = ["app"]


def shorten_times() -> None:
    """What would be minutes in production; see tests/faults/place.py."""
    smtp.COMMAND_TIMEOUT_SECONDS = place.COMMAND_TIMEOUT_SECONDS
    claiming.CLAIM_LEASE = timedelta(seconds=place.CLAIM_LEASE_SECONDS)
    gate.WIRE_LEASE = timedelta(seconds=place.WIRE_LEASE_SECONDS)
    domain_lock.LOCK_SECONDS = place.CLAIM_LEASE_SECONDS


def watch_transactions(points: Points) -> None:
    execute, commit, rollback = (
        CursorWrapper.execute,
        BaseDatabaseWrapper.commit,
        BaseDatabaseWrapper.rollback,
    )

    def watched_execute(self: Any, sql: Any, params: Any = None) -> Any:
        if isinstance(sql, str):
            said = {words for words in (CLAIM, GATE, FINISH) if words in sql}
            self.db.__dict__.setdefault("said_to_it", set()).update(said)
        return execute(self, sql, params)

    def watched_commit(self: Any) -> None:
        said = self.__dict__.pop("said_to_it", set())
        if FINISH in said:
            points.pass_by(BEFORE_FINAL_COMMIT)
        commit(self)
        if CLAIM in said:
            points.pass_by(AFTER_CLAIM)
        if GATE in said:
            points.pass_by(AFTER_GATE)

    def watched_rollback(self: Any) -> None:
        self.__dict__.pop("said_to_it", None)
        rollback(self)

    CursorWrapper.execute = watched_execute
    BaseDatabaseWrapper.commit = watched_commit
    BaseDatabaseWrapper.rollback = watched_rollback


def watch_the_dot(points: Points) -> None:
    send = smtp.WatchedConnection.send

    def watched_send(self: Any, s: Any) -> None:
        send(self, s)
        if self.is_handed_over and s == smtp.END_OF_MAIL:
            points.pass_by(AFTER_DOT)

    smtp.WatchedConnection.send = watched_send  # type: ignore[method-assign]


_points = Points(Path(os.environ[place.FOLDER_VARIABLE]) / "points")
shorten_times()
watch_transactions(_points)
watch_the_dot(_points)
