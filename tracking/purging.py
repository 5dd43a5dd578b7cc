"""Mails that came back are kept as they were for a set time; what was read in them stays."""

from __future__ import annotations

from datetime import datetime

from tracking.models import InboundMail

# In one transaction.
_BATCH = 1000


def forget_raw_mails(now: datetime) -> int:
    """Forget those whose time is over at `now` (business time); answer how many."""
    over = InboundMail.objects.filter(raw_kept_until__lt=now).order_by("raw_kept_until")
    total = 0
    while ids := list(over.values_list("pk", flat=True)[:_BATCH]):
        total += InboundMail.objects.filter(pk__in=ids).update(raw=None, raw_kept_until=None)
    return total
