"""What a sending policy, account, domain and alias refuse to be. Nothing needs the database."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from campaigns.models import SenderAlias, SendingAccount, SendingDomain, SendingPolicy
from campaigns.scheduling.errors import InvalidFieldError

CHRISTMAS = date(2026, 12, 25)


def errors_of(**fields: Any) -> dict[str, list[str]]:
    policy = SendingPolicy(name="ours", **fields)
    try:
        policy.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        return error.message_dict
    return {}


def test_the_default_policy_is_right() -> None:
    assert errors_of() == {}
    value = SendingPolicy().value()
    assert (value.timezone, value.interval) == (ZoneInfo("Europe/Amsterdam"), timedelta(minutes=20))
    assert (value.daily_cap, value.holiday_country) == (27, "NL")


@pytest.mark.parametrize(
    ("fields", "field", "problem"),
    [
        (
            {"blackout_dates": [CHRISTMAS], "working_holidays": [CHRISTMAS]},
            "working_holidays",
            "2026-12-25 can't be a blackout date as well",
        ),
        (
            {"holiday_country": "ZZ"},
            "holiday_country",
            'unknown country "ZZ"; give its two letters, such as "NL"',
        ),
        (
            {"interval_minutes": 20_000},
            "interval_minutes",
            "must lie between 0 and 7 days, not 13 days, 21:20:00",
        ),
        (
            {"timezone": "Europe/Nowhere"},
            "timezone",
            "'Europe/Nowhere' is no time zone; use one like Europe/Amsterdam",
        ),
        (
            {"window_end": time(7)},
            "window_end",
            "07:00:00 must come after window_start 08:00:00, on the same day",
        ),
        (
            {"grace_until": time(16)},
            "grace_until",
            "16:00:00 must not come before window_end 17:00:00",
        ),
    ],
)
def test_what_nothing_can_be_planned_with_is_refused_by_its_field(
    fields: dict[str, Any], field: str, problem: str
) -> None:
    assert errors_of(**fields) == {field: [problem]}


@pytest.mark.parametrize(
    "fields",
    [
        {"interval_minutes": None},
        {"interval_minutes": 10**30},
        {"daily_cap": "many"},
        {"window_start": "early"},
        {"send_days": None},
        {"timezone": ""},
    ],
)
def test_what_is_no_value_at_all_is_refused_by_its_field(fields: dict[str, Any]) -> None:
    assert list(errors_of(**fields)) == list(fields)


@pytest.mark.parametrize("name", ["Europe/Nowhere", "", "../etc/passwd", "Europe"])
def test_a_time_zone_that_is_none_cannot_be_planned_with(name: str) -> None:
    with pytest.raises(InvalidFieldError, match="is no time zone"):
        SendingPolicy(timezone=name).value()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"host": ""}, "host"),
        ({"host": "smtp..example.nl"}, "host"),
        ({"port": 0}, "port"),
        ({"port": 65_536}, "port"),
        ({"username": "jän"}, "username"),
        ({"secret": "wachtwöord"}, "secret"),
        ({"security": "none", "username": "jan"}, "security"),
        ({"security": "none", "username": "jan", "host": "8.8.8.8"}, "security"),
    ],
    ids=str,
)
def test_an_account_that_no_login_can_be_made_of_is_refused(
    fields: dict[str, Any], field: str
) -> None:
    account = SendingAccount(**{"name": "ours", "host": "smtp.example.nl"} | fields)
    with pytest.raises(ValidationError) as refused:
        account.full_clean(validate_unique=False)
    assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize(
    "fields",
    [
        {"security": "none", "username": "jan", "host": "mailpit"},
        {"security": "none", "username": "jan", "host": "127.0.0.1"},
        {"security": "none"},  # a relay that knows us by our address
        {"security": "starttls", "username": "jan"},
        {"security": "none", "username": "jan", "backend": "brevo"},  # HTTPS in any case
    ],
    ids=str,
)
def test_an_account_whose_password_nobody_overhears_is_taken(fields: dict[str, Any]) -> None:
    account = SendingAccount(**{"name": "ours", "host": "smtp.example.nl"} | fields)
    account.full_clean(validate_unique=False)


def test_domain_and_reply_to_are_kept_in_ascii() -> None:
    domain, alias = SendingDomain(name="Müller.nl"), SenderAlias(reply_to="Jan@müller.nl")
    domain.clean()
    alias.clean()
    assert (domain.name, alias.reply_to) == ("xn--mller-kva.nl", "jan@xn--mller-kva.nl")


def test_what_is_no_domain_or_reply_to_is_refused() -> None:
    with pytest.raises(ValidationError, match="is no domain"):
        SendingDomain(name="no domain").clean()
    with pytest.raises(ValidationError) as refused:
        SenderAlias(reply_to="jän@example.nl").clean()
    assert list(refused.value.message_dict) == ["reply_to"]
