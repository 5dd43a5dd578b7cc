"""From the rows of a sending policy and a campaign to the calendar that the planner and the gate
both read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from campaigns.models import Campaign, SendingDomain, SendingPolicy
from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.errors import InvalidFieldError
from campaigns.scheduling.values import Limits, Policy
from mailsuite.lib.errors import Refusal

# What the planner's fields are called in the payload of a campaign, for refusals.
_PAYLOAD_FIELDS = {
    "daily_limit": "limits.daily_limit",
    "send_days": "limits.send_days",
    "window_start": "limits.send_from",
    "window_end": "limits.send_until",
}


def calendar_for(domain: SendingDomain, campaign: Campaign | None = None) -> SendingCalendar:
    """When `domain` may send for `campaign`. See sending_calendar."""
    return sending_calendar(domain.policy, campaign)


def planning_calendar(domain: SendingDomain, campaign: Campaign) -> SendingCalendar:
    """The same, with this domain's share of the campaign's daily limit."""
    if campaign.daily_limit is None:
        return calendar_for(domain, campaign)
    rows = campaign.campaign_domains.select_related("domain__policy").order_by("position")
    domains = [row.domain for row in rows]
    shares = dict(zip(domains, daily_shares(campaign, domains), strict=True))
    return sending_calendar(domain.policy, campaign, daily_share=shares[domain])


def sending_calendar(
    policy: SendingPolicy, campaign: Campaign | None = None, *, daily_share: int | None = None
) -> SendingCalendar:
    """The policy's calendar, narrowed by the campaign's days and hours; None: the policy's own.

    `daily_share` is what one domain may send a day of the campaign's own daily limit (see
    daily_shares); only planning needs it.

    Equal rules share one calendar, so that what it has worked out about its days is kept; it
    answers questions only and is safe to share. Raises Refusal, with the payload's name of the
    field, when its limits are wider than the policy or the policy itself can't be. Of a campaign
    that was launched, limits that a later change of the policy overtook are cut down to it.
    """
    try:
        rules = policy.value()
    except InvalidFieldError as error:
        raise _does_not_fit(error.field, error.problem) from error
    try:
        limits = limits_value(campaign, daily_share)
        if campaign is not None and campaign.status != Campaign.Status.DRAFT:
            limits = _cut_down(limits, rules)
        return _calendar(rules, limits)
    except InvalidFieldError as error:
        field = _PAYLOAD_FIELDS.get(error.field, error.field)
        raise _does_not_fit(field, error.problem) from error


def daily_shares(campaign: Campaign, domains: Sequence[SendingDomain]) -> list[int | None]:
    """How many mails a day each of its domains may send for `campaign`; None: no limit of its own.

    The limit is the campaign's over all its domains, which share it as evenly as it goes.
    Raises Refusal for a limit that is wider than the policies together or feeds not each domain.
    """
    limit, capacity = campaign.daily_limit, sum(domain.policy.daily_cap for domain in domains)
    if limit is None:
        return [None] * len(domains)
    if campaign.status != Campaign.Status.DRAFT:
        limit = min(limit, capacity)
    if not len(domains) <= limit <= capacity:
        problem = (
            f"must lie between {len(domains)} (one for each domain) and the {capacity} a day "
            f"that its domains may send, not {limit}"
        )
        raise _does_not_fit("limits.daily_limit", problem)
    even, rest = divmod(limit, len(domains))
    return [
        min(even + (place < rest), domain.policy.daily_cap) for place, domain in enumerate(domains)
    ]


def limits_value(campaign: Campaign | None, daily_share: int | None = None) -> Limits:
    if campaign is None:
        return Limits()
    return Limits(
        daily_limit=daily_share,
        send_days=None if campaign.send_days is None else frozenset(campaign.send_days),
        window_start=campaign.send_from,
        window_end=campaign.send_until,
    )


def _does_not_fit(field: str, problem: str) -> Refusal:
    return Refusal(
        f"The sending rules do not fit: {field}: {problem}.",
        fields={field: problem},
        code="limits_too_wide",
    )


def _cut_down(limits: Limits, policy: Policy) -> Limits:
    """What of `limits` lies within `policy`; where that is nothing, they stay to be refused."""
    days, share = limits.send_days, limits.daily_limit
    start, end = limits.window_start, limits.window_end
    return Limits(
        daily_limit=None if share is None else min(share, policy.daily_cap),
        send_days=None if days is None else days & policy.send_days or days,
        window_start=None if start is None else max(start, policy.window_start),
        window_end=None if end is None else min(end, policy.window_end),
    )


@lru_cache(maxsize=256)
def _calendar(policy: Policy, limits: Limits) -> SendingCalendar:
    return SendingCalendar(policy, limits)
