"""Counts broken promises in what the mail server saw; knows nothing of how mails are planned.

It shares no code with planner, gate or sender: the rules are told to it in its own words, and
which days are Dutch workdays it takes from the oracle of the demo, which works them out itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from mailsuite.demo.oracle import is_workday
from tests.faults.journal import Accepted, ClockSet, Entry, Refused, Stopped

EVERYBODY = "*"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, slots=True)
class Rules:
    """What was promised. `grace_ends`: mails that a fault held up may go until then. With
    `every_day`, weekends and holidays are days as any other."""

    zone: ZoneInfo = AMSTERDAM
    opens: time = time(8)
    grace_ends: time = time(18)
    interval: timedelta = timedelta(minutes=20)
    daily_cap: int = 27
    steps: int = 4
    workdays_between: int = 3
    every_day: bool = False

    def is_open(self, at: datetime) -> bool:
        local = at.astimezone(self.zone)
        on_a_day = self.every_day or is_workday(local.date())
        return on_a_day and self.opens <= local.time() < self.grace_ends

    def workdays_after(self, start: datetime, end: datetime) -> int:
        first, last = (at.astimezone(self.zone).date() for at in (start, end))
        days = (first + timedelta(days=count) for count in range(1, (last - first).days + 1))
        return sum(self.every_day or is_workday(day) for day in days)


def count_violations(
    journal: Sequence[Entry], recipients: Collection[str], rules: Rules
) -> dict[str, int]:
    """Broken invariants by name, for a journal in its order. `recipients` are all who must get
    every step, but for what was refused or stopped on the way."""
    mails = [entry for entry in journal if isinstance(entry, Accepted)]
    copies = Counter((mail.recipient, mail.step) for mail in mails)
    missing = _due(journal, recipients, rules.steps) - set(copies)
    return {
        "I1": len(mails) - len(copies),
        "I2": len(missing),
        "I3": _too_close(journal, rules) + _too_many(mails, rules),
        "I4": sum(not rules.is_open(mail.at) for mail in mails),
        "I5": _after_stop(journal),
        "I8": _out_of_order(mails) + _too_soon(mails, rules),
    }


def _due(journal: Sequence[Entry], recipients: Collection[str], steps: int) -> set[tuple[str, int]]:
    """Every step for everybody; up to the last one accepted where the rest was called off."""
    reached: Counter[str] = Counter()
    ends: dict[str, int] = {}
    for entry in journal:
        if isinstance(entry, Accepted):
            reached[entry.recipient] = max(entry.step, reached[entry.recipient])
        elif isinstance(entry, Stopped | Refused):
            for one in recipients if entry.recipient == EVERYBODY else [entry.recipient]:
                ends.setdefault(one, reached[one])
    return {
        (recipient, step)
        for recipient in recipients
        for step in range(1, ends.get(recipient, steps) + 1)
    }


def _too_close(journal: Sequence[Entry], rules: Rules) -> int:
    """Mails of a domain sooner after the one before them than the interval. A clock that was set
    back leaves mails in its future; those are no neighbours of what comes now."""
    times: defaultdict[str, list[datetime]] = defaultdict(list)
    now: datetime | None = None
    wrong = 0
    for entry in journal:
        if isinstance(entry, ClockSet):
            now = entry.at
            for of_domain in times.values():
                of_domain[:] = [at for at in of_domain if at <= now]
        elif isinstance(entry, Accepted):
            of_domain = times[entry.domain]
            wrong += bool(of_domain) and entry.at - max(of_domain) < rules.interval
            of_domain.append(entry.at)
    return wrong


def _too_many(mails: Sequence[Accepted], rules: Rules) -> int:
    days = Counter((mail.domain, mail.at.astimezone(rules.zone).date()) for mail in mails)
    return sum(max(0, count - rules.daily_cap) for count in days.values())


def _after_stop(journal: Sequence[Entry]) -> int:
    stopped: set[str] = set()
    wrong = 0
    for entry in journal:
        if isinstance(entry, Accepted):
            wrong += not stopped.isdisjoint((entry.recipient, EVERYBODY))
        elif isinstance(entry, Stopped | Refused):
            stopped.add(entry.recipient)
    return wrong


def _out_of_order(mails: Sequence[Accepted]) -> int:
    seen: set[tuple[str, int]] = set()
    wrong = 0
    for mail in mails:
        wrong += mail.step > 1 and (mail.recipient, mail.step - 1) not in seen
        seen.add((mail.recipient, mail.step))
    return wrong


def _too_soon(mails: Sequence[Accepted], rules: Rules) -> int:
    """Follow-ups before the wanted number of workdays behind the mail ahead of them."""
    by_recipient: defaultdict[str, dict[int, datetime]] = defaultdict(dict)
    for mail in mails:
        by_recipient[mail.recipient].setdefault(mail.step, mail.at)
    return sum(
        after == before + 1
        and rules.workdays_after(steps[before], steps[after]) < rules.workdays_between
        for steps in by_recipient.values()
        for before, after in pairwise(sorted(steps))
    )
