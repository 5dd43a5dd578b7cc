"""Two ways of doing the same work, timed by turns."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter

# Does the work once and answers its seconds; what is prepared for it is not timed.
Work = Callable[[], float]


@dataclass(slots=True)
class Stopwatch:
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Medians:
    """Medians of both sides in seconds, and the peak of resident memory after our first run."""

    seconds: float
    reference_seconds: float
    peak_memory_mb: float


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Time the block by a clock that nobody sets."""
    watch = Stopwatch()
    start = perf_counter()
    yield watch
    watch.seconds = perf_counter() - start


def seconds_of(work: Callable[[], object]) -> float:
    with stopwatch() as watch:
        work()
    return watch.seconds


def by_turns(ours: Work, reference: Work, *, times: int) -> Medians:
    """Run both sides `times` times in turn, ours first, so that a machine that gets slower slows
    both. Memory is read before the reference first runs, which may need more than we do."""
    seconds, references = [ours()], []
    peak = peak_memory_mb()
    references.append(reference())
    for _ in range(times - 1):
        seconds.append(ours())
        references.append(reference())
    return Medians(median(seconds), median(references), peak)


def peak_memory_mb() -> float:
    """The largest resident memory of this process so far, without children."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
