"""Plans over every change of the clock in every time zone; no stack, only the planner."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.plan import plan
from campaigns.scheduling.values import Chain, Delay, DelayUnit, PlannedSend, Policy, Step
from tests.faults.fault import Fault
from tests.faults.lab import Lab

_FIRST, _LAST = date(2024, 1, 1), date(2030, 12, 31)
_DAY = timedelta(days=1)
_LEADS, _STEPS, _CAP = 2, 2, 3


def plan_through_changes(lab: Lab, rounds: int) -> int:
    """`rounds` plans, each with another window, around changes of the clock, seeded."""
    dice = random.Random(20260601)
    changes = _changes()
    for number in range(rounds):
        name, day = changes[number % len(changes)]
        _check(lab, name, day, dice)
    return rounds


def _check(lab: Lab, name: str, day: date, dice: random.Random) -> None:
    opens, closes = sorted(dice.sample(range(24 * 4), 2))
    interval = dice.choice([10, 20, 45])
    policy = Policy(
        timezone=ZoneInfo(name),
        send_days=frozenset(range(1, 8)),
        window_start=_wall_clock(opens),
        window_end=_wall_clock(closes),
        interval=timedelta(minutes=interval),
        daily_cap=_CAP,
        grace_until=_wall_clock(closes),
    )
    steps = tuple(
        Step(number, Delay(number - 1, DelayUnit.WORKDAYS)) for number in range(1, _STEPS + 1)
    )
    chains = [Chain(key=lead, order=lead, steps=steps) for lead in range(_LEADS)]
    start = datetime.combine(day - _DAY, time(), UTC)
    sends = plan(SendingCalendar(policy), chains, start=start)
    wanted = {(lead, number) for lead in range(_LEADS) for number in range(1, _STEPS + 1)}
    planned = Counter((send.key, send.step_number) for send in sends)
    lab.expect(planned == Counter(wanted), "steps skipped or doubled")
    lab.expect(all(_is_inside(send, policy) for send in sends), "outside the window")
    moments = [send.at for send in sends]
    lab.expect(
        all(after - before >= policy.interval for before, after in pairwise(moments)),
        "too close",
    )
    days = Counter(at.astimezone(policy.timezone).date() for at in moments)
    lab.expect(max(days.values()) <= _CAP, "more than the cap")


def _wall_clock(quarter: int) -> time:
    return time(quarter // 4, quarter % 4 * 15)


def _is_inside(send: PlannedSend, policy: Policy) -> bool:
    """By the wall clock. On a day with an hour twice or missing, by the time since its window
    opened: an edge of the window that does not exist is as much later, one that exists twice is
    the first of the two."""
    local = send.at.astimezone(policy.timezone)
    if policy.window_start <= local.time() < policy.window_end:
        return True
    start, end = (
        datetime.combine(local.date(), at, policy.timezone).astimezone(UTC)
        for at in (policy.window_start, policy.window_end)
    )
    return _has_odd_hour(local, policy.timezone) and start <= send.at < end


def _has_odd_hour(local: datetime, zone: ZoneInfo) -> bool:
    start = datetime.combine(local.date(), time(), zone)
    end = datetime.combine(local.date() + _DAY, time(), zone)
    return end.astimezone(UTC) - start.astimezone(UTC) != _DAY


@cache
def _changes() -> list[tuple[str, date]]:
    """(zone, local day) of every change of its offset, and a day without one for each zone."""
    found = []
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        found.append((name, date(2026, 5, 20)))
        offset = None
        day = _FIRST
        while day <= _LAST:
            now = datetime.combine(day, time(), zone).utcoffset()
            if offset is not None and now != offset:
                found.append((name, day - _DAY))
            offset, day = now, day + _DAY
    return found


FAULT = Fault(
    name="dst of all zones",
    does="plans around the clock changes of all zones, 2024 to 2030, in random windows",
    must_hold="I3, I4, no step skipped or doubled",
    rounds=100_000,
    inject=plan_through_changes,
    recovery_limit=0.0,
    needs_stack=False,
)
