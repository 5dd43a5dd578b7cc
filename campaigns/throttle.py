"""A sending domain's throttle: one mail per interval, so many a day, over all workers, aliases
and campaigns. The gate takes slots, planning reads what is left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from campaigns.models import Campaign, Message, SendAttempt, SendingDomain
from campaigns.ramping import days_of_sending
from campaigns.scheduling.calendar import ONE_DAY, SendingCalendar
from mailsuite.lib.statements import Statement, run_together

# How long a sender stands in front of a throttle that is about to open, and how far the clocks of
# two workers may be apart. Ticks come in step with the throttle (a minute, twenty minutes): without
# this, each would be a hair too early, and a domain would lose a minute a mail.
PATIENCE = timedelta(seconds=5)


def take_slots(domain: SendingDomain, wanted: int, now: datetime) -> int:
    """Let up to `wanted` mails through at the business time `now`; answer how many.

    The caller has read `domain` with its policy under a lock on the row; it is brought up to
    date in place. All workers meet in this row, and one conditional UPDATE of it decides.

    An opening further away than one interval was left by a clock that ran ahead and has been
    set right: it is brought back to one interval from now, and not ignored, since whoever is a
    moment behind another worker would take it for that.
    """
    policy = domain.policy
    interval = timedelta(minutes=policy.interval_minutes)
    _follow_the_clock(domain, interval, now)
    cap = domain.cap_on(_local_day(domain, now))
    free = cap - domain.sent_today
    count = min(wanted, free, 1) if interval else min(wanted, free)
    if count < 1:
        return 0
    if not _take(domain, count, cap, now):
        return 0
    domain.next_allowed_at = now + interval
    domain.sent_today += count
    return count


def _take(domain: SendingDomain, count: int, cap: int, now: datetime) -> bool:
    """Written by hand: this is said for every mail, and takes Django as long as PostgreSQL."""
    opens = now + timedelta(minutes=domain.policy.interval_minutes)
    (taken,) = run_together(
        Statement(
            "take_slots",
            f"UPDATE {SendingDomain._meta.db_table} "  # noqa: S608
            "SET next_allowed_at = %s, sent_today = sent_today + %s "
            "WHERE id = %s AND is_active AND paused_at IS NULL "
            "AND (next_allowed_at IS NULL OR next_allowed_at <= %s) AND sent_today <= %s "
            "RETURNING id",
            [opens, count, domain.pk, now, cap - count],
        )
    )
    return bool(taken)


def _follow_the_clock(domain: SendingDomain, interval: timedelta, now: datetime) -> None:
    day = _local_day(domain, now)
    opens = domain.next_allowed_at
    if domain.sent_on == day and (opens is None or opens <= now + interval + PATIENCE):
        return
    if opens is not None and opens > now + interval + PATIENCE:
        domain.next_allowed_at = now + interval
    if domain.sent_on != day:
        gates, ramp_days = _gates_passed(domain, now), days_of_sending(domain, day)
        domain.sent_on, domain.sent_today, domain.ramp_days = day, gates, ramp_days
    domain.save(update_fields=["next_allowed_at", "sent_on", "sent_today", "ramp_days"])


def _gates_passed(domain: SendingDomain, now: datetime) -> int:
    """Counted from the ledger whenever the day changes, so that a clock that jumped a day
    ahead and back does not open the cap a second time."""
    starts = local_midnight(domain, now)
    return SendAttempt.objects.filter(
        domain=domain, gated_at__gte=starts, gated_at__lt=starts + ONE_DAY
    ).count()


def _local_day(domain: SendingDomain, now: datetime) -> date:
    return now.astimezone(domain.policy.zone).date()


def local_midnight(domain: SendingDomain, now: datetime) -> datetime:
    """When the domain's day began."""
    local = now.astimezone(domain.policy.zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def opens_at(domain: SendingDomain, calendar: SendingCalendar, now: datetime) -> datetime:
    """When the throttle lets the next mail through: `now`, or up to an interval later.

    What lies further ahead was left by a clock that ran fast; the gate overrides it too.
    """
    opens = domain.next_allowed_at
    return opens if opens is not None and now < opens <= now + calendar.interval else now


def slot_of(at: datetime, calendar: SendingCalendar) -> datetime:
    """From here on, the first slot is the one that `at` lies in.

    Mails leave some seconds after their slot began, and the throttle opens as much later; to
    plan from that moment would leave every second slot empty. Once the window has closed, its
    last slot is gone: whoever got it then would be taken for delayed, and leave in the grace.
    """
    window = calendar.window(calendar.local_date(at))
    if window is None or at >= window.closes:
        return at
    return at - max(calendar.interval - timedelta(microseconds=1), timedelta(0))


def first_slot(
    domain: SendingDomain, calendar: SendingCalendar, start: datetime
) -> datetime | None:
    """Where the throttle lets a plan from `start` begin; None where it is open by then."""
    opens = opens_at(domain, calendar, start)
    return slot_of(opens, calendar) if opens > start else None


def sent_on(domain: SendingDomain, day: date) -> int:
    """How many mails the throttle has let through on this local day."""
    return domain.sent_today if domain.sent_on == day else 0


def used_on(domain: SendingDomain, campaign: Campaign, calendar: SendingCalendar, day: date) -> int:
    """How much of the day's cap (the calendar's, or the ramp's where that is lower) `campaign`
    can't use any more on this local day.

    Two rooms bound it, the smaller one counts: what the cap leaves the domain after the mails
    of all campaigns, and what the domain's share of the campaign's own limit leaves after the
    campaign's. `calendar` is the one of planning, whose cap is that share.
    """
    most = domain.cap_on(day)
    room = most - sent_on(domain, day)
    cap = min(calendar.daily_cap, most)
    if campaign.daily_limit is not None:
        room = min(room, calendar.daily_cap - _sent_for(campaign, domain, day))
    return cap - max(0, min(room, cap))


def _sent_for(campaign: Campaign, domain: SendingDomain, day: date) -> int:
    """How many mails of `campaign` the throttle has let through on this local day."""
    starts, ends = (
        datetime.combine(on, time.min, domain.policy.zone) for on in (day, day + ONE_DAY)
    )
    gates = SendAttempt.objects.filter(domain=domain, gated_at__gte=starts, gated_at__lt=ends)
    return gates.filter(message__campaign=campaign.pk).count()


def slots_under_way(domains: Iterable[SendingDomain]) -> dict[int, list[datetime]]:
    """Domain → the slots of mails that stand before the gate right now. Those past it are in the
    domain's count of the day and behind its throttle already."""
    slots: dict[int, list[datetime]] = {}
    sending = Message.objects.filter(
        status=Message.Status.SENDING,
        phase=Message.Phase.CLAIMED,
        domain__in=[domain.pk for domain in domains],
    )
    for domain_id, at in sending.values_list("domain_id", "scheduled_at"):
        slots.setdefault(domain_id, []).append(at)
    return slots
