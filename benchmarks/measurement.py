"""One figure of a bench, and what it must reach."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.timing import Medians

BOUNDS = Path(__file__).with_name("bounds.toml")
# The sizes of the quick mode are small and its machines are shared: only what is far off fails. A
# busy machine slows the reference too, but there is nothing to hold our own seconds against.
QUICK_ALLOWANCE, QUICK_ALLOWANCE_OF_SECONDS = 2.0, 4.0


@dataclass(frozen=True, slots=True)
class Bound:
    """What must be reached; None asks for nothing.

    `at_most` bounds our time as a multiple of the reference's, `at_least` our rate as a multiple
    of the reference's, `limit_seconds` our time by itself.
    """

    at_most: float | None = None
    at_least: float | None = None
    limit_seconds: float | None = None

    def __str__(self) -> str:
        parts = [
            f"{word} {value:g}{unit}"
            for word, value, unit in (
                ("at most", self.at_most, "×"),
                ("at least", self.at_least, "×"),
                ("within", self.limit_seconds, " s"),
            )
            if value is not None
        ]
        return ", ".join(parts) or "reported"

    def holds(self, ratio: float, seconds: float, *, quick: bool = False) -> bool:
        """Whether the figures are within the bound. A quick run may be twice as bad in its ratio,
        and four times in our own seconds."""
        of_ratio, of_seconds = (
            (QUICK_ALLOWANCE, QUICK_ALLOWANCE_OF_SECONDS) if quick else (1.0, 1.0)
        )
        return not (
            (self.at_most is not None and ratio > self.at_most * of_ratio)
            or (self.at_least is not None and ratio < self.at_least / of_ratio)
            or (self.limit_seconds is not None and seconds > self.limit_seconds * of_seconds)
        )


@dataclass(frozen=True, slots=True)
class Measurement:
    """`seconds` and `reference_seconds` are medians of the same work, done by turns.

    `ratio` is our time over the reference's, where the bound is `at_least` our rate over its.
    `peak_memory_mb` is the largest resident memory of our side, with its child processes.
    """

    name: str
    variant: str
    seconds: float
    reference: str
    reference_seconds: float
    ratio: float
    bound: Bound
    peak_memory_mb: float
    detail: str = ""

    @classmethod
    def of(
        cls, name: str, variant: str, medians: Medians, *, reference: str, detail: str = ""
    ) -> Measurement:
        """The measurement of `medians`, under the bound that `bounds.toml` states for it."""
        bound = bound_of(name, variant)
        slower = medians.seconds / medians.reference_seconds
        return cls(
            name=name,
            variant=variant,
            seconds=medians.seconds,
            reference=reference,
            reference_seconds=medians.reference_seconds,
            ratio=slower if bound.at_least is None else 1 / slower,
            bound=bound,
            peak_memory_mb=medians.peak_memory_mb,
            detail=detail,
        )

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Measurement:
        return cls(**{**stored, "bound": Bound(**stored["bound"])})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def label(self) -> str:
        return f"{self.name} {self.variant}".strip()

    def holds(self, *, quick: bool) -> bool:
        return self.bound.holds(self.ratio, self.seconds, quick=quick)


def bound_of(name: str, variant: str) -> Bound:
    """The bound of one variant; where `bounds.toml` has none, that of the whole bench.

    KeyError where it knows neither: a bench without a word on its bound is a mistake.
    """
    stated = _stated()[name]
    of_all = {key: value for key, value in stated.items() if not isinstance(value, dict)}
    return Bound(**stated.get(variant, of_all))


@cache
def _stated() -> dict[str, dict[str, Any]]:
    return tomllib.loads(BOUNDS.read_text())
