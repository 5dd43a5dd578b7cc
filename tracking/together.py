"""Writers that come together write together.

Whoever finds nobody writing writes all that waits, its own among it; newcomers gather
meanwhile for the next one. So each waits for a round trip that it shares, and goes on only when
its own is written. With one writer at a time it is as if this were not there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Waiting(Generic[Item, Answer]):
    """An item and the thread that waits for its answer; woken without one, it is to write."""

    item: Item
    woken: threading.Event = field(default_factory=threading.Event)
    is_answered: bool = False
    answer: Answer | None = None


class Together(Generic[Item, Answer]):
    """Hands what comes in at about one time to `write` in one call, in one of the threads.

    `write` answers as many answers as it gets items, in their order. Where it raises, all that
    it was called for get `otherwise`, and the thread that called it gets the exception.
    """

    def __init__(
        self, write: Callable[[Sequence[Item]], Sequence[Answer]], *, otherwise: Answer
    ) -> None:
        self._write, self._otherwise = write, otherwise
        self._lock = threading.Lock()
        self._waiting: list[_Waiting[Item, Answer]] = []
        self._is_writing = False

    def __call__(self, item: Item) -> Answer:
        mine: _Waiting[Item, Answer] = _Waiting(item)
        with self._lock:
            self._waiting.append(mine)
            is_turn, self._is_writing = not self._is_writing, True
        if not is_turn:
            mine.woken.wait()
        if not mine.is_answered:
            self._write_all()
        return self._otherwise if mine.answer is None else mine.answer

    def _write_all(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting, []
        answers: Sequence[Answer] = [self._otherwise] * len(batch)
        try:
            answers = self._write([one.item for one in batch])
        finally:
            for one, answer in zip(batch, answers, strict=True):
                one.answer, one.is_answered = answer, True
                one.woken.set()
            self._hand_over()

    def _hand_over(self) -> None:
        """One of those that came meanwhile writes next; this thread goes back to its own work."""
        with self._lock:
            self._is_writing = bool(self._waiting)
            if self._waiting:
                self._waiting[0].woken.set()
