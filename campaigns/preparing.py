"""Everything that a launch needs besides the leads, read once and checked: what is sent, from
where, when. Launch, dry run and preflight all start here, so none sees more than the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from campaigns.audience import check_audience
from campaigns.calendars import daily_shares, sending_calendar
from campaigns.findings import Findings, NotReady
from campaigns.flow_building import FlowMail, mails_of, steps_for
from campaigns.models import (
    Audience,
    Campaign,
    FlowStep,
    SenderAlias,
    SendingAccount,
    SendingDomain,
)
from campaigns.readiness import check_templates
from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.errors import NoSendingDayError
from mailsuite.lib.errors import Refusal

LATEST_START = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class CampaignRows:
    """A campaign with what belongs to it; the rows may be unsaved, as a dry run has them."""

    campaign: Campaign
    audience: Audience
    domains: tuple[SendingDomain, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One sending domain's part in a campaign. `aliases` are by mail number."""

    domain: SendingDomain
    calendar: SendingCalendar
    aliases: Mapping[int, SenderAlias]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A campaign that could be launched now; it starts at `start` (UTC)."""

    rows: CampaignRows
    steps: tuple[FlowStep, ...]
    mails: tuple[FlowMail, ...]
    lines: tuple[Line, ...]
    start: datetime


def rows_of(campaign: Campaign) -> CampaignRows:
    """What is stored of `campaign`, in a constant number of queries."""
    audience = Audience.objects.filter(campaign=campaign).first() or Audience(campaign=campaign)
    ids = campaign.campaign_domains.order_by("position").values_list("domain_id", flat=True)
    return CampaignRows(campaign, audience, with_senders(list(ids)))


def with_senders(domain_ids: Sequence[int]) -> tuple[SendingDomain, ...]:
    """The domains in the order of their ids, with all that planning reads of them."""
    found = (
        SendingDomain.objects.select_related("policy", "account", "default_flow")
        .prefetch_related("aliases__account")
        .in_bulk(domain_ids)
    )
    return tuple(found[pk] for pk in domain_ids)


def prepare(rows: CampaignRows, now: datetime, *, needs_name: bool = True) -> Prepared:
    """Read and check it all. Raises NotReady with every reason, not only the first."""
    campaign, findings = rows.campaign, Findings()
    if needs_name:
        findings.of(_check_name, campaign)
    findings.of(check_audience, rows.audience)
    start = findings.of(_start, campaign, now) or now
    if not rows.domains:
        findings.add("no_domain", "Choose the domains to send from.", "domains")
    for domain in rows.domains:
        findings.of(_check_active, domain)
    steps = findings.of(steps_for, campaign, rows.domains) or []
    mails = findings.of(mails_of, steps) or ()
    findings.of(check_templates, mails)
    lines = findings.of(lines_of, campaign, rows.domains, mails, start) or ()
    if findings.found:
        raise NotReady(findings.found)
    return Prepared(rows, tuple(steps), mails, lines, start)


def _check_name(campaign: Campaign) -> None:
    if not campaign.name.strip():
        raise Refusal("Give the campaign a name.", fields={"name": "is empty"})


def check_start(campaign: Campaign) -> None:
    """Raises Refusal for a start at once that names a time as well: whichever was meant, the
    other one would send at the wrong moment."""
    if campaign.start_mode == Campaign.StartMode.NOW and campaign.start_at is not None:
        problem = "contradicts start_mode now; use start_mode at, or leave the time out"
        raise Refusal(
            f"The start is contradictory: {campaign.start_at.isoformat()} {problem}.",
            fields={"schedule.start_at": problem},
            code="start_contradictory",
        )


def _start(campaign: Campaign, now: datetime) -> datetime:
    check_start(campaign)
    if campaign.start_mode == Campaign.StartMode.NOW:
        return now
    at = campaign.start_at
    if at is None:
        raise Refusal(
            'Say when the campaign starts, or choose the start mode "now".',
            fields={"schedule.start_at": "is needed with start_mode at"},
        )
    if at < now:
        raise Refusal(
            f"The start, {at.isoformat()}, has passed. Choose a later one, or start now.",
            fields={"schedule.start_at": "has passed"},
            code="start_in_the_past",
        )
    if at > now + LATEST_START:
        raise Refusal(
            f"The start, {at.isoformat()}, is more than two years away. Choose an earlier one.",
            fields={"schedule.start_at": "is more than two years away"},
        )
    return at


def _check_active(domain: SendingDomain) -> None:
    if not domain.is_active:
        raise Refusal(
            f"{domain} is switched off. Switch it on, or choose another domain.",
            fields={"domains": f"{domain} is switched off"},
            code="domain_inactive",
        )


def lines_of(
    campaign: Campaign,
    domains: Sequence[SendingDomain],
    mails: Sequence[FlowMail],
    start: datetime,
) -> tuple[Line, ...]:
    """Each domain's part in the campaign. Raises NotReady for one that could never send it."""
    findings = Findings()
    shares = daily_shares(campaign, domains) if domains else []
    lines = [
        findings.of(_line, campaign, domain, share, mails, start)
        for domain, share in zip(domains, shares, strict=True)
    ]
    if findings.found:
        raise NotReady(findings.found)
    return tuple(line for line in lines if line is not None)


def _line(
    campaign: Campaign,
    domain: SendingDomain,
    share: int | None,
    mails: Sequence[FlowMail],
    start: datetime,
) -> Line:
    calendar = sending_calendar(domain.policy, campaign, daily_share=share)
    try:
        calendar.sending_day(calendar.local_date(start))
    except NoSendingDayError as error:
        raise Refusal(
            f"{domain} would never send: {error}",
            fields={"limits": "leave no day to send on"},
            code="no_sending_day",
        ) from error
    return Line(domain, calendar, {mail.number: _alias(domain, mail) for mail in mails})


def _alias(domain: SendingDomain, mail: FlowMail) -> SenderAlias:
    aliases = {alias.name: alias for alias in sorted(domain.aliases.all(), key=lambda a: a.pk)}
    name = mail.step.alias_name or next(iter(aliases), "")
    if name not in aliases:
        who = f'sender alias "{name}"' if name else "sender alias"
        raise Refusal(
            f"{domain} has no {who}, which mail {mail.number} is sent from. Add the alias to the "
            "domain, or choose another domain.",
            fields={"domains": f"{domain} has no {who}"},
            code="alias_missing",
        )
    _check_account(aliases[name].account or domain.account)
    return aliases[name]


def _check_account(account: SendingAccount) -> None:
    is_smtp = account.backend == SendingAccount.Backend.SMTP
    if (account.host if is_smtp else account.secret) or settings.MAIL_TEST_MODE:
        return
    lacking = "a server" if is_smtp else "an API key"
    raise Refusal(
        f'The sending account "{account}" lacks {lacking} to send through. '
        f"Enter it under Sending accounts.",
        fields={"domains": f'the account "{account}" lacks {lacking}'},
        code="account_incomplete",
    )
