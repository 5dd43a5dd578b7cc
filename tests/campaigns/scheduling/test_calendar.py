"""Workdays, windows and delays on real dates, in near and far zones."""

from datetime import datetime, time, timedelta

import pytest

from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.errors import InvalidFieldError, NoSendingDayError
from campaigns.scheduling.values import Delay, Limits
from tests.campaigns.scheduling.cases import (
    EVERY_DAY,
    around_the_clock,
    calendar,
    day,
    days,
    hours,
    local,
    never_open,
    policy,
    shown,
    workdays,
)


@pytest.mark.parametrize(
    ("on", "works"),
    [
        ("2026-11-20", True),  # a Friday
        ("2026-11-21", False),
        ("2026-11-22", False),
        ("2026-01-01", False),
        ("2026-04-03", False),  # Good Friday
        ("2026-04-06", False),  # Easter Monday
        ("2026-04-27", False),  # King's Day
        ("2026-05-05", True),  # Liberation Day is a day off in lustrum years only
        ("2025-05-05", False),
        ("2026-05-14", False),  # Ascension Day
        ("2026-05-25", False),  # Whit Monday
        ("2026-12-24", True),
        ("2026-12-25", False),
        ("2028-02-29", True),
    ],
)
def test_a_workday_is_a_send_day_without_a_public_holiday(on: str, works: bool) -> None:
    assert calendar().is_workday(day(on)) is works


def test_own_days_off_and_worked_holidays_overrule_the_country() -> None:
    own = calendar(
        blackout_dates=frozenset({day("2026-12-24")}),
        working_holidays=frozenset({day("2026-04-03")}),
    )
    assert not own.is_workday(day("2026-12-24"))
    assert own.is_workday(day("2026-04-03"))
    assert not own.is_workday(day("2026-04-06"))


def test_holidays_may_be_those_of_a_part_of_a_country() -> None:
    epiphany = day("2026-01-06")
    assert calendar(holiday_country="DE").is_workday(epiphany)
    assert not calendar(holiday_country="DE", holiday_subdivision="BY").is_workday(epiphany)


@pytest.mark.parametrize(
    ("on", "count", "expected"),
    [
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-11-21", 0, "2026-11-23"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-21", 1, "2026-11-23"),
        ("2026-11-20", 3, "2026-11-25"),
        ("2026-11-20", 9, "2026-12-03"),
        ("2026-12-24", 1, "2026-12-28"),
        ("2026-12-31", 1, "2027-01-04"),
        ("2026-04-02", 1, "2026-04-07"),
        ("2028-02-28", 1, "2028-02-29"),
        ("2028-02-28", 2, "2028-03-01"),
    ],
)
def test_workdays_are_counted_past_weekends_and_holidays(
    on: str, count: int, expected: str
) -> None:
    assert calendar().add_workdays(day(on), count) == day(expected)


def test_the_next_workday_is_never_the_day_itself() -> None:
    assert calendar().add_workdays(day("2026-11-19"), 1) == day("2026-11-20")
    assert calendar().add_workdays(day("2026-11-20"), 1) == day("2026-11-23")


def test_a_thousand_workdays_on_one_day_a_week_are_found() -> None:
    weekly = calendar(send_days=frozenset({2}), holiday_country=None)
    assert weekly.add_workdays(day("2026-11-17"), 1000) == day("2026-11-17") + timedelta(weeks=1000)


@pytest.mark.parametrize(
    ("zone", "on", "opens"),
    [
        ("Europe/Amsterdam", "2026-03-27", "2026-03-27T07:00"),
        ("Europe/Amsterdam", "2026-03-30", "2026-03-30T06:00"),
        ("Europe/Amsterdam", "2026-10-23", "2026-10-23T06:00"),
        ("Europe/Amsterdam", "2026-10-26", "2026-10-26T07:00"),
        ("Pacific/Apia", "2026-11-23", "2026-11-22T19:00"),
        ("Pacific/Kiritimati", "2026-11-23", "2026-11-22T18:00"),
        ("Asia/Kathmandu", "2026-11-23", "2026-11-23T02:15"),
        ("America/St_Johns", "2026-07-01", "2026-07-01T10:30"),
        ("America/St_Johns", "2026-01-05", "2026-01-05T11:30"),
        ("Australia/Lord_Howe", "2026-10-02", "2026-10-01T21:30"),
        ("Australia/Lord_Howe", "2026-10-05", "2026-10-04T21:00"),
    ],
)
def test_the_window_opens_at_eight_local_time(zone: str, on: str, opens: str) -> None:
    window = SendingCalendar(policy(zone, holiday_country=None)).window(day(on))
    assert window is not None
    assert window.opens == datetime.fromisoformat(opens + "+00:00")
    assert window.closes - window.opens == timedelta(hours=9)
    assert window.grace_ends - window.closes == timedelta(hours=1)


@pytest.mark.parametrize(
    ("on", "opens"),
    [
        ("2026-03-28", "2026-03-28T01:30+00:00"),
        ("2026-03-29", "2026-03-29T01:30+00:00"),  # 02:30 doesn't exist: it is 03:30
        ("2026-03-30", "2026-03-30T00:30+00:00"),
        ("2026-10-25", "2026-10-25T00:30+00:00"),  # 02:30 exists twice: it is the first
    ],
)
def test_a_missing_hour_shifts_forward_and_a_double_one_is_the_first(on: str, opens: str) -> None:
    window = SendingCalendar(around_the_clock(window_start=time(2, 30))).window(day(on))
    assert window is not None
    assert window.opens == datetime.fromisoformat(opens)


