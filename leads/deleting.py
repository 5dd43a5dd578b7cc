"""Deleted leads are out of every list and get no mail. Their rows stay, and with them the memory
that these people are not to be imported again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from leads.querysets import LeadQuerySet


@transaction.atomic
def delete_leads(leads: LeadQuerySet, at: datetime) -> int:
    """Delete those that are present; answer how many. What is planned for them is canceled as
    it is for stopped leads."""
    return leads.present().change(deleted_at=at, updated_at=at)


@transaction.atomic
def restore_leads(leads: LeadQuerySet, at: datetime) -> int:
    """Bring deleted leads back as they were: who was stopped or opted out still is. Answers how
    many."""
    return leads.exclude(deleted_at=None).change(deleted_at=None, updated_at=at)
