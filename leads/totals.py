"""How many leads a list has: counted, and the count kept until a lead changes.

To count a million leads takes PostgreSQL some tenths of a second, and a list is asked for page by
page. So a total is kept in Django's cache together with the snapshot that it was counted in, and
is good as long as every change of leads that is committed by now was visible in that snapshot.
Triggers note each statement that changes what a filter may look at, with its transaction, in a
row of its own (migration 0002): writers do not wait for each other, and no writer can forget it.

A mail sent to a lead changes nothing that is filtered by, so totals outlive sending.
"""

from __future__ import annotations

import hashlib
from typing import Any

import structlog
from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

_SECONDS = 3600
# A change must outlive every total that it makes void.
_CHANGES_KEPT_SECONDS = 24 * 3600

# A total belongs to a table of a database: another one, made anew, has other numbers.
_WHERE = """
SELECT pg_current_xact_id_if_assigned() IS NOT NULL,
    (SELECT oid FROM pg_database WHERE datname = current_database())::text
        || '.' || 'leads_lead'::regclass::oid
"""

# A snapshot ahead of the server's is one of before a restore.
_IS_GOOD = """
SELECT pg_snapshot_xmax(kept.snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) AND NOT EXISTS (
    SELECT FROM leads_change AS change
    WHERE change.xid >= pg_snapshot_xmin(kept.snapshot)
        AND NOT pg_visible_in_snapshot(change.xid, kept.snapshot)
)
FROM (SELECT %s::pg_snapshot) AS kept (snapshot)
"""

_COUNT = "SELECT count(*), pg_current_snapshot()::text FROM ({leads}) AS found"


def total(leads: QuerySet) -> int:
    """The exact number of rows of `leads`. Without Redis it is counted every time."""
    try:
        sql, parameters = leads.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    has_written, where = _fetch(_WHERE)
    if has_written:  # what this transaction sees, nobody else does yet
        return leads.count()
    question = repr((where, sql, parameters))
    key = f"leads:total:{hashlib.sha256(question.encode()).hexdigest()}"
    try:
        kept: tuple[int, str] | None = cache.get(key)
        if kept is None or not _fetch(_IS_GOOD, kept[1])[0]:
            kept = _fetch(_COUNT.format(leads=sql), *parameters)
            cache.set(key, kept, _SECONDS)
    except RedisError as problem:
        log.warning("no cache for the totals of leads", detail=str(problem))
        return leads.count()
    return kept[0]


def forget_old_changes() -> int:
    """Delete what no total is old enough for; answer how many. By the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM leads_change WHERE made_at < now() - make_interval(secs => %s)",
            [_CHANGES_KEPT_SECONDS],
        )
        return cursor.rowcount


def _fetch(statement: str, *parameters: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()
