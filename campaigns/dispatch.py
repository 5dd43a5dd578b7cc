"""The tick: which domains have something to do now, and what must be tidied up first.

Ticks may be doubled, lost or late. Each looks at the whole state anew and none carries
anything over, so the next one mends what the last one missed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from campaigns.calendars import sending_calendar
from campaigns.enrollments import end_enrollments
from campaigns.gate import PATIENCE
from campaigns.models import Campaign, Enrollment, Message, SendingDomain, Tick
from campaigns.planning import replan_domain
from leads.models import Lead

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
    candidates = (
        SendingDomain.objects.filter(is_active=True, paused_at=None)
        .filter(
            Q(next_allowed_at=None)
            | Q(next_allowed_at__lte=now + PATIENCE)
            | _left_by_a_fast_clock(now)
        )
        .filter(Exists(Message.objects.due(now).filter(domain=OuterRef("pk")).order_by()))
        .select_related("policy")
        .order_by("next_allowed_at", "pk")
    )
    return [domain.pk for domain in candidates if _may_send(domain, now)]


def _left_by_a_fast_clock(now: datetime) -> Q:
    """Openings further away than any interval (see gate._take_slot)."""
    return Q(next_allowed_at__gt=now + timedelta(days=1))


def _may_send(domain: SendingDomain, now: datetime) -> bool:
    policy = domain.policy
    if not sending_calendar(policy).is_open(now, delayed=True):
        return False
    today = now.astimezone(policy.zone).date()
    return domain.sent_on != today or domain.sent_today < policy.daily_cap


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
    missed their window: those go first on the next workday.
    """
    overdue = Message.objects.queued().filter(
        domain=OuterRef("pk"), scheduled_at__lt=now, campaign__status=Campaign.Status.RUNNING
    )
    domains = SendingDomain.objects.select_related("policy").filter(
        Q(needs_replanning=True) | Exists(overdue)
    )
    count = 0
    for domain in domains:
        missed = not sending_calendar(domain.policy).is_open(now, delayed=True)
        if domain.needs_replanning or missed:
            replan_domain(domain, now)
            count += 1
    return count
