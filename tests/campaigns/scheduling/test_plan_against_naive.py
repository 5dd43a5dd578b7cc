"""The planner answers what the plainest reading of the rules answers, and keeps its promises."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.plan import plan
from campaigns.scheduling.ramp import Ramp
from campaigns.scheduling.values import (
    Chain,
    Delay,
    DelayUnit,
    Limits,
    PlannedSend,
    Policy,
    Step,
)
from tests.campaigns.scheduling.naive_plan import naive_plan

ZONES = [
    "Europe/Amsterdam",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "America/Havana",
    "UTC",
]
INTERVALS = [timedelta(minutes=minutes) for minutes in (0, 4, 20, 36.5, 50, 360, 1800)]


@dataclass
class Case:
    """The arguments of one planning."""

    policy: Policy
    limits: Limits
    chains: list[Chain]
    given: dict[str, Any]

    def plan(self) -> list[PlannedSend]:
        return plan(SendingCalendar(self.policy, self.limits), self.chains, **self.given)


moments = st.builds(
    lambda start, minutes: start + timedelta(minutes=minutes),
    st.sampled_from(
        [datetime(2026, 3, 24, 3, 3, tzinfo=UTC), datetime(2026, 10, 20, 11, 7, tzinfo=UTC)]
    ),
    st.integers(0, 9 * 24 * 60),
)
delays = st.one_of(
    st.builds(Delay, st.integers(0, 4), st.just(DelayUnit.WORKDAYS)),
    st.builds(Delay, st.integers(0, 6), st.just(DelayUnit.DAYS)),
    st.builds(Delay, st.integers(0, 60), st.just(DelayUnit.HOURS)),
)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    opens, closes, grace = sorted(draw(st.sets(st.integers(0, 95), min_size=3, max_size=3)))
    clock = [time(quarter // 4, quarter % 4 * 15) for quarter in (opens, closes, grace)]
    return Policy(
        timezone=ZoneInfo(draw(st.sampled_from(ZONES))),
        send_days=draw(st.frozensets(st.integers(1, 7), min_size=1)),
        window_start=clock[0],
        window_end=clock[1],
        grace_until=clock[2],
        interval=draw(st.sampled_from(INTERVALS)),
        daily_cap=draw(st.integers(1, 9)),
        holiday_country=draw(st.sampled_from([None, "NL"])),
        blackout_dates=draw(
            st.frozensets(st.dates(date(2026, 3, 20), date(2026, 4, 10)), max_size=3)
        ),
    )


@st.composite
def limits_within(draw: st.DrawFn, policy: Policy) -> Limits:
    if draw(st.booleans()):
        return Limits()
    narrow = draw(st.booleans())
    return Limits(
        daily_limit=draw(st.none() | st.integers(1, policy.daily_cap)),
        send_days=draw(
            st.none() | st.frozensets(st.sampled_from(sorted(policy.send_days)), min_size=1)
        ),
        window_start=_middle(policy) if narrow else None,
        window_end=None if narrow else _middle(policy),
    )


def _middle(policy: Policy) -> time:
    start = datetime.combine(date.min, policy.window_start)
    return (start + (datetime.combine(date.min, policy.window_end) - start) / 2).time()


ramps = st.builds(
    lambda start, step, more, days: Ramp(start, step, start + more, days),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(0, 6),
    st.integers(0, 3),
)


@st.composite
def chains(draw: st.DrawFn) -> list[Chain]:
    made = []
    for key in range(draw(st.integers(0, 12))):
        first = draw(st.integers(1, 2))
        steps = tuple(
            Step(first + index, delay)
            for index, delay in enumerate(draw(st.lists(delays, min_size=1, max_size=3)))
        )
        made.append(
            Chain(
                key=key,
                order=draw(st.integers(0, 9)),
                steps=steps,
                last_sent_at=draw(moments) if first > 1 else None,
                not_before=draw(st.none() | moments),
            )
        )
    return made


@st.composite
def cases(draw: st.DrawFn) -> Case:
    policy = draw(policies())
    return Case(
        policy=policy,
        limits=draw(limits_within(policy)),
        chains=draw(chains()),
        given={
            "start": draw(moments),
            "taken": draw(st.lists(moments, max_size=4)),
            "sent_today": draw(st.integers(0, 3)),
            "next_allowed_at": draw(st.none() | moments),
            "ramp": draw(st.none() | ramps),
        },
    )


some = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
many = settings(some, max_examples=500)


@many
@given(cases())
def test_the_plan_equals_the_naive_plan(case: Case) -> None:
    assert case.plan() == naive_plan(case.policy, case.limits, case.chains, **case.given)


@some
@given(cases())
def test_every_step_is_planned_once_and_in_order(case: Case) -> None:
    planned = case.plan()
    assert planned == sorted(planned, key=lambda send: send.at)
    for chain in case.chains:
        mine = [send.step_number for send in planned if send.key == chain.key]
        assert mine == [step.number for step in chain.steps]
    assert len(planned) == sum(len(chain.steps) for chain in case.chains)


@some
@given(cases())
def test_mails_keep_their_distance_from_each_other_and_from_taken_slots(case: Case) -> None:
    interval = case.policy.interval
    planned = [send.at for send in case.plan()]
    assert all(later - earlier >= interval for earlier, later in pairwise(planned))
    assert all(abs(at - taken) >= interval for at in planned for taken in case.given["taken"])


@some
@given(cases())
def test_no_day_holds_more_than_its_cap(case: Case) -> None:
    zone, start = case.policy.timezone, case.given["start"]
    planned = Counter(send.at.astimezone(zone).date() for send in case.plan())
    held = Counter(at.astimezone(zone).date() for at in case.given["taken"] if at >= start)
    held[start.astimezone(zone).date()] += case.given["sent_today"]
    cap = case.limits.daily_limit or case.policy.daily_cap
    assert all(count + held[on] <= cap for on, count in planned.items())
    if (ramp := case.given["ramp"]) is not None:
        sending = {on for on, count in (planned + held).items() if count}
        behind = {on: sum(day < on for day in sending) for on in planned}
        assert all(
            count + held[on] <= ramp.cap_after(ramp.days + behind[on])
            for on, count in planned.items()
        )


@some
@given(cases())
def test_mails_go_in_the_window_and_not_before_the_throttle_opens(case: Case) -> None:
    calendar = SendingCalendar(case.policy, case.limits)
    floor = max(case.given["start"], case.given["next_allowed_at"] or case.given["start"])
    for send in case.plan():
        assert send.at >= floor
        assert calendar.is_open(send.at, delayed=False)


@some
@given(cases())
def test_no_follow_up_goes_sooner_than_its_delay_after_the_mail_before(case: Case) -> None:
    planned = {(send.key, send.step_number): send.at for send in case.plan()}
    for chain in case.chains:
        before = chain.last_sent_at
        for step in chain.steps:
            at = planned[chain.key, step.number]
            if before is not None:
                assert _has_waited(case.policy, before, at, step.delay_before)
            before = at


def _has_waited(policy: Policy, before: datetime, at: datetime, delay: Delay) -> bool:
    if delay.unit == DelayUnit.HOURS:
        return at - before >= timedelta(hours=delay.amount)
    sent, goes = (moment.astimezone(policy.timezone).date() for moment in (before, at))
    dates = [sent + timedelta(days=index + 1) for index in range((goes - sent).days)]
    if delay.unit == DelayUnit.WORKDAYS:
        calendar = SendingCalendar(policy)
        dates = [on for on in dates if calendar.is_workday(on)]
    return at >= before and len(dates) >= delay.amount


@some
@given(cases())
def test_the_order_in_which_chains_are_given_changes_nothing(case: Case) -> None:
    planned = case.plan()
    case.chains.reverse()
    assert case.plan() == planned
