"""A new plan for mails that are planned already: after slots were given back, after a pause,
after a window was missed. Rows in, the pure planner, moments out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from django.db import connection, transaction

from campaigns import throttle
from campaigns.calendars import planning_calendar
from campaigns.models import Campaign, Message, SendingDomain
from campaigns.remaining import QueuedMail, Remaining, remaining
from campaigns.scheduling.calendar import ONE_DAY, SendingCalendar, Window
from campaigns.scheduling.errors import NoSendingDayError
from campaigns.scheduling.plan import plan
from campaigns.scheduling.values import Chain, PlannedSend
from mailsuite.lib.errors import Refusal

log = structlog.get_logger(__name__)

# Namespace of the advisory lock that lets one planner at a time work on a domain.
_PLANNING_LOCK = 0x706C616E


def is_planning() -> bool:
    """Whether a domain is being planned anew at this moment, by whomever."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE locktype = 'advisory' AND classid = %s AND datname = current_database())",
            [_PLANNING_LOCK],
        )
        found: bool = cursor.fetchone()[0]
    return found


def replan_domain(domain: SendingDomain, now: datetime) -> int:
    """Plan everything anew that running campaigns have queued on `domain`; answer how many
    mails moved. Repeated without a change it moves none.

    The mark `needs_replanning` goes first, in a transaction of its own: what is marked while we
    plan is planned again, and the domain's row, which the gate wants, is not held meanwhile. A
    crash in between leaves an older plan that is still valid, until the next roll-over.
    A domain whose rules can't be planned with keeps its plan and its mark, and is logged: it
    must not stop the others.
    """
    SendingDomain.objects.filter(pk=domain.pk, needs_replanning=True).update(needs_replanning=False)
    try:
        return plan_again(domain, now)
    except BaseException as error:
        SendingDomain.objects.filter(pk=domain.pk).update(needs_replanning=True)
        if not isinstance(error, Refusal | NoSendingDayError):
            raise
        log.exception("domain can't be planned", domain=domain.name)
        return 0


@transaction.atomic
def plan_again(domain: SendingDomain, now: datetime, *, afresh: bool = False) -> int:
    """The same without the mark. `afresh`: nothing keeps a slot that has come (see
    plan_remaining)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_PLANNING_LOCK, domain.pk % 2**31])
    domain = SendingDomain.objects.select_related("policy").get(pk=domain.pk)
    campaigns = Campaign.objects.running().filter(campaign_domains__domain=domain).order_by("pk")
    moved = 0
    taken: list[datetime] = []
    for campaign in campaigns:
        left = remaining(campaign, domain, now, lock=True)
        calendar = planning_calendar(domain, campaign)
        sends = plan_remaining(left, domain, calendar, now, afresh=afresh, taken=taken)
        taken += [send.at for send in sends]
        moved += _write(sends, left)
    return moved


def plan_remaining(
    left: Remaining,
    domain: SendingDomain,
    calendar: SendingCalendar,
    now: datetime,
    *,
    afresh: bool = False,
    taken: Sequence[datetime] = (),
) -> list[PlannedSend]:
    """When each mail that is left goes, as of `now`; changes nothing.

    A mail that is late for its slot of today keeps it, as long as it can still go today, in the
    grace if need be: the throttle lets such mails out one by one, and moving them would put them
    off again and again. `afresh` moves those too, to the next slot at or after `now`: what a
    pause held back is not late.

    Mails behind one of unknown fate are given a moment from the next workday on, and take no
    slot from anybody: they can't leave before a person or a proof decides.
    """
    free_at = throttle.opens_at(domain, calendar, now)
    delayed = {} if afresh else _delayed(left, domain, calendar, now, free_at)
    chains = [
        _after_first(chain, delayed[chain.key]) if chain.key in delayed else chain
        for chain in left.chains
    ]
    floor = throttle.slot_of(free_at + calendar.interval * len(delayed), calendar)
    start = max(now, floor) if afresh else floor
    first_day = calendar.local_date(start)
    sends = plan(
        calendar,
        [chain for chain in chains if chain is not None],
        start=start,
        taken=[*left.slots, *taken],
        sent_today=throttle.used_on(domain, left.campaign, calendar, first_day) + len(delayed),
        ramp=domain.ramp_before(first_day),
    )
    return _kept(left, delayed) + sends + _plan_waiting(left, domain, calendar, now)


def _plan_waiting(
    left: Remaining, domain: SendingDomain, calendar: SendingCalendar, now: datetime
) -> list[PlannedSend]:
    tomorrow, window = calendar.sending_day(calendar.local_date(now) + ONE_DAY)
    ramp = domain.ramp_before(tomorrow)
    return plan(calendar, left.waiting, start=window.opens, ramp=ramp)


def _delayed(
    left: Remaining,
    domain: SendingDomain,
    calendar: SendingCalendar,
    now: datetime,
    free_at: datetime,
) -> dict[int, datetime]:
    """Chain → when its mail, late for its slot of today, is going to pass the throttle.

    Late is one whose slot has come, and each behind it whose slot will be over when its turn
    comes. Given a free slot instead, they would push the last ones of today into tomorrow, and
    the grace is there for just those.
    """
    today = calendar.local_date(now)
    window = calendar.window(today)
    if window is None:
        return {}
    used = throttle.used_on(domain, left.campaign, calendar, today)
    room = min(calendar.daily_cap, domain.cap_on(today)) - used - len(left.slots)
    delayed: dict[int, datetime] = {}
    for mail in _first_mails_of(left, window):
        turn = free_at + calendar.interval * len(delayed)
        is_late = mail.scheduled_at <= now or mail.scheduled_at < throttle.slot_of(turn, calendar)
        if not is_late or turn >= window.grace_ends or len(delayed) >= room:
            break
        if mail.not_before is not None and mail.not_before <= turn:
            delayed[mail.enrollment_id] = turn
    return delayed


def _first_mails_of(left: Remaining, window: Window) -> list[QueuedMail]:
    """The next mail of each chain that has a slot in `window`, in the order they are sent in."""
    mails = left.by_key()
    first_mails = (mails[chain.key, chain.steps[0].number] for chain in left.chains)
    return sorted(
        (mail for mail in first_mails if window.opens <= mail.scheduled_at < window.closes),
        key=lambda mail: (mail.scheduled_at, mail.pk),
    )


def _after_first(chain: Chain, sent_at: datetime) -> Chain | None:
    """What follows the first mail, as if that went at `sent_at`; None where nothing does."""
    if len(chain.steps) == 1:
        return None
    return replace(chain, steps=chain.steps[1:], last_sent_at=sent_at, not_before=None)


def _kept(left: Remaining, delayed: dict[int, datetime]) -> list[PlannedSend]:
    mails = left.by_key()
    first_numbers = {chain.key: chain.steps[0].number for chain in left.chains}
    return [
        PlannedSend(key, first_numbers[key], mails[key, first_numbers[key]].scheduled_at)
        for key in delayed
    ]


def _write(sends: Sequence[PlannedSend], left: Remaining) -> int:
    """Store the moments that changed, in one statement."""
    mails = left.by_key()
    moved = [
        (mail.pk, send.at)
        for send in sends
        if (mail := mails[send.key, send.step_number]).scheduled_at != send.at
    ]
    if not moved:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Message._meta.db_table} AS message SET scheduled_at = moved.at "  # noqa: S608
            "FROM unnest(%s::bigint[], %s::timestamptz[]) AS moved (id, at) "
            "WHERE message.id = moved.id AND message.status = 'queued'",
            [[pk for pk, _ in moved], [at for _, at in moved]],
        )
    return len(moved)
