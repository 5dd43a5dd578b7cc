"""Stopped leads get no further mail, also none that is planned already.

What is planned is canceled within a minute (campaigns.dispatch.release_unmailable), and the gate
lets nothing through from the moment that the stop is committed.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from leads.querysets import LeadQuerySet


@transaction.atomic
def stop_leads(leads: LeadQuerySet, at: datetime) -> int:
    """Stop those that were not stopped before; answer how many."""
    return leads.filter(stopped_at=None).change(stopped_at=at, updated_at=at)
