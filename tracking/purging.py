"""Mails that came back are kept as they were for a set time; what was read in them stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from tracking.models import InboundMail, ProviderEvent

# In one transaction.
_BATCH = 1000


def forget_raw_mails(now: datetime) -> int:
    """Forget those that have been here for INBOUND_RAW_DAYS, as it is set at `now` (business
    time); answer how many. Also those that a provider brought and that could not be read."""
    since = now - timedelta(days=settings.INBOUND_RAW_DAYS)
    over = InboundMail.objects.filter(raw_since__lt=since).order_by("raw_since")
    total = 0
    while ids := list(over.values_list("pk", flat=True)[:_BATCH]):
        total += InboundMail.objects.filter(pk__in=ids).update(raw=None, raw_since=None)
    return total + _forget_what_providers_brought(since)


def _forget_what_providers_brought(since: datetime) -> int:
    """Its row stays, so that it is not taken in when it is told again."""
    brought = ProviderEvent.objects.filter(
        purpose=ProviderEvent.Purpose.INBOUND, received_at__lt=since
    )
    is_over = brought.exclude(state=ProviderEvent.State.WAITING).exclude(body=b"")
    return is_over.update(body=b"")
