"""How far the campaign is, for each sending domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from campaigns.models import Message
from mailsuite.demo.journal import ASKED_TO_STOP, OPTED_OUT, Entry, Reaction


@dataclass(frozen=True, slots=True)
class Standing:
    """`next_at` is UTC, None where nothing is planned any more or the domain is paused."""

    domain: str
    planned: int
    sent: int
    opened: int
    clicked: int
    replied: int
    opted_out: int
    bounced: int
    next_at: datetime | None
    is_paused: bool = False


def standings(entries: Sequence[Entry]) -> list[Standing]:
    """By the name of the domain; opt-outs as the recipients noted them. One query."""
    opt_outs = Counter(
        entry.domain
        for entry in entries
        if isinstance(entry, Reaction) and entry.kind in (OPTED_OUT, ASKED_TO_STOP)
    )
    rows = (
        Message.objects.values_list("domain__name", "domain__paused_at")
        .annotate(
            Count("id"),
            Count("sent_at"),
            Count("opened_at"),
            Count("clicked_at"),
            Count("replied_at"),
            Count("bounced_at"),
            next_at=Min("scheduled_at", filter=Q(status=Message.Status.QUEUED)),
        )
        .order_by("domain__name")
    )
    return [
        Standing(
            domain=name,
            planned=planned,
            sent=sent,
            opened=opened,
            clicked=clicked,
            replied=replied,
            opted_out=opt_outs[name],
            bounced=bounced,
            next_at=None if paused_at else next_at,
            is_paused=paused_at is not None,
        )
        for name, paused_at, planned, sent, opened, clicked, replied, bounced, next_at in rows
    ]
