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
    children = _peak_kilobytes(resource.RUSAGE_CHILDREN)
    seconds, references = [ours()], []
    peak = peak_memory_mb(children_before=children)
    references.append(reference())
    for _ in range(times - 1):
        seconds.append(ours())
        references.append(reference())
    return Medians(median(seconds), median(references), peak)


def peak_memory_mb(*, children_before: int = 0) -> float:
    """The largest resident memory so far: of this process and of its largest child that ended,
    as if they had been there together. `children_before` kilobytes is what was known of children
    when the work began: one of its own that was no larger goes unseen."""
    children = _peak_kilobytes(resource.RUSAGE_CHILDREN)
    own = children if children > children_before else 0
    return (_peak_kilobytes(resource.RUSAGE_SELF) + own) / 1024


def _peak_kilobytes(who: int) -> int:
    return resource.getrusage(who).ru_maxrss
