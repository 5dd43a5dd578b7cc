"""What is planned and by which rules: frozen values that are checked when they are made.

Times of day are wall-clock times in the policy's zone; every datetime is an aware instant.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from campaigns.scheduling.errors import require, require_aware
from campaigns.scheduling.public_holidays import public_holidays

LONGEST_INTERVAL = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Policy:
    """How a sending domain may send; it belongs to the domain and no campaign can widen it.

    `send_days` are ISO weekdays (Monday 1 … Sunday 7). A mail may start in
    `window_start <= t < window_end`, a delayed one until `grace_until`. `interval` is the least
    distance between two mails; 0 means no pause. `daily_cap` counts mails per local day.
    `blackout_dates` are days off beside the public holidays, `working_holidays` are public
    holidays on which mail goes all the same.
    """

    timezone: ZoneInfo
    send_days: frozenset[int]
    window_start: time
    window_end: time
    interval: timedelta
    daily_cap: int
    grace_until: time
    holiday_country: str | None = None
    holiday_subdivision: str | None = None
    blackout_dates: frozenset[date] = frozenset()
    working_holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        _require_weekdays(self.send_days)
        for field in ("window_start", "window_end", "grace_until"):
            _require_wall_clock(getattr(self, field), field)
        require(
            self.window_start < self.window_end,
            "window_end",
            f"{self.window_end} must come after window_start {self.window_start}, on the same day",
        )
        require(
            self.window_end <= self.grace_until,
            "grace_until",
            f"{self.grace_until} must not come before window_end {self.window_end}",
        )
        require(
            timedelta(0) <= self.interval <= LONGEST_INTERVAL,
            "interval",
            f"must lie between 0 and {LONGEST_INTERVAL.days} days, not {self.interval}",
        )
        require(self.daily_cap >= 1, "daily_cap", f"must be at least 1, not {self.daily_cap}")
        both = sorted(self.blackout_dates & self.working_holidays)
        require(
            not both,
            "working_holidays",
            f"{', '.join(map(str, both))} can't be a blackout date as well",
        )
        public_holidays(self.holiday_country, self.holiday_subdivision)


@dataclass(frozen=True, slots=True)
class Limits:
    """How one campaign narrows the policy of its domain; None leaves the policy as it is."""

    daily_limit: int | None = None
    send_days: frozenset[int] | None = None
    window_start: time | None = None
    window_end: time | None = None

    def __post_init__(self) -> None:
        if self.send_days is not None:
            _require_weekdays(self.send_days)
        for field in ("window_start", "window_end"):
            _require_wall_clock(getattr(self, field), field)

    def check_within(self, policy: Policy) -> None:
        """Raise InvalidFieldError naming the first field that isn't narrower than `policy`."""
        limit, cap = self.daily_limit, policy.daily_cap
        require(
            limit is None or 1 <= limit <= cap,
            "daily_limit",
            f"must lie between 1 and the {cap} a day of the sending policy, not {limit}",
        )
        more = sorted((self.send_days or frozenset()) - policy.send_days)
        require(
            not more,
            "send_days",
            f"the sending policy doesn't send on weekday {', '.join(map(str, more))}; "
            f"choose from {', '.join(map(str, sorted(policy.send_days)))}",
        )
        span = f"{policy.window_start}–{policy.window_end}"
        for field in ("window_start", "window_end"):
            at: time | None = getattr(self, field)
            require(
                at is None or policy.window_start <= at <= policy.window_end,
                field,
                f"{at} lies outside the sending policy's {span}",
            )
        start = self.window_start or policy.window_start
        end = self.window_end or policy.window_end
        require(start < end, "window_end", f"{end} must come after the window's start {start}")


class DelayUnit(StrEnum):
    """What a delay is counted in."""

    WORKDAYS = "workdays"
    DAYS = "days"
    HOURS = "hours"


_LONGEST_DELAY = {DelayUnit.WORKDAYS: 1000, DelayUnit.DAYS: 1000, DelayUnit.HOURS: 24_000}


@dataclass(frozen=True, slots=True)
class Delay:
    """How long a mail waits after the one before it.

    Workdays and (calendar) days count from the local date of the mail before and end as the
    window of that day opens; hours are elapsed time.
    """

    amount: int
    unit: DelayUnit

    def __post_init__(self) -> None:
        units = ", ".join(DelayUnit)
        require(self.unit in _LONGEST_DELAY, "unit", f'"{self.unit}" is none of {units}')
        longest = _LONGEST_DELAY[self.unit]
        require(
            0 <= self.amount <= longest,
            "amount",
            f"must lie between 0 and {longest} {self.unit}, not {self.amount}",
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One mail of a flow: its `number` (from 1) and how long it waits after the one before."""

    number: int
    delay_before: Delay


@dataclass(frozen=True, slots=True)
class Chain:
    """What is still to be sent to one lead, on one sending domain.

    `key` is the caller's name for it, `order` its place in the domain's line (lower goes first;
    ties go by key). `last_sent_at` is when the mail before the first remaining one really went;
    None makes that one a new lead's first mail, whose own delay doesn't count: a flow that
    begins by waiting gives `not_before` instead, which stays put however often it is re-planned.
    """

    key: int
    order: int
    steps: tuple[Step, ...]
    last_sent_at: datetime | None = None
    not_before: datetime | None = None

    def __post_init__(self) -> None:
        require_aware(self.last_sent_at, "last_sent_at")
        require_aware(self.not_before, "not_before")
        numbers = [step.number for step in self.steps]
        require(bool(numbers), "steps", f"chain {self.key} has nothing left to send")
        require(
            numbers == sorted(set(numbers)),
            "steps",
            f"chain {self.key} must have rising step numbers, not {numbers}",
        )


class PlannedSend(NamedTuple):
    """Step `step_number` of chain `key` goes at `at` (UTC)."""

    key: int
    step_number: int
    at: datetime


def _require_weekdays(days: frozenset[int]) -> None:
    require(
        bool(days) and days <= frozenset(range(1, 8)),
        "send_days",
        f"must be one or more of 1 (Monday) to 7 (Sunday), not {sorted(days)}",
    )


def _require_wall_clock(at: time | None, field: str) -> None:
    wall_clock = at is None or at.tzinfo is None
    require(wall_clock, field, "is a time in the policy's own zone and must not name one itself")
