"""Whose turn it is: who waits for a slot of one sending domain, in the order they are served."""

from collections.abc import Iterable
from datetime import datetime
from heapq import heapify, heappop, heappush
from operator import attrgetter

from campaigns.scheduling.calendar import SEARCH_LIMIT, SendingCalendar, Window
from campaigns.scheduling.errors import require
from campaigns.scheduling.slots import DaySlots
from campaigns.scheduling.values import Chain, PlannedSend


class Waiting:
    """Follow-ups by how long they have been due, and new leads in line.

    A chain's rank is its place in the domain's line, so that no two entries compare equal and
    the same input always gives the same order.
    """

    def __init__(
        self, calendar: SendingCalendar, chains: Iterable[Chain], *, start: datetime
    ) -> None:
        self._calendar, self._start = calendar, start
        self._chains = sorted(chains, key=attrgetter("order", "key"))
        self._due: list[tuple[datetime, int, int]] = []
        self._arriving: list[tuple[datetime, int]] = []
        self._openings: dict[int, datetime] = {}
        self._line: list[int] = []
        self._passed_over: list[int] = []
        for rank, chain in enumerate(self._chains):
            self._queue_up(rank, chain)
        heapify(self._due)
        heapify(self._arriving)

    def __bool__(self) -> bool:
        return bool(self._due or self._line or self._passed_over or self._arriving)

    def open_day(self, window: Window) -> None:
        """Let in the new leads whose turn may come before this window closes."""
        for rank in self._passed_over:
            heappush(self._line, rank)
        self._passed_over = []
        while self._arriving and self._arriving[0][0] < window.closes:
            heappush(self._line, heappop(self._arriving)[1])

    def place_next(self, slots: DaySlots) -> PlannedSend | None:
        """Give the next in turn its slot of this day; None when nobody can use what is left.

        That is the follow-up that has been due longest; only when none can go today, the first
        new lead in line.
        """
        return self._place_follow_up(slots) or self._place_new_lead(slots)

    def _place_follow_up(self, slots: DaySlots) -> PlannedSend | None:
        # Where the one due longest finds no slot, those that are due later find none either.
        at = slots.take(self._due[0][0]) if self._due else None
        if at is None:
            return None
        _, rank, step = heappop(self._due)
        return self._planned(rank, step, at)

    def _place_new_lead(self, slots: DaySlots) -> PlannedSend | None:
        while self._line and slots.room:
            rank = heappop(self._line)
            at = slots.take(self._openings.get(rank, self._start))
            if at is not None:
                return self._planned(rank, 0, at)
            self._passed_over.append(rank)
        return None

    def _planned(self, rank: int, step: int, at: datetime) -> PlannedSend:
        chain = self._chains[rank]
        if step + 1 < len(chain.steps):
            due = self._calendar.earliest(at, chain.steps[step + 1].delay_before)
            heappush(self._due, (due, rank, step + 1))
        return PlannedSend(chain.key, chain.steps[step].number, at)

    def _queue_up(self, rank: int, chain: Chain) -> None:
        opening = self._start
        if chain.not_before is not None:
            self._require_near(chain.key, chain.not_before)
            opening = self._calendar.opening_after(chain.not_before)
        if chain.last_sent_at is not None:
            due = self._calendar.earliest(chain.last_sent_at, chain.steps[0].delay_before)
            self._due.append((max(due, opening) if chain.not_before else due, rank, 0))
        elif opening <= self._start:
            self._line.append(rank)
        else:
            self._openings[rank] = opening
            self._arriving.append((opening, rank))

    def _require_near(self, key: int, not_before: datetime) -> None:
        require(
            not_before - self._start <= SEARCH_LIMIT,
            "not_before",
            f"chain {key} starts on {not_before:%Y-%m-%d}, more than ten years away",
        )
