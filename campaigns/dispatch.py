"""The tick: which domains have something to do now, and what must be tidied up first.

Ticks may be doubled, lost or late. Each looks at the whole state anew and none carries
anything over, so the next one mends what the last one missed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

import structlog
from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import (
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Now

from campaigns.calendars import sending_calendar
from campaigns.enrollments import end_enrollments
from campaigns.models import Campaign, Enrollment, Message, SendingDomain, Tick
from campaigns.planning import replan_domain
from campaigns.scheduling.calendar import Window
from campaigns.throttle import PATIENCE
from leads.models import Lead
from mailsuite.lib.errors import Refusal

log = structlog.get_logger(__name__)

TICK_SECONDS = 60


def begin_tick() -> datetime | None:
    """Enter this tick; its start by the database's clock, or None for a doubled one.

    Two beats by mistake, or a redelivered task, find the row of the period there already.
    """
    seconds = TICK_SECONDS / settings.CELERY_BEAT_SPEED
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Tick._meta.db_table} (at) "  # noqa: S608
            "VALUES (date_bin(make_interval(secs => %s), clock_timestamp(), 'epoch')) "
            "ON CONFLICT DO NOTHING RETURNING at",
            [seconds],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def finish_tick(tick: datetime) -> None:
    Tick.objects.filter(at=tick).update(finished_at=Now())


def domains_due(now: datetime) -> list[int]:
    """Domains with a due message, an open throttle and an open window, longest waiting first.

    One query for all of them; only the window is asked in Python, from calendars that are
    kept. What this gets wrong by a moment, the gate puts right.
    """
    soon = now + PATIENCE
    # Openings further away than an interval were left by a clock that ran ahead; the gate
    # brings them back.
    interval = F("policy__interval_minutes") * Value(timedelta(minutes=1))
    far_away = Q(
        next_allowed_at__gt=ExpressionWrapper(Value(soon) + interval, output_field=DateTimeField())
    )
    candidates = (
        SendingDomain.objects.filter(is_active=True, paused_at=None)
        .filter(Q(next_allowed_at=None) | Q(next_allowed_at__lte=soon) | far_away)
        .filter(Exists(Message.objects.due(now).filter(domain=OuterRef("pk")).order_by()))
        .select_related("policy")
        .order_by("next_allowed_at", "pk")
    )
    return [domain.pk for domain in candidates if _may_send(domain, now)]


def _may_send(domain: SendingDomain, now: datetime) -> bool:
    window = _window(domain, now)
    if window is None or not window.opens <= now < window.grace_ends:
        return False
    today = now.astimezone(domain.policy.zone).date()
    return domain.sent_on != today or domain.sent_today < domain.cap_on(today)


def _window(domain: SendingDomain, now: datetime) -> Window | None:
    """Today's window; None on a day without sending, and for a policy that cannot be read:
    one bad row must not stop the domains of all the others."""
    try:
        calendar = sending_calendar(domain.policy)
        return calendar.window(calendar.local_date(now))
    except (Refusal, ValueError, ZoneInfoNotFoundError) as problem:
        log.error("policy cannot be read", domain=domain.name, detail=str(problem))
        return None


def release_unmailable(now: datetime) -> int:
    """End the flows of leads that must get nothing more, however that came to be: by the
    API, the admin, an import of opt-outs or an erased person. Answers how many ended."""
    reasons = Enrollment.EndReason
    by_reason = {
        reasons.DELETED: Q(deleted_at__isnull=False),
        reasons.STOPPED: Q(stopped_at__isnull=False),
        reasons.BOUNCED: Q(status=Lead.Status.BOUNCED),
        reasons.SUPPRESSED: Q(status=Lead.Status.SUPPRESSED),
    }
    return sum(
        end_enrollments(
            Enrollment.objects.active().filter(lead__in=Lead.objects.filter(of)), reason, now
        )
        for reason, of in by_reason.items()
    )


def roll_over(now: datetime) -> int:
    """Plan anew where the plan no longer fits; answer for how many domains.

    That is where slots were given back or a mail was pushed out of its own, and where mails
    missed their window: those go on the next workday, in the order that the plan gives them.
    """
    overdue = (
        Message.objects.queued()
        .filter(
            domain=OuterRef("pk"),
            scheduled_at__lt=now,
            campaign__status=Campaign.Status.RUNNING,
            enrollment__status=Enrollment.Status.ACTIVE,
        )
        .order_by("scheduled_at")
    )
    domains = (
        SendingDomain.objects.select_related("policy")
        .annotate(longest_overdue=Subquery(overdue.values("scheduled_at")[:1]))
        .filter(Q(needs_replanning=True) | Q(longest_overdue__isnull=False))
    )
    to_plan = [
        domain
        for domain in domains
        if domain.needs_replanning or _missed(domain, domain.longest_overdue, now)
    ]
    for domain in to_plan:
        try:
            replan_domain(domain, now)
        except OperationalError:
            # Killed in a deadlock, say; it is marked, and the next roll-over comes to it again.
            log.exception("domain not planned", domain=domain.name)
    return len(to_plan)


def _missed(domain: SendingDomain, slot: datetime, now: datetime) -> bool:
    """Whether a mail with this slot can no longer go on its day."""
    window = _window(domain, now)
    return window is None or now >= window.grace_ends or slot < window.opens
