"""What a marketer should know before a launch: what stands in its way, what looks unintended,
how long it takes. Shown in the review step; a launch is refused for the errors among it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import get_close_matches

from campaigns.audience import AudienceSelection, Exclusion, named_list, unknown_leads, unknown_list
from campaigns.domain_findings import about_domains, about_ramps, mails_a_day, ramp_of
from campaigns.findings import Finding, NotReady, Severity
from campaigns.layout import Enrolled, enroll
from campaigns.models import Audience, Campaign
from campaigns.preparing import CampaignRows, Prepared, prepare, rows_of
from campaigns.scheduling.ramp import days_of_sending
from campaigns.scheduling.values import DelayUnit
from mailsuite.lib.errors import Conflict, Refusal
from mailsuite.lib.plurals import counted

_NOUNS = {
    DelayUnit.WORKDAYS: "workday",
    DelayUnit.DAYS: "calendar day",
    DelayUnit.HOURS: "hour",
}


def check(campaign: Campaign, now: datetime) -> list[Finding]:
    """Everything there is to say about launching `campaign` at `now`, errors first. Raises
    Conflict for one that was launched before."""
    if campaign.status != Campaign.Status.DRAFT:
        raise Conflict(
            f'"{campaign}" is {campaign.status}; only a draft is checked before its launch. Its '
            "figures tell what came of it (GET /campaigns/{id}), a dry run what it has left.",
            fields={"status": f"is {campaign.status}"},
            code="no_draft",
        )
    return check_rows(rows_of(campaign), now)


def check_rows(rows: CampaignRows, now: datetime, *, needs_name: bool = True) -> list[Finding]:
    """The same for a campaign that need not be saved."""
    findings = [*about_domains(rows.domains)]
    try:
        prepared = prepare(rows, now, needs_name=needs_name)
        selection, enrolled = enroll(prepared, now)
    except NotReady as refusal:
        findings += refusal.findings
    except Refusal as refusal:
        field = next(iter(refusal.fields), "")
        findings.append(Finding(Severity.ERROR, refusal.code, refusal.message, field))
    else:
        findings += _about_audience(rows.audience, selection)
        findings += _about_names(rows.audience, selection)
        findings += _about_held(enrolled)
        findings += _about_waits(prepared)
        findings += about_ramps(prepared.lines, prepared.start)
        findings += _about_duration(prepared, enrolled)
    return sorted(findings, key=lambda found: list(Severity).index(found.severity))


def _about_audience(audience: Audience, selection: AudienceSelection) -> Iterator[Finding]:
    if not selection.lead_ids:
        yield Finding(
            Severity.WARNING,
            "no_leads",
            "No lead gets mail: the campaign would be completed at once with nothing sent. "
            "Look at the audience and what it excludes.",
            "audience",
        )
    suppressed = sum(
        selection.excluded.get(reason, 0) for reason in (Exclusion.SUPPRESSED, Exclusion.BOUNCED)
    )
    if not audience.exclude_suppressed:
        yield Finding(
            Severity.WARNING,
            "suppressed_stay_out",
            "Suppressed and bounced addresses are left out although the audience does not ask for "
            f"it ({counted(suppressed, 'lead')}): nobody may mail them.",
            "audience.exclude_suppressed",
        )


def _about_names(audience: Audience, selection: AudienceSelection) -> Iterator[Finding]:
    """What the audience names and nobody has."""
    if selection.excluded.get(Exclusion.NOT_FOUND):
        absent = unknown_leads(audience)
        some = ", ".join(map(str, absent[:5])) + (" …" if len(absent) > 5 else "")
        yield Finding(
            Severity.WARNING,
            "leads_not_found",
            f"{len(absent)} of {counted(len(set(audience.lead_ids)), 'lead')} named are not there: "
            f"{some}. Take them out, or look for a mistake in the ids.",
            "audience.lead_ids",
        )
    name, field = named_list(audience)
    if name and not selection.matched and (known := unknown_list(name)) is not None:
        near = get_close_matches(name, known, n=3)
        hint = f"Did you mean {_either(near)}?" if near else "Look it up among the leads."
        yield Finding(
            Severity.WARNING, "list_not_found", f'There is no list "{name}". {hint}', field
        )


def _either(names: Sequence[str]) -> str:
    return " or ".join(f'"{name}"' for name in names)


def _about_held(enrolled: Sequence[Enrolled]) -> Iterator[Finding]:
    lacking = Counter(name for lead in enrolled for name in lead.missing)
    held = sum(1 for lead in enrolled if lead.missing)
    if held:
        names = ", ".join(f"{name} ({count})" for name, count in lacking.most_common(5))
        yield Finding(
            Severity.WARNING,
            "leads_held",
            f"{held} of {counted(len(enrolled), 'lead')} would be held back for review, for lack "
            f"of: {names}. Fill these in, or give the templates a fallback. Who is held back gets "
            "nothing until the held leads are checked again, in a completed campaign too.",
            "audience",
        )


def _about_waits(prepared: Prepared) -> Iterator[Finding]:
    for mail in prepared.mails[1:]:
        if not mail.delay.amount:
            yield Finding(
                Severity.WARNING,
                "no_wait",
                f"Mail {mail.number} follows the one before it without a wait: a lead gets both "
                "on the same day. Put a wait between them.",
                "flow_id" if prepared.rows.campaign.flow is not None else "followup.days",
            )


def _about_duration(prepared: Prepared, enrolled: Sequence[Enrolled]) -> Iterator[Finding]:
    """How many workdays the slots of the slowest domain last, not counting the flow's waits."""
    leads = Counter(lead.line for lead in enrolled if not lead.missing)
    mails = len(prepared.mails)
    if not leads:
        return
    rates = [mails_a_day(line, prepared.start) for line in prepared.lines]
    days = max(
        days_of_sending(leads[index] * mails, rate, ramp_of(prepared.lines[index], prepared.start))
        for index, rate in enumerate(rates)
    )
    yield Finding(
        Severity.INFO,
        "duration",
        f"{counted(leads.total(), 'lead')} with {counted(mails, 'mail')} each take about "
        f"{counted(days, 'workday')}{_besides_waits(prepared)} on "
        f"{counted(len(rates), 'domain')}: {sum(rates)} mails a day make "
        f"{sum(rates) / mails:.2f} new leads a workday.",
        "domains",
    )


def _besides_waits(prepared: Prepared) -> str:
    totals: Counter[DelayUnit] = Counter()
    for mail in prepared.mails:
        totals[mail.delay.unit] += mail.delay.amount
    waits = [counted(total, _NOUNS[unit]) for unit, total in totals.items() if total]
    return f" of sending, not counting the {' and '.join(waits)} of waits," if waits else ""
