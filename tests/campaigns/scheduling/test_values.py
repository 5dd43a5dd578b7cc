"""Rules and chains that can't be planned with are refused, by the name of the field."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from campaigns.scheduling.errors import InvalidFieldError
from campaigns.scheduling.values import Chain, Delay, DelayUnit, Limits
from tests.campaigns.scheduling.cases import AMSTERDAM, ONE_MAIL, day, flow, local, policy, workdays


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("send_days", {"send_days": frozenset()}),
        ("send_days", {"send_days": frozenset({0, 1})}),
        ("send_days", {"send_days": frozenset({8})}),
        ("window_start", {"window_start": time(8, tzinfo=AMSTERDAM)}),
        ("window_end", {"window_end": time(8)}),
        ("window_end", {"window_end": time(2)}),
        ("grace_until", {"grace_until": time(16, 59)}),
        ("interval", {"interval": timedelta(seconds=-1)}),
        ("interval", {"interval": timedelta(days=7, seconds=1)}),
        ("daily_cap", {"daily_cap": 0}),
        ("holiday_country", {"holiday_country": "XX"}),
        ("holiday_country", {"holiday_country": "nl"}),
        ("holiday_subdivision", {"holiday_subdivision": "ZZ"}),
        ("holiday_subdivision", {"holiday_country": None, "holiday_subdivision": "BY"}),
        (
            "working_holidays",
            {
                "working_holidays": frozenset({date(2026, 4, 27)}),
                "blackout_dates": frozenset({date(2026, 4, 27)}),
            },
        ),
    ],
)
def test_a_policy_that_makes_no_sense_names_its_field(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidFieldError, match=f"^{field}: ") as refused:
        policy(**changes)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "limits"),
    [
        ("daily_limit", {"daily_limit": 28}),
        ("daily_limit", {"daily_limit": 0}),
        ("send_days", {"send_days": frozenset({5, 6})}),
        ("send_days", {"send_days": frozenset()}),
        ("window_start", {"window_start": time(7, 59)}),
        ("window_start", {"window_start": time(17, 1)}),
        ("window_end", {"window_end": time(17, 1)}),
        ("window_end", {"window_end": time(7)}),
        ("window_end", {"window_end": time(9), "window_start": time(10)}),
        ("window_end", {"window_start": time(17)}),
        ("window_end", {"window_end": time(9, tzinfo=AMSTERDAM)}),
    ],
)
def test_limits_wider_than_the_policy_name_their_field(field: str, limits: dict[str, Any]) -> None:
    with pytest.raises(InvalidFieldError, match=f"^{field}: "):
        Limits(**limits).check_within(policy())


def test_limits_may_reach_up_to_the_policy_itself() -> None:
    same = policy()
    limits = Limits(same.daily_cap, same.send_days, same.window_start, same.window_end)
    limits.check_within(same)
    Limits().check_within(same)


def test_an_error_says_what_is_allowed() -> None:
    with pytest.raises(InvalidFieldError) as refused:
        Limits(send_days=frozenset({5, 6})).check_within(policy())
    assert refused.value.problem == (
        "the sending policy doesn't send on weekday 6; choose from 1, 2, 3, 4, 5"
    )


@pytest.mark.parametrize(
    ("field", "amount", "unit"),
    [
        ("amount", -1, DelayUnit.WORKDAYS),
        ("amount", 1001, DelayUnit.DAYS),
        ("amount", 24_001, DelayUnit.HOURS),
        ("unit", 1, "weeks"),
    ],
)
def test_an_impossible_delay_is_refused(field: str, amount: int, unit: Any) -> None:
    with pytest.raises(InvalidFieldError, match=f"^{field}: "):
        Delay(amount, unit)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("steps", {"steps": ()}),
        ("steps", {"steps": flow(workdays(3), first=2) + ONE_MAIL}),
        ("steps", {"steps": ONE_MAIL * 2}),
        ("last_sent_at", {"last_sent_at": datetime(2026, 11, 20, 8)}),  # noqa: DTZ001
        ("not_before", {"not_before": datetime(2026, 11, 20, 8)}),  # noqa: DTZ001
    ],
)
def test_an_impossible_chain_is_refused(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidFieldError, match=f"^{field}: "):
        Chain(**{"key": 1, "order": 1, "steps": ONE_MAIL} | changes)


def test_values_are_frozen_and_can_be_keys() -> None:
    rules = policy(blackout_dates=frozenset({day("2026-12-24")}))
    with pytest.raises(AttributeError):
        rules.daily_cap = 100  # type: ignore[misc]
    assert len({rules, policy(blackout_dates=frozenset({day("2026-12-24")}))}) == 1
    assert len({Chain(1, 1, ONE_MAIL, last_sent_at=local("2026-11-20 08:00"))}) == 1
