"""How far the campaign is, for each sending domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from campaigns.models import Message
from mailsuite.demo.journal import OPTED_OUT, Entry, Reaction


@dataclass(frozen=True, slots=True)
class Standing:
    """`next_at` is UTC, None where nothing is planned any more."""

    domain: str
    planned: int
    sent: int
    opened: int
    clicked: int
    opted_out: int
    next_at: datetime | None


def standings(entries: Sequence[Entry]) -> list[Standing]:
    """By the name of the domain; opt-outs as the recipients noted them. One query."""
    opt_outs = Counter(
        entry.domain for entry in entries if isinstance(entry, Reaction) and entry.kind == OPTED_OUT
    )
    rows = (
        Message.objects.values_list("domain__name")
        .annotate(
            Count("id"),
            Count("sent_at"),
            Count("opened_at"),
            Count("clicked_at"),
            next_at=Min("scheduled_at", filter=Q(status=Message.Status.QUEUED)),
        )
        .order_by("domain__name")
    )
    return [
        Standing(name, planned, sent, opened, clicked, opt_outs[name], next_at)
        for name, planned, sent, opened, clicked, next_at in rows
    ]
