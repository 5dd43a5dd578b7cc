"""Leads with all their enrollments, locked in the order that everybody keeps."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from campaigns.models import Enrollment
from leads.models import Lead


def lock_leads(lead_ids: Collection[int]) -> None:
    """First all of these leads, then all their enrollments: ahead of any message. Whoever may end
    the flows of several leads takes them all in one call, so that no two wait in a circle."""
    if not lead_ids:
        return
    for model, column in ((Lead, "id"), (Enrollment, "lead_id")):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT 1 FROM {model._meta.db_table} "  # noqa: S608
                f"WHERE {column} = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                [list(lead_ids)],
            )