def test_a_window_that_the_clock_jumps_over_stays_closed() -> None:
    night = around_the_clock(
        window_start=time(2, 30), window_end=time(3, 15), grace_until=time(3, 15)
    )
    assert SendingCalendar(night).window(day("2026-03-29")) is None
    assert SendingCalendar(night).window(day("2026-03-30")) is not None


def test_a_date_that_a_zone_skipped_is_no_workday() -> None:
    apia = SendingCalendar(policy("Pacific/Apia", send_days=EVERY_DAY, holiday_country=None))
    assert apia.add_workdays(day("2011-12-29"), 1) == day("2011-12-31")
    assert apia.window(day("2011-12-30")) is None


@pytest.mark.parametrize(
    ("at", "on_time", "delayed"),
    [
        ("2026-11-20 07:59:59", False, False),
        ("2026-11-20 08:00:00", True, True),
        ("2026-11-20 16:59:59", True, True),
        ("2026-11-20 17:00:00", False, True),
        ("2026-11-20 17:59:59", False, True),
        ("2026-11-20 18:00:00", False, False),
        ("2026-11-21 12:00:00", False, False),
        ("2026-12-25 12:00:00", False, False),
    ],
)
def test_the_grace_is_open_for_the_delayed_only(at: str, on_time: bool, delayed: bool) -> None:
    assert calendar().is_open(local(at), delayed=False) is on_time
    assert calendar().is_open(local(at), delayed=True) is delayed


def test_a_campaign_can_narrow_hours_and_days_and_keeps_the_length_of_the_grace() -> None:
    limits = Limits(send_days=frozenset({2}), window_start=time(10), window_end=time(12))
    narrow = calendar(limits)
    assert not narrow.is_open(local("2026-11-24 09:59"), delayed=False)
    assert narrow.is_open(local("2026-11-24 10:00"), delayed=False)
    assert not narrow.is_open(local("2026-11-24 12:00"), delayed=False)
    assert narrow.is_open(local("2026-11-24 12:59"), delayed=True)
    assert not narrow.is_open(local("2026-11-24 13:00"), delayed=True)
    assert not narrow.is_open(local("2026-11-25 11:00"), delayed=False)


def test_limits_wider_than_the_policy_make_no_calendar() -> None:
    with pytest.raises(InvalidFieldError, match=r"^daily_limit: .* the 27 a day"):
        calendar(Limits(daily_limit=28))


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-11-20 06:00", "2026-11-20 08:00"),
        ("2026-11-20 08:00", "2026-11-20 08:00"),
        ("2026-11-20 10:07", "2026-11-20 10:07"),
        ("2026-11-20 17:00", "2026-11-23 08:00"),
        ("2026-11-22 12:00", "2026-11-23 08:00"),
        ("2026-12-24 17:30", "2026-12-28 08:00"),
    ],
)
def test_the_next_opening_is_now_or_when_the_window_opens(at: str, opening: str) -> None:
    assert shown(calendar().opening_after(local(at))) == opening


@pytest.mark.parametrize(
    ("sent", "delay", "expected"),
    [
        ("2026-11-20 16:40", workdays(3), "2026-11-25 08:00"),
        ("2026-11-20 17:40", workdays(3), "2026-11-25 08:00"),  # it went in the grace
        ("2026-11-20 08:00", workdays(1), "2026-11-23 08:00"),
        ("2026-11-21 12:00", workdays(1), "2026-11-23 08:00"),  # sent by hand on a Saturday
        ("2026-11-20 10:20", workdays(0), "2026-11-20 10:20"),
        ("2026-11-20 17:40", workdays(0), "2026-11-23 08:00"),
        ("2026-12-23 09:00", workdays(2), "2026-12-28 08:00"),
        ("2026-10-22 09:00", workdays(3), "2026-10-27 08:00"),  # over the clock change
        ("2026-11-16 16:40", days(2), "2026-11-18 08:00"),
        ("2026-11-20 16:40", days(2), "2026-11-23 08:00"),
        ("2028-02-28 09:00", days(1), "2028-02-29 08:00"),
        ("2026-11-16 10:07", hours(3), "2026-11-16 13:07"),
        ("2026-11-16 16:40", hours(3), "2026-11-17 08:00"),
        ("2026-11-16 10:07", hours(24), "2026-11-17 10:07"),
        ("2026-10-23 10:07", hours(72), "2026-10-26 09:07"),  # elapsed: the night was longer
        ("2026-03-27 10:07", hours(72), "2026-03-30 11:07"),
    ],
)
def test_a_follow_up_is_due_by_its_delay(sent: str, delay: Delay, expected: str) -> None:
    assert shown(calendar().earliest(local(sent), delay)) == expected


def test_workdays_count_as_the_policy_has_them_though_the_campaign_sends_on_few() -> None:
    tuesdays = calendar(Limits(send_days=frozenset({2})))
    due = tuesdays.earliest(local("2026-11-17 09:00"), workdays(3))
    assert shown(due) == "2026-11-24 08:00"


def test_workdays_count_from_the_local_day_of_the_mail_before() -> None:
    apia = SendingCalendar(policy("Pacific/Apia", holiday_country=None))
    sunday_in_utc = datetime.fromisoformat("2026-11-22T19:00+00:00")
    due = apia.earliest(sunday_in_utc, workdays(1))
    assert shown(due, "Pacific/Apia") == "2026-11-24 08:00"


def test_rules_that_leave_no_day_say_so() -> None:
    never = SendingCalendar(never_open())
    with pytest.raises(
        NoSendingDayError, match=r"weekdays 7, holidays of NL, 728 blackout.*Add a send day"
    ):
        never.add_workdays(day("2026-11-20"), 1)
    with pytest.raises(NoSendingDayError):
        never.opening_after(local("2026-11-20 09:00"))
