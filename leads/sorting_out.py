"""Marketers' own order among leads: tags and lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Func, Value
from django.db.models.expressions import Combinable

from leads.querysets import LeadQuerySet


@transaction.atomic
def add_tags(leads: LeadQuerySet, tags: Sequence[str], at: datetime) -> int:
    """Give leads the tags that they lack; answer how many leads changed."""
    lacking = leads.exclude(tags__contains=list(tags))
    changed: Combinable = F("tags")
    for tag in dict.fromkeys(tags):
        without = Func(changed, Value(tag), function="array_remove")
        changed = Func(without, Value(tag), function="array_append")
    return lacking.change(tags=changed, updated_at=at)


@transaction.atomic
def remove_tags(leads: LeadQuerySet, tags: Sequence[str], at: datetime) -> int:
    """Take tags away; answer how many leads changed."""
    changed: Combinable = F("tags")
    for tag in tags:
        changed = Func(changed, Value(tag), function="array_remove")
    return leads.filter(tags__overlap=list(tags)).change(tags=changed, updated_at=at)


@transaction.atomic
def move_to_list(leads: LeadQuerySet, list_name: str, at: datetime) -> int:
    """Put leads on another list; answer how many changed."""
    return leads.exclude(list_name=list_name).change(list_name=list_name, updated_at=at)
