"""The policy of the examples and short ways to write chains and moments."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.values import Chain, Delay, DelayUnit, Limits, Policy, Step

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY_TO_FRIDAY = frozenset({1, 2, 3, 4, 5})
EVERY_DAY = frozenset(range(1, 8))


def policy(zone: str = "Europe/Amsterdam", **changes: Any) -> Policy:
    """Mon–Fri 08:00–17:00 Dutch time, every 20 minutes, 27 a day, grace until 18:00."""
    default: dict[str, Any] = {
        "timezone": ZoneInfo(zone),
        "send_days": MONDAY_TO_FRIDAY,
        "window_start": time(8),
        "window_end": time(17),
        "interval": timedelta(minutes=20),
        "daily_cap": 27,
        "grace_until": time(18),
        "holiday_country": "NL",
    }
    return Policy(**default | changes)


def around_the_clock(zone: str = "Europe/Amsterdam", **changes: Any) -> Policy:
    """Every day, day and night."""
    default: dict[str, Any] = {
        "send_days": EVERY_DAY,
        "window_start": time(0),
        "window_end": time(23, 59, 59),
        "grace_until": time(23, 59, 59),
        "daily_cap": 1000,
        "holiday_country": None,
    }
    return policy(zone, **default | changes)


def calendar(limits: Limits | None = None, **changes: Any) -> SendingCalendar:
    return SendingCalendar(policy(**changes), limits)


def workdays(amount: int) -> Delay:
    return Delay(amount, DelayUnit.WORKDAYS)


def days(amount: int) -> Delay:
    return Delay(amount, DelayUnit.DAYS)


def hours(amount: int) -> Delay:
    return Delay(amount, DelayUnit.HOURS)


def flow(*delays: Delay, first: int = 1) -> tuple[Step, ...]:
    return tuple(Step(first + index, delay) for index, delay in enumerate(delays))


FOUR_MAILS = flow(workdays(0), workdays(3), workdays(3), workdays(3))
ONE_MAIL = flow(workdays(0))


def new_leads(count: int, steps: tuple[Step, ...] = ONE_MAIL) -> list[Chain]:
    """Keys and places in line 1 … count."""
    return [Chain(key, key, steps) for key in range(1, count + 1)]


def follow_up(key: int, sent: datetime, delay: Delay, **more: Any) -> Chain:
    """A lead that got mail 1 at `sent` and still waits for mail 2."""
    return Chain(key, key, flow(delay, first=2), last_sent_at=sent, **more)


def local(text: str, zone: str = "Europe/Amsterdam") -> datetime:
    """The UTC instant of a wall-clock time such as "2026-11-20 08:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def shown(at: datetime, zone: str = "Europe/Amsterdam") -> str:
    """The wall-clock time of an instant, as `local` reads it."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def day(text: str) -> date:
    return date.fromisoformat(text)


def never_open() -> Policy:
    """Sundays only, and every Sunday until 2040 is a day off."""
    first = date(2026, 1, 4)
    sundays = frozenset(first + timedelta(weeks=week) for week in range(52 * 14))
    return policy(send_days=frozenset({7}), blackout_dates=sundays)
