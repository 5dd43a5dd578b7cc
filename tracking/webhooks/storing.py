"""A call becomes rows, one an event: all of them in one transaction, or none."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db.models import QuerySet

from mailsuite.lib.storable import storable
from tracking.models import ProviderEvent
from tracking.webhooks.posts import Post, UnreadableCallError
from tracking.webhooks.providers import Provider

log = structlog.get_logger(__name__)

# Longer than an event may be old (WEBHOOK_MAX_AGE_HOURS), so that none is believed twice.
KEPT_FOR = timedelta(days=30)
# Of one call. The most that a provider documents (SparkPost) is 10,000.
MOST_EVENTS = 10_000
_BATCH = 1_000


def store(
    provider: Provider,
    purpose: ProviderEvent.Purpose,
    post: Post,
    now: datetime,
) -> None:
    """Keep the events of `post`, each unless it is there already. `now` is business time.

    Raises UnreadableCallError for what is in no form that holds events.
    """
    try:
        events = _told(provider, post)
        rows = [_row(provider, purpose, event, now) for event in events]
    except RecursionError as problem:
        raise UnreadableCallError("The call is nested too deeply.") from problem
    ProviderEvent.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
    log.info("webhook", account_id=provider.account.pk, purpose=purpose.value, events=len(rows))


def old_events(now: datetime) -> QuerySet[ProviderEvent]:
    """Those that no provider tells again, and whose effects are kept elsewhere."""
    return ProviderEvent.objects.filter(received_at__lt=now - KEPT_FOR).exclude(
        state=ProviderEvent.State.WAITING
    )


def _told(provider: Provider, post: Post) -> list[Post]:
    if not post.body:
        raise UnreadableCallError("The call is empty.")
    events = provider.events_in(post)
    if len(events) > MOST_EVENTS:
        raise UnreadableCallError(f"{len(events)} events in one call; at most {MOST_EVENTS}.")
    return events


def _row(
    provider: Provider,
    purpose: ProviderEvent.Purpose,
    event: Post,
    now: datetime,
) -> ProviderEvent:
    return ProviderEvent(
        account=provider.account,
        purpose=purpose,
        key=provider.key_of(event),
        content_type=storable(event.content_type),
        headers={name: storable(value) for name, value in event.headers.items()},
        body=event.body,
        received_at=now,
        next_try_at=now,
    )
