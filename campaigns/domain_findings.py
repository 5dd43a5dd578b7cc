"""What a marketer should know of the sending domains before a launch: part of the preflight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from campaigns.domain_checks.stored import failed_checks
from campaigns.domain_holding import busy_domains, busy_message
from campaigns.findings import Finding, Severity
from campaigns.models import DomainCheck, SendingDomain
from campaigns.preparing import Line
from campaigns.scheduling.ramp import Ramp
from mailsuite.lib.plurals import counted


def about_domains(domains: Sequence[SendingDomain]) -> Iterator[Finding]:
    for held in busy_domains([domain.pk for domain in domains]):
        yield Finding(Severity.ERROR, "domain_busy", busy_message(held), "domains")
    for domain in domains:
        if domain.paused_at is not None:
            yield _paused(domain)
    for check in failed_checks().filter(domain__in=list(domains)):
        yield _failed(check)


def _paused(domain: SendingDomain) -> Finding:
    why = f": {domain.pause_reason.rstrip('.')}" if domain.pause_reason else ""
    return Finding(
        Severity.WARNING,
        "domain_paused",
        f"{domain} is paused{why}. Its mails wait until it is resumed.",
        "domains",
    )


def _failed(check: DomainCheck) -> Finding:
    """Of the last answer; while the DNS does not answer, that stands."""
    return Finding(
        Severity.WARNING,
        f"{check.kind}_failed",
        f"{check.domain} failed its check of {check.get_kind_display()} on "
        f"{check.answered_at or check.tried_at:%Y-%m-%d}, so receivers "
        f"may refuse its mails or file them as spam. {check.problem} {check.remedy}",
        "domains",
    )


def mails_a_day(line: Line, start: datetime) -> int:
    """With the ramp-up left behind."""
    calendar, ramp = line.calendar, ramp_of(line, start)
    most = calendar.daily_cap if ramp is None else min(calendar.daily_cap, ramp.ceiling)
    _, window = calendar.sending_day(calendar.local_date(start))
    if not calendar.interval:
        return most
    slots = -((window.opens - window.closes) // calendar.interval)
    return min(slots, most)


def ramp_of(line: Line, start: datetime) -> Ramp | None:
    return line.domain.ramp_before(line.calendar.local_date(start))


def about_ramps(lines: Sequence[Line], start: datetime) -> Iterator[Finding]:
    for line in lines:
        ramp = ramp_of(line, start)
        if ramp is None or ramp.is_over_after(ramp.days):
            continue
        yield Finding(
            Severity.INFO,
            "ramp_up",
            f"{line.domain} is being ramped up: {counted(ramp.cap_after(ramp.days), 'mail')} on "
            f"its first day, {ramp.step} more after each day of sending, until it sends "
            f"{ramp.ceiling} a day.",
            "domains",
        )
