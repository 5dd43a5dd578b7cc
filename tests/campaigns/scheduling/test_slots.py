"""The slots of a day and what is taken from them."""

from datetime import datetime, time, timedelta
from functools import partial
from itertools import pairwise

import pytest

from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.errors import InvalidFieldError
from campaigns.scheduling.slots import DaySlots, SlotBook
from campaigns.scheduling.values import Limits, Policy
from tests.campaigns.scheduling.cases import (
    around_the_clock,
    calendar,
    day,
    local,
    policy,
    shown,
)

LONG_AGO = local("2026-01-01 00:00")


def open_day(
    on: str,
    *,
    rules: SendingCalendar | None = None,
    start: datetime | None = None,
    taken: tuple[datetime, ...] = (),
    sent_today: int = 0,
    next_allowed_at: datetime | None = None,
) -> DaySlots:
    rules = rules or calendar()
    book = SlotBook(
        rules,
        start=start or local(f"{on} 00:00"),
        taken=taken,
        sent_today=sent_today,
        next_allowed_at=next_allowed_at,
    )
    window = rules.window(day(on))
    assert window is not None
    return book.open_day(day(on), window)


def all_of(slots: DaySlots, earliest: datetime = LONG_AGO) -> list[str]:
    """Take every slot and show its local time."""
    taken = []
    while at := slots.take(earliest):
        taken.append(shown(at)[-5:])
    return taken


def test_the_default_day_has_27_slots_from_eight_to_twenty_to_five() -> None:
    slots = all_of(open_day("2026-11-20"))
    assert len(slots) == 27
    assert slots[:3] == ["08:00", "08:20", "08:40"]
    assert slots[-1] == "16:40"


@pytest.mark.parametrize(
    ("start", "first"),
    [("07:00", "08:00"), ("08:00", "08:00"), ("10:07", "10:20"), ("10:20:01", "10:40")],
)
def test_the_first_slot_lies_on_the_grid_at_or_after_the_start(start: str, first: str) -> None:
    slots = open_day("2026-11-20", start=local(f"2026-11-20 {start}"))
    assert all_of(slots)[0] == first


def test_a_start_after_the_last_slot_finds_the_day_full() -> None:
    slots = open_day("2026-11-20", start=local("2026-11-20 16:41"))
    assert slots.room == 0
    assert slots.take(LONG_AGO) is None


def test_nothing_is_handed_out_before_the_throttle_opens() -> None:
    slots = open_day("2026-11-20", next_allowed_at=local("2026-11-20 15:55:30"))
    assert all_of(slots) == ["16:00", "16:20", "16:40"]


def test_a_slot_goes_to_the_first_who_can_use_it_and_only_once() -> None:
    slots = open_day("2026-11-20")
    asked = ["12:05", "08:00", "12:05", "12:20", "08:01", "16:40", "16:30"]
    given = [slots.take(local(f"2026-11-20 {at}")) for at in asked]
    shown_times = [at and shown(at)[-5:] for at in given]
    assert shown_times == ["12:20", "08:00", "12:40", "13:00", "08:20", "16:40", None]
    assert slots.room == 21


def test_what_was_sent_today_counts_for_the_cap_of_that_day_only() -> None:
    rules = calendar(daily_cap=5)
    start = local("2026-11-19 12:00")
    book = SlotBook(rules, start=start, taken=(), sent_today=3, next_allowed_at=None)
    rooms = []
    for on in (day("2026-11-19"), day("2026-11-20")):
        window = rules.window(on)
        assert window is not None
        rooms.append(book.open_day(on, window).room)
    assert rooms == [2, 5]


def test_a_cap_that_was_overdrawn_leaves_no_room() -> None:
    assert open_day("2026-11-20", sent_today=40).room == 0


def test_the_daily_limit_of_a_campaign_is_the_lower_cap() -> None:
    rules = calendar(Limits(daily_limit=4))
    assert all_of(open_day("2026-11-20", rules=rules)) == ["08:00", "08:20", "08:40", "09:00"]


def test_narrower_hours_start_the_grid_where_they_open() -> None:
    rules = calendar(Limits(window_start=time(10, 10), window_end=time(11)))
    assert all_of(open_day("2026-11-20", rules=rules)) == ["10:10", "10:30", "10:50"]


def test_a_taken_slot_is_left_out_and_counts_for_the_cap() -> None:
    slots = open_day("2026-11-20", rules=calendar(daily_cap=3), taken=(local("2026-11-20 08:20"),))
    assert all_of(slots) == ["08:00", "08:40"]


def test_a_taken_moment_off_the_grid_keeps_its_distance_on_both_sides() -> None:
    slots = open_day("2026-11-20", taken=(local("2026-11-20 08:50"),))
    assert all_of(slots)[:3] == ["08:00", "08:20", "09:20"]


def test_a_moment_taken_before_the_start_only_keeps_its_distance() -> None:
    slots = open_day(
        "2026-11-20",
        rules=calendar(daily_cap=2),
        start=local("2026-11-20 09:55"),
        taken=(local("2026-11-20 09:50"),),
    )
    assert all_of(slots) == ["10:20", "10:40"]


def test_a_moment_taken_just_before_midnight_keeps_its_distance_from_the_next_day() -> None:
    rules = SendingCalendar(around_the_clock(interval=timedelta(minutes=30)))
    slots = open_day("2026-11-20", rules=rules, taken=(local("2026-11-19 23:45"),))
    assert all_of(slots)[0] == "00:30"


@pytest.mark.parametrize(
    ("on", "slots"), [("2026-03-28", 72), ("2026-03-29", 69), ("2026-10-25", 75)]
)
def test_a_day_with_a_clock_change_has_the_slots_of_its_real_hours(on: str, slots: int) -> None:
    rules = SendingCalendar(around_the_clock())
    day_slots = open_day(on, rules=rules)
    moments = list(iter(partial(day_slots.take, LONG_AGO), None))
    assert len(moments) == slots
    gaps = {later - earlier for earlier, later in pairwise(moments)}
    assert gaps == {timedelta(minutes=20)}


@pytest.mark.parametrize(
    "rules", [policy(interval=timedelta(0), daily_cap=3), policy(daily_cap=3)], ids=["no pause", ""]
)
def test_the_cap_ends_a_day_with_and_without_pauses(rules: Policy) -> None:
    assert len(all_of(open_day("2026-11-20", rules=SendingCalendar(rules)))) == 3


def test_without_a_pause_mails_share_the_opening_or_their_own_moment() -> None:
    rules = calendar(interval=timedelta(0))
    slots = open_day("2026-11-20", rules=rules)
    asked = ["07:00", "07:00", "10:07", "08:00", "17:00"]
    given = [slots.take(local(f"2026-11-20 {at}")) for at in asked]
    assert [at and shown(at)[-5:] for at in given] == ["08:00", "08:00", "10:07", "08:00", None]


def test_without_a_pause_nothing_is_handed_out_after_the_window() -> None:
    rules = calendar(interval=timedelta(0))
    assert open_day("2026-11-20", rules=rules, start=local("2026-11-20 17:00")).room == 0


def test_impossible_figures_are_refused_by_name() -> None:
    with pytest.raises(InvalidFieldError, match=r"^sent_today: "):
        open_day("2026-11-20", sent_today=-1)
    with pytest.raises(InvalidFieldError, match=r"^taken: "):
        open_day("2026-11-20", taken=(datetime(2026, 11, 20, 8),))  # noqa: DTZ001
