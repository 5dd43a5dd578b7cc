"""What came of a campaign, from its daily figures alone: the cost does not grow with its mails.

Every rate lies between 0.0 and 1.0, and is 0.0 while nothing was sent. Most are parts of the
mails sent:

- `open_rate`: mails that a person opened. Machines that open mails are counted apart.
- `click_rate`: mails in which a person followed a link.
- `reply_rate`, `unsubscribe_rate`: mails that were answered or led to an opt-out.

`bounce_rate` is a part of the mails tried: those sent and those whose address the server refused
at once, which count as bounced and never as sent (see Counts.tried).

A mail counts once in each, however often it was opened or clicked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Self, TypeVar

from django.db.models import Sum

from campaigns.models import Campaign, DailyFigures, SendingPolicy

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Counts:
    """Mails by what happened to them."""

    planned: int = 0
    canceled: int = 0
    sent: int = 0
    opened: int = 0
    machine_opened: int = 0
    clicked: int = 0
    replied: int = 0
    bounced: int = 0
    failed: int = 0
    unsubscribed: int = 0
    complained: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in COUNTERS))

    @classmethod
    def of(cls, row: DailyFigures) -> Self:
        return cls(*(getattr(row, name) for name in COUNTERS))

    @property
    def tried(self) -> int:
        """Mails that were sent or bounced.

        The figures don't tell a mail that was refused at once from one that was sent and came
        back, so the bounced ones are added to those sent, up to all that can have been tried.
        With every mail final that is exact; until then a mail that came back may count twice,
        and the rate be a little low.
        """
        not_dropped = self.planned - self.canceled - self.failed
        return max(self.sent, self.bounced, min(self.sent + self.bounced, not_dropped))

    def rate(self, counter: str) -> float:
        """The part of the mails sent (of those tried, for bounced), rounded to four places; 0.0
        while there are none."""
        of = self.tried if counter == "bounced" else self.sent
        return min(round(getattr(self, counter) / of, 4), 1.0) if of else 0.0


COUNTERS = tuple(field.name for field in fields(Counts))


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of the campaign on which something happened."""

    date: date
    counts: Counts


@dataclass(frozen=True, slots=True)
class Stage:
    """One mail of the flow."""

    mail_number: int
    template_name: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class CampaignFigures:
    total: Counts
    timeline: tuple[Day, ...]
    funnel: tuple[Stage, ...]
    avg_tempo_per_hour: float


def campaign_figures(campaign: Campaign) -> CampaignFigures:
    """Three queries, whatever the campaign's size. The timeline has no days without events."""
    rows = list(DailyFigures.objects.filter(campaign=campaign))
    total = sum((Counts.of(row) for row in rows), Counts())
    days = _summed(rows, lambda row: row.day)
    timeline = tuple(
        Day(on, days[on])
        for on in sorted(days)
        if any(getattr(days[on], name) for name in COUNTERS if name not in ("planned", "canceled"))
    )
    return CampaignFigures(
        total=total,
        timeline=timeline,
        funnel=_funnel(campaign, _summed(rows, lambda row: row.step_id)),
        avg_tempo_per_hour=_tempo(campaign, timeline),
    )


def totals(campaign_ids: Iterable[int]) -> dict[int, Counts]:
    """The sums of several campaigns in one query; all zero for one without figures."""
    ids = list(campaign_ids)
    sums = (
        DailyFigures.objects.filter(campaign__in=ids)
        .order_by()
        .values("campaign_id")
        .annotate(*(Sum(name) for name in COUNTERS))
        .values_list("campaign_id", *(f"{name}__sum" for name in COUNTERS))
    )
    found = {pk: Counts(*counts) for pk, *counts in sums}
    return {pk: found.get(pk, Counts()) for pk in ids}


def _summed(rows: Iterable[DailyFigures], key: Callable[[DailyFigures], Key]) -> dict[Key, Counts]:
    sums: dict[Key, Counts] = {}
    for row in rows:
        sums[key(row)] = sums.get(key(row), Counts()) + Counts.of(row)
    return sums


def _funnel(campaign: Campaign, by_step: Mapping[int, Counts]) -> tuple[Stage, ...]:
    if campaign.flow_version is None:
        return ()
    steps = campaign.flow_version.steps.select_related("template").order_by("position")
    return tuple(
        Stage(step.mail_number, step.template.name, by_step.get(step.pk, Counts()))
        for step in steps
        if step.mail_number is not None and step.template is not None
    )


def _tempo(campaign: Campaign, timeline: Iterable[Day]) -> float:
    """Mails sent per hour of sending window, over the days on which mails were sent.

    The hours of a day are those from the first opening to the last closing among the windows
    of the campaign's domains, narrowed by its own hours. A day that has just begun counts in
    full, so the figure is a little low in the morning.
    """
    sent = [day.counts.sent for day in timeline if day.counts.sent]
    policies = [
        row.domain.policy for row in campaign.campaign_domains.select_related("domain__policy")
    ]
    if not sent or not policies:
        return 0.0
    hours = _window_hours(campaign, policies)
    return round(sum(sent) / (len(sent) * hours), 2)


def _window_hours(campaign: Campaign, policies: list[SendingPolicy]) -> float:
    opens = campaign.send_from or min(policy.window_start for policy in policies)
    closes = campaign.send_until or max(policy.window_end for policy in policies)
    return (_on_some_day(closes) - _on_some_day(opens)) / timedelta(hours=1)


def _on_some_day(at: time) -> datetime:
    return datetime.combine(date.min, at)
