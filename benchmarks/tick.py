"""One tick with 1,000 domains due: how much longer does it take with a large backlog?

The whole of it: the row of the tick, the query, and a task on Redis for each domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from time import sleep

from django.test import override_settings

from benchmarks.measurement import Measurement
from benchmarks.tick_backlog import DOMAINS, NOW, grow_backlog, make_domains
from benchmarks.timing import Medians, peak_memory_mb, seconds_of
from campaigns import tasks
from mailsuite.celery import app
from mailsuite.lib import clock

SMALL, LARGE, QUICK_LARGE = 10_000, 1_000_000, 60_000
_TIMES, _QUICK_TIMES = 7, 3
_WARM_UPS = 1


def measure(variant: str, *, quick: bool) -> Iterator[Measurement]:
    make_domains()
    large, times = (QUICK_LARGE, _QUICK_TIMES) if quick else (LARGE, _TIMES)
    grow_backlog(SMALL)
    reference = _seconds_of_tick(times)
    grow_backlog(large)
    seconds = _seconds_of_tick(times)
    yield Measurement.of(
        "tick",
        variant,
        Medians(seconds, reference, peak_memory_mb()),
        reference=f"a backlog of {SMALL:,}",
        detail=f"{DOMAINS:,} domains due, {large:,} queued messages",
    )


def _seconds_of_tick(times: int) -> float:
    """The median. A tick's period lasts a millisecond here, or the second one would find that
    its period has been begun already."""
    seconds = []
    with override_settings(CELERY_BEAT_SPEED=60_000), clock.frozen(NOW):
        for _ in range(_WARM_UPS + times):
            seconds.append(seconds_of(tasks.tick))
            _check_tasks()
            sleep(0.002)
    return median(seconds[_WARM_UPS:])


def _check_tasks() -> None:
    queued = app.control.purge()
    if queued != DOMAINS:
        raise AssertionError(f"the tick asked for {queued} turns, not {DOMAINS}")
