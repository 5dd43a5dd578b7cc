"""What a bench has to reach, and when a run fails."""

from __future__ import annotations

import tomllib

import pytest

from benchmarks.catalogue import BENCHES
from benchmarks.measurement import BOUNDS, Bound, Measurement, bound_of
from benchmarks.timing import Medians, by_turns


@pytest.mark.parametrize(
    ("bound", "ratio", "seconds", "holds", "holds_quickly"),
    [
        (Bound(at_most=2.0), 2.0, 9.0, True, True),
        (Bound(at_most=2.0), 2.1, 9.0, False, True),
        (Bound(at_most=2.0), 4.1, 9.0, False, False),
        (Bound(at_least=1.3), 1.3, 9.0, True, True),
        (Bound(at_least=1.3), 1.2, 9.0, False, True),
        (Bound(at_least=1.3), 0.6, 9.0, False, False),
        (Bound(limit_seconds=4.0), 99.0, 4.0, True, True),
        (Bound(limit_seconds=4.0), 99.0, 4.1, False, True),
        (Bound(at_most=3.0, limit_seconds=0.1), 1.0, 0.4, False, True),
        (Bound(at_most=3.0, limit_seconds=0.1), 1.0, 0.5, False, False),
        (Bound(), 99.0, 99.0, True, True),
    ],
)
def test_a_bound_holds(
    bound: Bound, ratio: float, seconds: float, holds: bool, holds_quickly: bool
) -> None:
    assert bound.holds(ratio, seconds) is holds
    assert bound.holds(ratio, seconds, quick=True) is holds_quickly


def test_the_ratio_of_a_time_and_of_a_rate() -> None:
    medians = Medians(seconds=3.0, reference_seconds=2.0, peak_memory_mb=100.0)
    by_time = Measurement.of("import", "CSV, new", medians, reference="COPY")
    assert (by_time.ratio, by_time.bound) == (1.5, Bound(at_most=2.0))


def test_each_bench_has_a_bound_and_each_bound_a_bench() -> None:
    assert sorted(tomllib.loads(BOUNDS.read_text())) == sorted(BENCHES)
    with pytest.raises(KeyError):
        bound_of("nobody", "")


def test_a_variant_may_have_a_bound_of_its_own() -> None:
    assert bound_of("plan", "pure") == Bound(limit_seconds=4.0)
    assert bound_of("plan", "stored") == Bound(at_most=2.5)


def test_both_sides_are_run_by_turns_and_the_median_counts() -> None:
    done: list[str] = []
    ours, theirs = iter([1.0, 9.0, 2.0]), iter([4.0, 5.0, 6.0])

    def work(name: str, seconds: float) -> float:
        done.append(name)
        return seconds

    medians = by_turns(
        lambda: work("ours", next(ours)), lambda: work("theirs", next(theirs)), times=3
    )
    assert done == ["ours", "theirs"] * 3
    assert (medians.seconds, medians.reference_seconds) == (2.0, 5.0)


def test_a_measurement_survives_its_file() -> None:
    medians = Medians(seconds=3.0, reference_seconds=2.0, peak_memory_mb=100.0)
    measured = Measurement.of("audience", "", medians, reference="SQL", detail="words")
    assert Measurement.from_json(measured.to_json()) == measured
