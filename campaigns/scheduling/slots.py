"""The slots of a sending day, handed out one by one.

Slots start as the window opens and lie one interval apart (08:00, 08:20 … 16:40). The distance
is elapsed time, so a clock change inside a window moves no two of them together.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from campaigns.scheduling.calendar import SendingCalendar, Window
from campaigns.scheduling.errors import require, require_aware
from campaigns.scheduling.ramp import DayCaps, Ramp

NO_PAUSE = timedelta(0)


class DaySlots(Protocol):
    """What is still free on one day."""

    room: int
    """How many mails may still be put on this day; 0 means full."""
    latest: datetime | None
    """The last slot that was handed out; None while there was none."""

    def take(self, earliest: datetime) -> datetime | None:
        """Hand out the first free slot at or after `earliest` (UTC); None when there is none."""


class SpacedSlots:
    """Slots one interval apart; those in `blocked` are taken from the start.

    `floor` is the first moment that may be used at all, `room` the most that may be handed out.
    """

    __slots__ = ("_count", "_gone", "_interval", "_next", "_next_at", "_opens", "latest", "room")

    def __init__(
        self,
        window: Window,
        interval: timedelta,
        *,
        floor: datetime,
        room: int,
        blocked: Iterable[datetime] = (),
    ) -> None:
        self._opens, self._interval = window.opens, interval
        self._count = self._index(window.closes)
        # slot index → a later one to try instead; following it shortens it (union-find), so a
        # crowd that is due at the same moment doesn't walk over each other's slots.
        self._gone: dict[int, int] = {}
        for at in blocked:
            self._block(at)
        self.latest: datetime | None = None
        self.room = room
        self._move_to(self._index(floor))

    def take(self, earliest: datetime) -> datetime | None:
        """See DaySlots."""
        if not self.room:
            return None
        if earliest <= self._next_at:
            at = self._next_at
            self.room -= 1
            self._move_to(self._next + 1)
        else:
            index = self._free_from(self._index(earliest))
            if index >= self._count:
                return None
            at = self._opens + self._interval * index
            self.room -= 1
            self._gone[index] = index + 1
        if self.latest is None or at > self.latest:
            self.latest = at
        return at

    def _move_to(self, index: int) -> None:
        self._next = self._free_from(index)
        self._next_at = self._opens + self._interval * self._next
        if self._next >= self._count:
            self.room = 0

    def _index(self, at: datetime) -> int:
        """The first slot at or after `at`."""
        return max(0, -((self._opens - at) // self._interval))

    def _free_from(self, index: int) -> int:
        gone, free = self._gone, index
        while free in gone:
            free = gone[free]
        while index != free:
            gone[index], index = free, gone[index]
        return free

    def _block(self, at: datetime) -> None:
        """Take away every slot that lies less than an interval from `at`."""
        first = max(0, (at - self._opens) // self._interval)
        for index in range(first, self._index(at + self._interval)):
            self._gone[index] = index + 1


class UnspacedSlots:
    """A day without pauses between mails: only `room` limits how many share a moment."""

    __slots__ = ("_closes", "_first", "latest", "room")

    def __init__(self, window: Window, *, floor: datetime, room: int) -> None:
        self._first, self._closes = max(window.opens, floor), window.closes
        self.latest: datetime | None = None
        self.room = room if self._first < self._closes else 0

    def take(self, earliest: datetime) -> datetime | None:
        """See DaySlots."""
        at = max(self._first, earliest)
        if not self.room or at >= self._closes:
            return None
        self.room -= 1
        self.latest = at
        return at


class SlotBook:
    """The slots of one sending domain, opened day by day with what is taken already.

    `taken` are moments ahead that other messages hold: they keep their distance and count for
    the cap of their day. Those before `start` only keep their distance; `sent_today` says what
    has already gone on the local day of `start`. On a `ramp` the cap of a day depends on how many
    of those before it have mails.
    """

    def __init__(
        self,
        calendar: SendingCalendar,
        *,
        start: datetime,
        taken: Iterable[datetime],
        sent_today: int,
        next_allowed_at: datetime | None,
        ramp: Ramp | None = None,
    ) -> None:
        require(sent_today >= 0, "sent_today", f"must not be negative: {sent_today}")
        self._calendar = calendar
        self._floor = max(start, next_allowed_at or start)
        self._taken = sorted(_utc(at) for at in taken)
        self._held = Counter(calendar.local_date(at) for at in self._taken if at >= start)
        self._held[calendar.local_date(start)] += sent_today
        self._caps = DayCaps(calendar.daily_cap, ramp, self._held)
        self._day_before: tuple[date, DaySlots] | None = None

    def open_day(self, on: date, window: Window) -> DaySlots:
        """The free slots of the next sending day; days are opened in rising order."""
        self._close_day_before()
        room = max(0, self._caps.open(on) - self._held[on])
        slots = self._slots(window, room)
        self._day_before = on, slots
        return slots

    def _close_day_before(self) -> None:
        if self._day_before is None:
            return
        on, slots = self._day_before
        if slots.latest is not None:
            self._caps.sends_on(on)
            self._floor = max(self._floor, slots.latest + self._calendar.interval)

    def _slots(self, window: Window, room: int) -> DaySlots:
        interval = self._calendar.interval
        if interval == NO_PAUSE:
            return UnspacedSlots(window, floor=self._floor, room=room)
        near = slice(
            bisect_right(self._taken, window.opens - interval),
            bisect_left(self._taken, window.closes + interval),
        )
        return SpacedSlots(
            window, interval, floor=self._floor, room=room, blocked=self._taken[near]
        )


def _utc(at: datetime) -> datetime:
    require_aware(at, "taken")
    return at.astimezone(UTC)
