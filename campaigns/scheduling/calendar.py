"""When a sending domain may send: workdays, windows and delays.

Local wall-clock goes in, UTC comes out. A local time that the clock jumps over moves forward by
the jump (02:30 becomes 03:30), one that happens twice means the first: that is what `zoneinfo`
does with fold=0. Everything about a day is worked out once and kept.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from campaigns.scheduling.errors import NoSendingDayError, require_aware
from campaigns.scheduling.public_holidays import public_holidays
from campaigns.scheduling.values import Delay, DelayUnit, Limits, Policy

SEARCH_LIMIT = timedelta(days=3653)
ONE_DAY = timedelta(days=1)


class Window(NamedTuple):
    """The part of one local day in which mail may start: `opens <= at < closes`, all UTC.

    What was delayed may still start before `grace_ends`.
    """

    opens: datetime
    closes: datetime
    grace_ends: datetime


class SendingCalendar:
    """A domain's sending policy, narrowed by a campaign's limits, laid out over the days.

    Workdays are the policy's; on which of them this campaign sends, and when, is for its limits
    to narrow. So "after 3 workdays" means the same for a campaign that only sends on Tuesdays.
    Raises InvalidFieldError when `limits` are wider than the policy.
    """

    def __init__(self, policy: Policy, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        limits.check_within(policy)
        self.interval = policy.interval
        self.daily_cap = limits.daily_limit or policy.daily_cap
        self._policy = policy
        self._send_days = limits.send_days or policy.send_days
        self._start = limits.window_start or policy.window_start
        self._end = limits.window_end or policy.window_end
        self._grace_end = _shift(self._end, policy.window_end, policy.grace_until)
        self._holidays = public_holidays(policy.holiday_country, policy.holiday_subdivision)
        self._workdays: dict[date, bool] = {}
        self._windows: dict[date, Window | None] = {}
        self._openings: dict[tuple[date, Delay], datetime] = {}

    def local_date(self, at: datetime) -> date:
        """The date in the policy's zone at this instant."""
        return at.astimezone(self._policy.timezone).date()

    def is_workday(self, on: date) -> bool:
        """Whether the policy sends on this date: a send day, no day off."""
        known = self._workdays.get(on)
        if known is None:
            known = self._workdays[on] = self._works(on)
        return known

    def add_workdays(self, on: date, count: int) -> date:
        """The `count`-th workday after `on`; 0 means `on` itself or the first workday after it.

        Raises NoSendingDayError.
        """
        day = self._workday_from(on if count == 0 else on + ONE_DAY)
        for _ in range(count - 1):
            day = self._workday_from(day + ONE_DAY)
        return day

    def window(self, on: date) -> Window | None:
        """When mail may start on this local date, or None on a day without sending."""
        if on not in self._windows:
            self._windows[on] = self._lay_out(on)
        return self._windows[on]

    def sending_day(self, on: date) -> tuple[date, Window]:
        """The first day from `on` (inclusive) on which mail may start. Raises NoSendingDayError."""
        day, last = on, on + SEARCH_LIMIT
        while (window := self.window(day)) is None:
            day += ONE_DAY
            if day > last:
                raise self._no_day(on)
        return day, window

    def is_open(self, at: datetime, *, delayed: bool) -> bool:
        """Whether a mail may start at this instant; a delayed one may during the grace too."""
        window = self.window(self.local_date(at))
        if window is None:
            return False
        return window.opens <= at < (window.grace_ends if delayed else window.closes)

    def opening_after(self, at: datetime) -> datetime:
        """`at` itself while the window is open, else when it opens next (UTC).

        Raises NoSendingDayError.
        """
        require_aware(at, "at")
        on = self.local_date(at)
        window = self.window(on)
        if window is None or at >= window.closes:
            return self.sending_day(on + ONE_DAY)[1].opens
        return max(window.opens, at.astimezone(UTC))

    def earliest(self, after: datetime, delay: Delay) -> datetime:
        """When the next mail may go at the earliest if the one before went at `after` (UTC).

        Raises NoSendingDayError.
        """
        if delay.unit == DelayUnit.HOURS:
            return self.opening_after(after + timedelta(hours=delay.amount))
        opens = self._opening(self.local_date(after), delay)
        # A delay of 0 stays on the day of the mail before, whose window opened before that mail.
        return opens if opens >= after else self.opening_after(after)

    def _workday_from(self, on: date) -> date:
        day, last = on, on + SEARCH_LIMIT
        while not self.is_workday(day):
            day += ONE_DAY
            if day > last:
                raise self._no_day(on)
        return day

    def _opening(self, on: date, delay: Delay) -> datetime:
        known = self._openings.get((on, delay))
        if known is None:
            workdays = delay.unit == DelayUnit.WORKDAYS
            due = self.add_workdays(on, delay.amount) if workdays else on + ONE_DAY * delay.amount
            known = self._openings[on, delay] = self.sending_day(due)[1].opens
        return known

    def _works(self, on: date) -> bool:
        policy = self._policy
        if on.isoweekday() not in policy.send_days or on in policy.blackout_dates:
            return False
        if on in self._holidays and on not in policy.working_holidays:
            return False
        # Some zones have skipped a date (Apia, 30 December 2011): it would be the next day twice.
        return self.local_date(self._instant(on, policy.window_start)) == on

    def _lay_out(self, on: date) -> Window | None:
        if on.isoweekday() not in self._send_days or not self.is_workday(on):
            return None
        opens, closes = self._instant(on, self._start), self._instant(on, self._end)
        if closes <= opens:
            return None  # the whole window lies in the hour that the clock jumps over
        return Window(opens, closes, max(closes, self._instant(on, self._grace_end)))

    def _instant(self, on: date, at: time) -> datetime:
        return datetime.combine(on, at, self._policy.timezone).astimezone(UTC)

    def _no_day(self, on: date) -> NoSendingDayError:
        policy = self._policy
        return NoSendingDayError(
            f"no day to send on in the ten years from {on}: sending on weekdays "
            f"{', '.join(map(str, sorted(self._send_days)))}, holidays of "
            f"{policy.holiday_country or 'no country'}, {len(policy.blackout_dates)} blackout "
            "dates. Add a send day, or take days off away."
        )


def _shift(at: time, start: time, end: time) -> time:
    """`at` moved on by the distance from `start` to `end`: a narrower day has the same grace."""
    day = date.min
    length = datetime.combine(day, end) - datetime.combine(day, start)
    return (datetime.combine(day, at) + length).time()
