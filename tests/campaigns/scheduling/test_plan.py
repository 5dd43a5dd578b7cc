"""Whole plans of one domain on real dates."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from time import process_time

import pytest

from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.errors import InvalidFieldError, NoSendingDayError
from campaigns.scheduling.plan import plan
from campaigns.scheduling.values import Chain, Limits, PlannedSend
from tests.campaigns.scheduling.cases import (
    FOUR_MAILS,
    ONE_MAIL,
    around_the_clock,
    calendar,
    day,
    days,
    flow,
    follow_up,
    hours,
    local,
    never_open,
    new_leads,
    shown,
    workdays,
)

FRIDAY = local("2026-11-20 00:00")
MONDAY = local("2026-11-23 00:00")


def lines(planned: Sequence[PlannedSend], zone: str = "Europe/Amsterdam") -> list[str]:
    """Each mail as "local time key.step"."""
    return [f"{shown(send.at, zone)} {send.key}.{send.step_number}" for send in planned]


def test_nothing_to_send_is_an_empty_plan() -> None:
    assert plan(calendar(), [], start=FRIDAY) == []


def test_four_mails_go_on_workdays_0_3_6_and_9() -> None:
    assert lines(plan(calendar(), new_leads(1, FOUR_MAILS), start=FRIDAY)) == [
        "2026-11-20 08:00 1.1",
        "2026-11-25 08:00 1.2",
        "2026-11-30 08:00 1.3",
        "2026-12-03 08:00 1.4",
    ]


def test_the_offsets_pass_over_christmas_and_new_year() -> None:
    start = local("2026-12-22 00:00")
    assert lines(plan(calendar(), new_leads(1, FOUR_MAILS), start=start)) == [
        "2026-12-22 08:00 1.1",
        "2026-12-28 08:00 1.2",
        "2026-12-31 08:00 1.3",
        "2027-01-06 08:00 1.4",
    ]


def test_mails_go_at_eight_local_time_on_both_sides_of_a_clock_change() -> None:
    planned = plan(calendar(), new_leads(1, FOUR_MAILS), start=local("2026-10-22 00:00"))
    assert lines(planned)[:2] == ["2026-10-22 08:00 1.1", "2026-10-27 08:00 1.2"]
    assert planned[1].at - planned[0].at == timedelta(days=5, hours=1)


def test_new_leads_fill_the_day_in_line_and_go_on_the_next_workday() -> None:
    planned = lines(plan(calendar(), new_leads(28), start=FRIDAY))
    assert planned[0] == "2026-11-20 08:00 1.1"
    assert planned[26:] == ["2026-11-20 16:40 27.1", "2026-11-23 08:00 28.1"]


def test_the_line_is_served_by_order_and_then_by_key() -> None:
    chains = [Chain(9, 2, ONE_MAIL), Chain(3, 2, ONE_MAIL), Chain(7, 1, ONE_MAIL)]
    planned = plan(calendar(), chains, start=FRIDAY)
    assert [send.key for send in planned] == [7, 3, 9]


@pytest.mark.parametrize(
    ("start", "first"),
    [
        ("2026-11-20 10:07", "2026-11-20 10:20"),
        ("2026-11-20 16:41", "2026-11-23 08:00"),
        ("2026-11-20 17:30", "2026-11-23 08:00"),  # the grace is for the delayed
        ("2026-11-21 12:00", "2026-11-23 08:00"),
        ("2026-12-25 09:00", "2026-12-28 08:00"),
    ],
)
def test_a_launch_takes_the_first_slot_from_its_start(start: str, first: str) -> None:
    assert lines(plan(calendar(), new_leads(1), start=local(start))) == [f"{first} 1.1"]


def test_due_follow_ups_go_before_new_leads_and_the_oldest_due_first() -> None:
    chains = [
        *new_leads(2),
        follow_up(3, local("2026-11-18 09:00"), workdays(3)),
        follow_up(4, local("2026-11-16 16:40"), workdays(3)),
        follow_up(5, local("2026-11-16 08:00"), workdays(3)),
    ]
    assert lines(plan(calendar(), chains, start=MONDAY)) == [
        "2026-11-23 08:00 4.2",
        "2026-11-23 08:20 5.2",
        "2026-11-23 08:40 3.2",
        "2026-11-23 09:00 1.1",
        "2026-11-23 09:20 2.1",
    ]


def test_follow_ups_push_new_leads_to_the_next_day() -> None:
    chains = [*new_leads(1), *(follow_up(key, FRIDAY, days(1)) for key in (2, 3))]
    planned = plan(calendar(daily_cap=2), chains, start=MONDAY)
    assert lines(planned)[-1] == "2026-11-24 08:00 1.1"


def test_new_leads_go_while_a_follow_up_waits_for_its_hour() -> None:
    chains = [*new_leads(2), follow_up(3, local("2026-11-23 08:07"), hours(1))]
    assert lines(plan(calendar(), chains, start=local("2026-11-23 08:30"))) == [
        "2026-11-23 08:40 1.1",
        "2026-11-23 09:00 2.1",
        "2026-11-23 09:20 3.2",
    ]


def test_a_follow_up_due_later_in_the_day_keeps_its_place_under_the_cap() -> None:
    chains = [*new_leads(2), follow_up(3, local("2026-11-23 08:07"), hours(1))]
    planned = plan(calendar(daily_cap=2), chains, start=local("2026-11-23 08:30"))
    assert lines(planned) == [
        "2026-11-23 08:40 1.1",
        "2026-11-23 09:20 3.2",
        "2026-11-24 08:00 2.1",
    ]


def test_a_follow_up_may_go_on_the_day_of_the_mail_before() -> None:
    chains = new_leads(2, flow(workdays(0), workdays(0), hours(1)))
    assert lines(plan(calendar(), chains, start=MONDAY)) == [
        "2026-11-23 08:00 1.1",
        "2026-11-23 08:20 1.2",
        "2026-11-23 08:40 2.1",
        "2026-11-23 09:00 2.2",
        "2026-11-23 09:20 1.3",
        "2026-11-23 10:00 2.3",
    ]


def test_a_follow_up_counts_from_the_real_sending_of_the_mail_before() -> None:
    in_the_grace = follow_up(1, local("2026-11-20 17:40"), workdays(3))
    a_day_late = follow_up(2, local("2026-11-23 08:00"), workdays(3))
    assert lines(plan(calendar(), [in_the_grace, a_day_late], start=MONDAY)) == [
        "2026-11-25 08:00 1.2",
        "2026-11-26 08:00 2.2",
    ]


def test_what_missed_the_grace_rolls_over_to_the_next_workday_in_the_same_order() -> None:
    friday = plan(calendar(), new_leads(30, FOUR_MAILS), start=FRIDAY)
    went = {send.key: send.at for send in friday[:25]}
    left = [
        Chain(key, key, FOUR_MAILS[1:], last_sent_at=went[key])
        if key in went
        else Chain(key, key, FOUR_MAILS)
        for key in range(1, 31)
    ]
    again = plan(calendar(), left, start=local("2026-11-20 18:00"), sent_today=25)
    assert lines(again[:5]) == [
        "2026-11-23 08:00 26.1",
        "2026-11-23 08:20 27.1",
        "2026-11-23 08:40 28.1",
        "2026-11-23 09:00 29.1",
        "2026-11-23 09:20 30.1",
    ]
    assert lines(again)[5] == "2026-11-25 08:00 1.2"


def test_a_rolled_over_follow_up_goes_before_those_that_become_due_that_day() -> None:
    missed = follow_up(9, local("2026-11-17 09:00"), workdays(3))
    due_today = follow_up(1, local("2026-11-18 09:00"), workdays(3))
    assert lines(plan(calendar(), [due_today, missed], start=MONDAY)) == [
        "2026-11-23 08:00 9.2",
        "2026-11-23 08:20 1.2",
    ]


def test_planning_again_without_a_stopped_lead_gives_its_slots_to_the_others() -> None:
    chains = new_leads(3, FOUR_MAILS)
    assert lines(plan(calendar(), chains, start=FRIDAY))[4] == "2026-11-25 08:20 2.2"
    assert lines(plan(calendar(), [chains[0], chains[2]], start=FRIDAY))[:4] == [
        "2026-11-20 08:00 1.1",
        "2026-11-20 08:20 3.1",
        "2026-11-25 08:00 1.2",
        "2026-11-25 08:20 3.2",
    ]


def test_planning_again_answers_the_same_and_changes_nothing() -> None:
    rules, chains = calendar(), new_leads(60, FOUR_MAILS)
    assert plan(rules, chains, start=FRIDAY) == plan(rules, chains, start=FRIDAY)
    assert plan(calendar(), chains, start=FRIDAY) == plan(rules, iter(chains), start=FRIDAY)


def test_taken_slots_sent_mails_and_the_throttle_are_respected() -> None:
    planned = plan(
        calendar(daily_cap=5),
        new_leads(4),
        start=local("2026-11-23 10:07"),
        taken=[local("2026-11-23 11:00"), local("2026-11-24 08:00")],
        sent_today=2,
        next_allowed_at=local("2026-11-23 10:25"),
    )
    assert lines(planned) == [
        "2026-11-23 10:40 1.1",
        "2026-11-23 11:20 2.1",
        "2026-11-24 08:20 3.1",
        "2026-11-24 08:40 4.1",
    ]


def test_the_limits_of_a_campaign_narrow_days_hours_and_number() -> None:
    limits = Limits(2, frozenset({2, 4}), time(10), time(12))
    planned = plan(calendar(limits), new_leads(2, flow(days(0), workdays(1))), start=FRIDAY)
    assert lines(planned) == [
        "2026-11-24 10:00 1.1",
        "2026-11-24 10:20 2.1",
        "2026-11-26 10:00 1.2",
        "2026-11-26 10:20 2.2",
    ]


def test_a_chain_waits_for_its_own_moment_while_the_line_goes_on() -> None:
    chains = [
        Chain(1, 1, ONE_MAIL, not_before=local("2026-11-23 08:30")),
        Chain(2, 2, ONE_MAIL),
        Chain(3, 3, ONE_MAIL, not_before=local("2026-11-21 12:00")),
        Chain(4, 4, ONE_MAIL),
        follow_up(5, local("2026-11-02 09:00"), days(1), not_before=local("2026-11-24 09:00")),
    ]
    assert lines(plan(calendar(), chains, start=local("2026-11-20 16:40"))) == [
        "2026-11-20 16:40 2.1",
        "2026-11-23 08:00 3.1",
        "2026-11-23 08:20 4.1",
        "2026-11-23 08:40 1.1",
        "2026-11-24 09:00 5.2",
    ]


def test_a_lead_whose_moment_comes_after_the_last_slot_goes_the_next_day() -> None:
    late = Chain(1, 1, ONE_MAIL, not_before=local("2026-11-20 16:50"))
    assert lines(plan(calendar(), [late], start=FRIDAY)) == ["2026-11-23 08:00 1.1"]


def test_a_first_mail_that_must_wait_does_not_wait_again_at_every_planning() -> None:
    chain = Chain(1, 1, flow(workdays(3)), not_before=local("2026-11-25 08:00"))
    for start in (FRIDAY, MONDAY):
        assert lines(plan(calendar(), [chain], start=start)) == ["2026-11-25 08:00 1.1"]


def test_without_a_pause_only_the_cap_limits_a_day() -> None:
    rules = calendar(interval=timedelta(0), daily_cap=2)
    assert lines(plan(rules, new_leads(3), start=local("2026-11-20 10:07"))) == [
        "2026-11-20 10:07 1.1",
        "2026-11-20 10:07 2.1",
        "2026-11-23 08:00 3.1",
    ]


@pytest.mark.parametrize(
    "zone", ["Europe/Amsterdam", "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns"]
)
def test_the_interval_holds_across_midnight(zone: str) -> None:
    rules = SendingCalendar(around_the_clock(zone, interval=timedelta(minutes=50)))
    planned = plan(rules, new_leads(31), start=local("2026-11-20 00:00", zone))
    assert lines(planned, zone)[28:] == [
        "2026-11-20 23:20 29.1",
        "2026-11-21 00:50 30.1",
        "2026-11-21 01:40 31.1",
    ]


def test_the_interval_across_midnight_counts_from_the_last_mail_of_the_day() -> None:
    rules = SendingCalendar(around_the_clock(interval=timedelta(minutes=50), daily_cap=2))
    late = follow_up(9, local("2026-11-19 22:00"), hours(25))
    assert lines(plan(rules, [late, *new_leads(2)], start=FRIDAY)) == [
        "2026-11-20 00:00 1.1",
        "2026-11-20 23:20 9.2",
        "2026-11-21 00:50 2.1",
    ]


def test_an_interval_longer_than_a_day_skips_days() -> None:
    rules = SendingCalendar(around_the_clock(interval=timedelta(hours=36)))
    assert lines(plan(rules, new_leads(3), start=FRIDAY)) == [
        "2026-11-20 00:00 1.1",
        "2026-11-22 00:00 2.1",
        "2026-11-24 00:00 3.1",
    ]


def test_a_leap_day_is_a_day_like_others() -> None:
    planned = plan(calendar(daily_cap=1), new_leads(3), start=local("2028-02-28 00:00"))
    assert [shown(send.at)[:10] for send in planned] == ["2028-02-28", "2028-02-29", "2028-03-01"]


def test_a_blackout_closes_the_domain() -> None:
    rules = calendar(blackout_dates=frozenset({day("2026-11-20"), day("2026-11-23")}))
    assert lines(plan(rules, new_leads(1), start=FRIDAY)) == ["2026-11-24 08:00 1.1"]


def test_rules_that_never_open_are_an_error_and_not_an_endless_search() -> None:
    with pytest.raises(NoSendingDayError, match="ten years from 2026-11-20"):
        plan(SendingCalendar(never_open()), new_leads(1), start=FRIDAY)


def test_a_lead_given_twice_is_refused() -> None:
    with pytest.raises(InvalidFieldError, match=r"^chains: chain 1 is given more than once"):
        plan(calendar(), new_leads(2) + new_leads(1), start=FRIDAY)


def test_a_moment_decades_away_is_refused() -> None:
    chain = Chain(1, 1, ONE_MAIL, not_before=local("2126-11-20 08:00"))
    with pytest.raises(InvalidFieldError, match=r"^not_before: chain 1 starts on 2126-11-20"):
        plan(calendar(), [chain], start=FRIDAY)


@pytest.mark.parametrize("field", ["start", "next_allowed_at"])
def test_a_moment_without_a_zone_is_refused(field: str) -> None:
    moments = {"start": FRIDAY} | {field: datetime(2026, 11, 20, 8)}  # noqa: DTZ001
    with pytest.raises(InvalidFieldError, match=f"^{field}: "):
        plan(calendar(), new_leads(1), **moments)


def test_ten_thousand_mails_are_planned_in_less_than_half_a_second() -> None:
    rules, chains = calendar(), new_leads(2500, FOUR_MAILS)
    begun = process_time()
    planned = plan(rules, chains, start=FRIDAY)
    assert len(planned) == 10_000
    assert process_time() - begun < 0.5
