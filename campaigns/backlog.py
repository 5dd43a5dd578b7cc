"""What waits to be sent, and what keeps it: the figures of the dashboard and the metrics.

Each function is one query, whatever the number of campaigns and messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef
from django.db.models.functions import Now

from campaigns.models import Message, SendingDomain, Tick
from campaigns.querysets import MessageQuerySet

# Beat ticks each minute, and a domain's throttle may be closed for twenty.
OVERDUE_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Due:
    """Messages whose moment has come and that have not left."""

    count: int
    oldest_at: datetime | None  # the slot of the one that waits longest


@dataclass(frozen=True, slots=True)
class DomainToday:
    """A sending domain's day so far, in its own time zone."""

    pk: int
    name: str
    sent: int
    cap: int
    has_due: bool
    opens_at: datetime | None  # when its throttle opens; None: it is open
    pause_reason: str | None  # None: it sends

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.sent / self.cap))

    def waits_for(self, now: datetime) -> timedelta:
        """How long a due message stands in front of the closed throttle."""
        if not self.has_due or self.opens_at is None:
            return timedelta(0)
        return max(timedelta(0), self.opens_at - now)


def open_by_status() -> dict[str, int]:
    """How many messages are queued, under way and unknown. The rest is final."""
    statuses = (*Message.OPEN, Message.Status.UNKNOWN)
    found = dict(
        Message.objects.filter(status__in=statuses)
        .order_by()
        .values_list("status")
        .annotate(Count("pk"))
    )
    return {status.value: found.get(status, 0) for status in statuses}


def due(now: datetime) -> Due:
    found = Message.objects.due(now).order_by().aggregate(Count("pk"), Min("scheduled_at"))
    return Due(found["pk__count"], found["scheduled_at__min"])


def overdue(now: datetime) -> MessageQuerySet:
    """Due for so long that something must be in the way."""
    return Message.objects.due(now).filter(scheduled_at__lt=now - OVERDUE_AFTER)


def needing_decision(now: datetime) -> MessageQuerySet:
    """Unknown for so long that no proof will come: a person decides whether they arrived."""
    since = now - timedelta(hours=settings.UNKNOWN_ATTENTION_HOURS)
    return Message.objects.filter(status=Message.Status.UNKNOWN, scheduled_at__lt=since)


def domains_today(now: datetime) -> list[DomainToday]:
    domains = (
        SendingDomain.objects.select_related("policy")
        .annotate(has_due=Exists(Message.objects.due(now).filter(domain=OuterRef("pk")).order_by()))
        .order_by("name")
    )
    return [_today(domain, now) for domain in domains]


def _today(domain: SendingDomain, now: datetime) -> DomainToday:
    today = now.astimezone(domain.policy.zone).date()
    reason = None
    if domain.paused_at is not None:
        reason = domain.pause_reason or "paused"
    elif not domain.is_active:
        reason = "not active"
    return DomainToday(
        pk=domain.pk,
        name=domain.name,
        sent=domain.sent_today if domain.sent_on == today else 0,
        cap=domain.cap_on(today),
        has_due=domain.has_due,  # type: ignore[attr-defined]  # annotated
        opens_at=domain.next_allowed_at,
        pause_reason=reason,
    )


def last_tick_age() -> timedelta | None:
    """How long ago the last tick was finished, by the database's clock; None: there was none."""
    tick = (
        Tick.objects.filter(finished_at__isnull=False)
        .annotate(database_now=Now())
        .order_by("-at")
        .first()
    )
    if tick is None or tick.finished_at is None:
        return None
    return tick.database_now - tick.finished_at
