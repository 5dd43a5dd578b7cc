"""The sending calendar as rows, so that one SQL statement can hold a million mails against it.

SQL knows neither public holidays nor which of two equal local times is meant, so the days are
laid out by the calendar that the planner uses, and handed to the database as arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db.models import Max, Min, Q

from campaigns.calendars import sending_calendar
from campaigns.models import Campaign, Message, SendingPolicy
from campaigns.querysets import MessageQuerySet
from campaigns.scheduling.calendar import SendingCalendar
from mailsuite.lib.errors import Refusal

_DAYS = """
    SELECT * FROM unnest(
        %(campaigns)s::bigint[], %(policies)s::bigint[], %(days)s::date[], %(workdays)s::int[],
        %(opens)s::timestamptz[], %(closes)s::timestamptz[], %(grace_ends)s::timestamptz[]
    ) AS day(campaign_id, policy_id, day, workday_number, opens, closes, grace_ends)
"""
# `WITH` in front of a statement: one row for each campaign, policy and local day.
CALENDAR = f"WITH calendar AS ({_DAYS})"
# The same without the days ahead, of which a plan may have years. For each mail PostgreSQL goes
# through them all.
PAST_CALENDAR = f"""
WITH calendar AS ({_DAYS} WHERE day <= (%(now)s + interval '1 day')::date)
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
        """The days on which mails left after `since`, or the mails before them did, and those
        for which mails are planned."""
        laid_out = cls()
        spans = _spans(since, until)
        campaigns = Campaign.objects.in_bulk({campaign for campaign, _ in spans})
        policies = SendingPolicy.objects.in_bulk({policy for _, policy in spans})
        for (campaign, policy), (first, last) in spans.items():
            laid_out._add(campaigns[campaign], policies[policy], first, last)
        return laid_out

    def _add(self, campaign: Campaign, policy: SendingPolicy, first: date, last: date) -> None:
        calendar = _calendar(policy, campaign)
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


def _spans(since: datetime, until: datetime) -> dict[tuple[int, int], tuple[date, date]]:
    """Campaign and policy → the first and the last day to lay out.

    In UTC and a day wider at both ends, so that they hold in every time zone.
    """
    spans: dict[tuple[int, int], tuple[date, date]] = {}
    first_gate = _first_gate(since)
    if first_gate is not None:
        pairs = _left(since).values_list("campaign_id", "domain__policy_id")
        spans = dict.fromkeys(pairs, _widened(first_gate, max(first_gate, until)))
    planned = Message.objects.queued().values("campaign_id", "domain__policy_id").order_by()
    for campaign, policy, first, last in planned.annotate(
        first=Min("scheduled_at"), last=Max("scheduled_at")
    ).values_list("campaign_id", "domain__policy_id", "first", "last"):
        known = spans.get((campaign, policy))
        ahead = _widened(first, last)
        spans[campaign, policy] = (
            (min(known[0], ahead[0]), max(known[1], ahead[1])) if known else ahead
        )
    return spans


def _widened(first: datetime, last: datetime) -> tuple[date, date]:
    return first.date() - timedelta(days=1), last.date() + timedelta(days=1)


def _left(since: datetime) -> MessageQuerySet:
    """Messages that passed a gate after `since`, whatever came of it."""
    return Message.objects.filter(
        Q(sent_at__gte=since) | Q(attempts__gated_at__gte=since)
    ).order_by()


def _first_gate(since: datetime) -> datetime | None:
    """The first gate of all flows that had one after `since`."""
    flows = Message.objects.filter(enrollment__in=_left(since).values("enrollment"))
    first = flows.aggregate(sent=Min("sent_at"), gated=Min("attempts__gated_at"))
    return min((at for at in first.values() if at is not None), default=None)


def _calendar(policy: SendingPolicy, campaign: Campaign) -> SendingCalendar:
    """Without the campaign's limits where the policy has become narrower than they are."""
    try:
        return sending_calendar(policy, campaign)
    except Refusal:
        return sending_calendar(policy)
