"""Leads with all their enrollments, locked in the order that everybody keeps.

NO KEY UPDATE, because inserting a row that points to one of them takes a KEY SHARE lock on it,
which a concurrent insert may hold already.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import models

from campaigns.models import Enrollment
from leads.models import Lead
from mailsuite.lib.statements import Statement, columns_of, run_together

# What may have become otherwise since an enrollment was read, and is read with its lock.
ENROLLMENT_COLUMNS = columns_of(Enrollment, ("id", "status", "waits_until"))


def lock_leads(lead_ids: Collection[int]) -> None:
    """First all of these leads, then all their enrollments: ahead of any message. Whoever may end
    the flows of several leads takes them all in one call, so that no two wait in a circle."""
    if lead_ids:
        run_together(*taking_leads(lead_ids))


def taking_leads(lead_ids: Collection[int]) -> tuple[Statement, Statement]:
    """lock_leads() as statements, for whoever has more to say to the database; the second reads
    ENROLLMENT_COLUMNS."""
    ids = list(lead_ids)
    return (
        taking_rows("take_leads", Lead, "id = ANY(%s)", ids),
        taking_rows("take_enrollments", Enrollment, "lead_id = ANY(%s)", ids, ENROLLMENT_COLUMNS),
    )


def taking_rows(
    name: str,
    model: type[models.Model],
    condition: str,
    ids: Sequence[int],
    columns: Sequence[str] = ("id",),
) -> Statement:
    return Statement(
        name,
        f"SELECT {', '.join(columns)} FROM {model._meta.db_table} "  # noqa: S608
        f"WHERE {condition} ORDER BY id FOR NO KEY UPDATE",
        [list(ids)],
    )
