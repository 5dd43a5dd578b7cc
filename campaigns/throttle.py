"""The state of a sending domain's throttle, as planning reads it. Only the gate changes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from campaigns.models import Message, SendingDomain
from campaigns.scheduling.calendar import SendingCalendar


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


def slots_under_way(domains: Iterable[SendingDomain]) -> dict[int, list[datetime]]:
    """Domain → the slots of mails that a worker holds right now."""
    slots: dict[int, list[datetime]] = {}
    sending = Message.objects.filter(
        status=Message.Status.SENDING, domain__in=[domain.pk for domain in domains]
    )
    for domain_id, at in sending.values_list("domain_id", "scheduled_at"):
        slots.setdefault(domain_id, []).append(at)
    return slots
