"""The state of a sending domain's throttle, as planning reads it. Only the gate changes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from campaigns.models import Campaign, Message, SendAttempt, SendingDomain
from campaigns.scheduling.calendar import ONE_DAY, SendingCalendar


def opens_at(domain: SendingDomain, calendar: SendingCalendar, now: datetime) -> datetime:
    """When the throttle lets the next mail through: `now`, or up to an interval later.

    What lies further ahead was left by a clock that ran fast; the gate overrides it too.
    """
    opens = domain.next_allowed_at
    return opens if opens is not None and now < opens <= now + calendar.interval else now


def slot_of(at: datetime, calendar: SendingCalendar) -> datetime:
    """From here on, the first slot is the one that `at` lies in.

    Mails leave some seconds after their slot began, and the throttle opens as much later; to
    plan from that moment would leave every second slot empty.
    """
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
    """How much of the calendar's daily cap `campaign` can't use any more on this local day.

    Two rooms bound it, the smaller one counts: what the policy leaves the domain after the mails
    of all campaigns, and what the domain's share of the campaign's own limit leaves after the
    campaign's. `calendar` is the one of planning, whose cap is that share.
    """
    room = domain.policy.daily_cap - sent_on(domain, day)
    if campaign.daily_limit is not None:
        room = min(room, calendar.daily_cap - _sent_for(campaign, domain, day))
    return calendar.daily_cap - max(0, min(room, calendar.daily_cap))


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
