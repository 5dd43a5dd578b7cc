"""How a new domain's day grows, from a few mails to its full number.

Receivers get used to mails and not to time: only a day on which the domain sent raises the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from campaigns.scheduling.errors import require


@dataclass(frozen=True, slots=True)
class Ramp:
    """`start` mails on the first day of sending, `step` more on each one after it, at most
    `ceiling`. `days` tells on how many local days the domain has sent before a plan begins."""

    start: int
    step: int
    ceiling: int
    days: int = 0

    def __post_init__(self) -> None:
        require(self.start >= 1, "start", f"must be at least 1, not {self.start}")
        require(self.step >= 1, "step", f"must be at least 1, not {self.step}")
        require(
            self.ceiling >= self.start,
            "ceiling",
            f"must not lie below the start of {self.start}: {self.ceiling}",
        )
        require(self.days >= 0, "days", f"must not be negative: {self.days}")

    def cap_after(self, days: int) -> int:
        """The most mails on a day that has so many days of sending behind it."""
        return min(self.ceiling, self.start + self.step * days)

    def is_over_after(self, days: int) -> bool:
        return self.cap_after(days) == self.ceiling


class DayCaps:
    """The most mails on each day of a plan, which is made day by day in rising order.

    `most` holds on every day, the `ramp` below it; `held` are mails that go anyway, by local day.
    """

    def __init__(self, most: int, ramp: Ramp | None, held: Mapping[date, int]) -> None:
        self._most, self._ramp = most, ramp
        self._days = ramp.days if ramp else 0
        self._counted: date | None = None
        self._ahead = sorted((on for on, count in held.items() if count), reverse=True)

    def open(self, on: date) -> int:
        """The cap of this day; asked in rising order."""
        if self._ramp is None:
            return self._most
        while self._ahead and self._ahead[-1] < on:
            self.sends_on(self._ahead.pop())
        return min(self._most, self._ramp.cap_after(self._days))

    def sends_on(self, on: date) -> None:
        """Mails go on this day, the one opened last or one before it: the days after it may
        hold more."""
        if on != self._counted:
            self._counted = on
            self._days += 1


def days_of_sending(mails: int, most: int, ramp: Ramp | None) -> int:
    """How many full days `mails` take at `most` a day, on a ramp that is still to be climbed."""
    days = 0
    while ramp is not None and mails > 0 and not ramp.is_over_after(ramp.days + days):
        mails -= min(most, ramp.cap_after(ramp.days + days))
        days += 1
    if mails <= 0:
        return days
    rate = most if ramp is None else min(most, ramp.ceiling)
    return days - (-mails // rate)
