"""The sending calendar as rows, so that one SQL statement can hold a million mails against it.

SQL knows neither public holidays nor which of two equal local times is meant, so the days are
laid out by the calendar that the planner uses, and handed to the database as arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db.models import Min, Q

from campaigns.calendars import sending_calendar
from campaigns.models import Campaign, Message, SendingPolicy
from campaigns.querysets import MessageQuerySet
from campaigns.scheduling.calendar import SendingCalendar
from mailsuite.lib.errors import Refusal

# `WITH` in front of a statement: one row for each campaign, policy and local day.
CALENDAR = """
WITH calendar AS (
    SELECT * FROM unnest(
        %(campaigns)s::bigint[], %(policies)s::bigint[], %(days)s::date[], %(workdays)s::int[],
        %(opens)s::timestamptz[], %(closes)s::timestamptz[], %(grace_ends)s::timestamptz[]
    ) AS day(campaign_id, policy_id, day, workday_number, opens, closes, grace_ends)
)
"""


@dataclass(slots=True)
class CalendarDays:
    """The columns of `CALENDAR`. `workdays` counts workdays up to and with that day."""

    campaigns: list[int] = field(default_factory=list)
    policies: list[int] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    workdays: list[int] = field(default_factory=list)
    opens: list[datetime | None] = field(default_factory=list)
    closes: list[datetime | None] = field(default_factory=list)
    grace_ends: list[datetime | None] = field(default_factory=list)

    @property
    def parameters(self) -> dict[str, list[Any]]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def since(cls, since: datetime, until: datetime) -> Self:
        """The days on which mails left after `since`, or the mails before them did."""
        laid_out = cls()
        first = _first_day(since)
        if first is None:
            return laid_out
        pairs = set(_left(since).values_list("campaign_id", "domain__policy_id"))
        campaigns = Campaign.objects.in_bulk({campaign for campaign, _ in pairs})
        policies = SendingPolicy.objects.in_bulk({policy for _, policy in pairs})
        for campaign, policy in pairs:
            laid_out._add(campaigns[campaign], policies[policy], first, until)
        return laid_out

    def _add(self, campaign: Campaign, policy: SendingPolicy, first: date, until: datetime) -> None:
        calendar = _calendar(policy, campaign)
        last = calendar.local_date(until)
        number = 0
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            number += calendar.is_workday(day)
            window = calendar.window(day)
            self.campaigns.append(campaign.pk)
            self.policies.append(policy.pk)
            self.days.append(day)
            self.workdays.append(number)
            self.opens.append(window and window.opens)
            self.closes.append(window and window.closes)
            self.grace_ends.append(window and window.grace_ends)


def _left(since: datetime) -> MessageQuerySet:
    """Messages that passed a gate after `since`, whatever came of it."""
    return Message.objects.filter(
        Q(sent_at__gte=since) | Q(attempts__gated_at__gte=since)
    ).order_by()


def _first_day(since: datetime) -> date | None:
    """The date of the first gate of all flows that had one after `since`.

    In UTC and a day early, so that it is too late in no time zone.
    """
    flows = Message.objects.filter(enrollment__in=_left(since).values("enrollment"))
    first = flows.aggregate(sent=Min("sent_at"), gated=Min("attempts__gated_at"))
    gates = [at for at in first.values() if at is not None]
    return min(gates).date() - timedelta(days=1) if gates else None


def _calendar(policy: SendingPolicy, campaign: Campaign) -> SendingCalendar:
    """Without the campaign's limits where the policy has become narrower than they are."""
    try:
        return sending_calendar(policy, campaign)
    except Refusal:
        return sending_calendar(policy)
