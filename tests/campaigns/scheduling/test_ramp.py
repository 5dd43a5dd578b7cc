"""The ramp-up of a new domain: each day of sending raises the next."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from campaigns.scheduling.errors import InvalidFieldError
from campaigns.scheduling.forecast import DayCount, summarise
from campaigns.scheduling.plan import plan
from campaigns.scheduling.ramp import DayCaps, Ramp, days_of_sending
from campaigns.scheduling.values import Limits
from tests.campaigns.scheduling.cases import (
    AMSTERDAM,
    calendar,
    day,
    follow_up,
    local,
    new_leads,
    workdays,
)

FRIDAY, SATURDAY, MONDAY, TUESDAY = (day(f"2026-11-{on}") for on in (20, 21, 23, 24))
OPENING = local("2026-11-20 08:00")


@pytest.mark.parametrize(
    ("days", "cap"), [(0, 10), (1, 15), (2, 20), (7, 45), (8, 50), (9, 50), (10_000, 50)]
)
def test_each_day_of_sending_adds_a_step_up_to_the_ceiling(days: int, cap: int) -> None:
    ramp = Ramp(start=10, step=5, ceiling=50)
    assert ramp.cap_after(days) == cap
    assert ramp.is_over_after(days) is (cap == 50)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("start", {"start": 0, "step": 1, "ceiling": 5}),
        ("step", {"start": 1, "step": 0, "ceiling": 5}),
        ("ceiling", {"start": 6, "step": 1, "ceiling": 5}),
        ("days", {"start": 1, "step": 1, "ceiling": 5, "days": -1}),
    ],
)
def test_a_ramp_that_does_not_climb_is_refused_by_name(field: str, values: dict) -> None:
    with pytest.raises(InvalidFieldError) as refused:
        Ramp(**values)
    assert refused.value.field == field


def test_a_day_counts_once_whether_held_sent_on_or_both() -> None:
    caps = DayCaps(100, Ramp(1, 1, 100), {FRIDAY: 3, SATURDAY: 1, TUESDAY: 0})
    assert caps.open(FRIDAY) == 1
    caps.sends_on(FRIDAY)
    caps.sends_on(FRIDAY)
    assert caps.open(MONDAY) == 3  # Friday, and Saturday that was never opened
    assert caps.open(TUESDAY) == 3  # nothing on Monday
    assert caps.open(day("2026-11-25")) == 3  # none were held on Tuesday


def test_without_a_ramp_every_day_has_the_same_cap() -> None:
    caps = DayCaps(27, None, {FRIDAY: 3})
    assert [caps.open(on) for on in (FRIDAY, MONDAY)] == [27, 27]


def counts(planned: list) -> list[tuple[date, int]]:
    return sorted(Counter(send.at.astimezone(AMSTERDAM).date() for send in planned).items())


def test_a_plan_climbs_the_ramp_workday_by_workday() -> None:
    planned = plan(calendar(), new_leads(40), start=OPENING, ramp=Ramp(5, 10, 20))
    assert counts(planned) == [
        (FRIDAY, 5),
        (MONDAY, 15),
        (TUESDAY, 20),
    ]


def test_a_plan_goes_on_where_the_domain_is_on_its_ramp() -> None:
    planned = plan(calendar(), new_leads(30), start=OPENING, ramp=Ramp(5, 10, 99, days=1))
    assert counts(planned) == [(FRIDAY, 15), (MONDAY, 15)]


def test_what_was_sent_today_takes_room_and_makes_it_a_day_of_sending() -> None:
    planned = plan(calendar(), new_leads(9), start=OPENING, sent_today=5, ramp=Ramp(5, 2, 99))
    assert counts(planned) == [(MONDAY, 7), (TUESDAY, 2)]


def test_a_day_on_which_nothing_is_due_raises_nothing() -> None:
    waiting = [follow_up(key, OPENING, workdays(2)) for key in range(1, 8)]
    planned = plan(calendar(), waiting, start=OPENING, ramp=Ramp(3, 2, 99))
    assert counts(planned) == [(TUESDAY, 3), (day("2026-11-25"), 4)]


def test_slots_of_others_count_as_days_of_sending_too() -> None:
    planned = plan(
        calendar(Limits(send_days=frozenset({2}))),
        new_leads(9),
        start=OPENING,
        taken=[local("2026-11-20 09:00"), local("2026-11-23 09:00")],
        ramp=Ramp(2, 3, 99),
    )
    assert counts(planned) == [(TUESDAY, 8), (day("2026-12-01"), 1)]


def test_the_ramp_never_lifts_the_cap_of_the_policy() -> None:
    planned = plan(calendar(daily_cap=4), new_leads(10), start=OPENING, ramp=Ramp(3, 3, 99))
    assert counts(planned) == [(FRIDAY, 3), (MONDAY, 4), (TUESDAY, 3)]


def test_a_forecast_tells_what_each_day_might_hold() -> None:
    ramp = Ramp(5, 10, 20)
    planned = plan(calendar(), new_leads(10), start=OPENING, sent_today=1, ramp=ramp)
    assert summarise(planned, calendar(), ramp=ramp, sent_on=FRIDAY).days == (
        DayCount(FRIDAY, 4, 5),
        DayCount(MONDAY, 6, 15),
    )
    later = plan(calendar(), new_leads(10), start=OPENING, sent_today=5, ramp=ramp)
    assert summarise(later, calendar(), ramp=ramp, sent_on=FRIDAY).days == (
        DayCount(MONDAY, 10, 15),
    )


@pytest.mark.parametrize(
    ("mails", "most", "ramp", "days"),
    [
        (0, 27, None, 0),
        (27, 27, None, 1),
        (28, 27, None, 2),
        (5, 27, Ramp(5, 10, 20), 1),
        (6, 27, Ramp(5, 10, 20), 2),
        (40, 27, Ramp(5, 10, 20), 3),
        (41, 27, Ramp(5, 10, 20), 4),
        (60, 27, Ramp(5, 10, 20, days=9), 3),
        (20, 9, Ramp(5, 10, 20), 3),
    ],
)
def test_how_many_days_mails_take_on_a_ramp(
    mails: int, most: int, ramp: Ramp | None, days: int
) -> None:
    assert days_of_sending(mails, most, ramp) == days
