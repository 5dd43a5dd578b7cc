"""The dry run: what a campaign is going to send, by the very planner that launches it. Writes
nothing, and asking again answers the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from campaigns.calendars import planning_calendar
from campaigns.findings import Finding
from campaigns.held import HeldLead, held_leads, with_addresses
from campaigns.layout import Layout, lay_out
from campaigns.models import Campaign, Message, SendingDomain
from campaigns.planning import plan_remaining
from campaigns.preflight import check_rows
from campaigns.preparing import CampaignRows, Prepared, prepare, rows_of
from campaigns.remaining import remaining
from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.forecast import Forecast, summarise
from campaigns.scheduling.ramp import Ramp
from campaigns.scheduling.values import PlannedSend
from campaigns.throttle import sent_on


@dataclass(frozen=True, slots=True)
class DomainForecast:
    """What one sending domain is going to send, day by day (local to its policy). `ramp_up` is
    as it stands when the plan is made; None: the domain has its full number of mails."""

    domain_id: int
    domain: str
    timezone: str
    forecast: Forecast
    ramp_up: Ramp | None


@dataclass(frozen=True, slots=True)
class PlannedMail:
    """One planned mail; `alias` is the sender's address, `scheduled_at` is UTC."""

    lead_id: int
    mail_number: int
    domain: str
    alias: str
    scheduled_at: datetime


@dataclass(frozen=True, slots=True)
class CampaignForecast:
    """The plan of a campaign; of one under way, what it has left. Datetimes are UTC.

    `finish_date` is the local date of the last mail. `messages` are in the order of time, None
    where they were not asked for. `findings` are the preflight's, of one not launched yet.
    """

    domains: tuple[DomainForecast, ...]
    matched: int
    enrolled: int
    held_count: int
    held: tuple[HeldLead, ...]
    excluded: dict[str, int] = field(default_factory=dict)
    messages: tuple[PlannedMail, ...] | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def planned(self) -> int:
        return sum(one.forecast.total for one in self.domains)

    @property
    def first_at(self) -> datetime | None:
        return min((at for one in self.domains if (at := one.forecast.first_at)), default=None)

    @property
    def last_at(self) -> datetime | None:
        return max((at for one in self.domains if (at := one.forecast.last_at)), default=None)

    @property
    def finish_date(self) -> date | None:
        return max((on for one in self.domains if (on := one.forecast.finish_date)), default=None)


def forecast(campaign: Campaign, now: datetime, *, detail: bool = False) -> CampaignForecast:
    """What `campaign` would send if it were launched now, or has still to send if it runs; of a
    paused one, what it would send if it were resumed now. An ended one has nothing left.

    `detail` adds every message. Raises NotReady for a draft that can't be launched.
    """
    if campaign.status == Campaign.Status.DRAFT:
        return forecast_rows(rows_of(campaign), now, detail=detail)
    return _forecast_left(campaign, now, detail=detail)


def forecast_rows(rows: CampaignRows, now: datetime, *, detail: bool = False) -> CampaignForecast:
    """The same for a campaign that need not be saved, nor have a name; of a saved one its
    findings tell that the launch needs one. Raises NotReady."""
    prepared = prepare(rows, now, needs_name=False)
    layout = lay_out(prepared, now)
    held = [(lead.lead_id, lead.missing) for lead in layout.enrolled if lead.missing]
    return CampaignForecast(
        domains=tuple(
            _of_domain(line.domain, line.calendar, sends, now)
            for line, sends in zip(prepared.lines, layout.sends, strict=True)
        ),
        matched=layout.selection.matched,
        enrolled=len(layout.enrolled),
        held_count=len(held),
        held=with_addresses(held),
        excluded=layout.selection.excluded,
        messages=_in_order(_mails_of_layout(prepared, layout)) if detail else None,
        findings=tuple(check_rows(rows, now, needs_name=rows.campaign.pk is not None)),
    )


def _forecast_left(campaign: Campaign, now: datetime, *, detail: bool) -> CampaignForecast:
    rows = rows_of(campaign)
    domains: list[DomainForecast] = []
    messages: list[PlannedMail] = []
    for domain in rows.domains if campaign.holds_domains else ():
        calendar = planning_calendar(domain, campaign)
        left = remaining(campaign, domain, now)
        is_paused = campaign.status == Campaign.Status.PAUSED
        sends = plan_remaining(left, domain, calendar, now, afresh=is_paused)
        domains.append(_of_domain(domain, calendar, sends, now))
        if detail:
            messages += _mails_left(campaign, domain.name, sends)
    return CampaignForecast(
        domains=tuple(domains),
        matched=rows.audience.matched_count,
        enrolled=rows.audience.enrolled_count,
        held_count=campaign.enrollments.held().count(),
        held=held_leads(campaign),
        excluded=rows.audience.excluded,
        messages=_in_order(messages) if detail else None,
    )


def _of_domain(
    domain: SendingDomain, calendar: SendingCalendar, sends: Sequence[PlannedSend], now: datetime
) -> DomainForecast:
    today = calendar.local_date(now)
    ramp = domain.ramp_before(today)
    return DomainForecast(
        domain.pk,
        domain.name,
        domain.policy.timezone,
        summarise(sends, calendar, ramp=ramp, sent_on=today if sent_on(domain, today) else None),
        ramp,
    )


def _mails_of_layout(prepared: Prepared, layout: Layout) -> Iterable[PlannedMail]:
    for line, sends in zip(prepared.lines, layout.sends, strict=True):
        addresses = {number: alias.address for number, alias in line.aliases.items()}
        for key, number, at in sends:
            lead_id = layout.enrolled[key].lead_id
            yield PlannedMail(lead_id, number, line.domain.name, addresses[number], at)


def _mails_left(
    campaign: Campaign, domain: str, sends: Sequence[PlannedSend]
) -> Iterable[PlannedMail]:
    queued = Message.objects.queued().filter(campaign=campaign, domain__name=domain)
    known = {
        (enrollment_id, number): (lead_id, alias)
        for enrollment_id, number, lead_id, alias in queued.values_list(
            "enrollment_id", "mail_number", "lead_id", "alias__name"
        )
    }
    for key, number, at in sends:
        # Sent since the plan was read.
        if (key, number) in known:
            lead_id, alias = known[key, number]
            yield PlannedMail(lead_id, number, domain, f"{alias}@{domain}", at)


def _in_order(messages: Iterable[PlannedMail]) -> tuple[PlannedMail, ...]:
    return tuple(sorted(messages, key=lambda mail: (mail.scheduled_at, mail.domain)))
