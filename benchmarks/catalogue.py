"""The benches by name, in the order they are run and shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from benchmarks.measurement import Measurement


class Measure(Protocol):
    """What a module of a bench offers, as `measure`."""

    def __call__(self, variant: str, *, quick: bool) -> Iterator[Measurement]: ...


@dataclass(frozen=True, slots=True)
class Bench:
    """A module of this package, and its variants: each runs in a process of its own."""

    module: str
    variants: tuple[str, ...] = ("",)

    def measure(self, variant: str, *, quick: bool) -> Iterator[Measurement]:
        """Run one variant, here and now. Django must have been set up."""
        return cast(Measure, import_module(self.module).measure)(variant, quick=quick)


BENCHES = {
    "import": Bench("benchmarks.importing", ("xlsx", "CSV")),
    "plan": Bench("benchmarks.planning", ("pure", "stored")),
    "tick": Bench("benchmarks.tick"),
    "dispatch": Bench("benchmarks.dispatch"),
    "web": Bench("benchmarks.web"),
    "figures": Bench("benchmarks.figures"),
    "leads-list": Bench("benchmarks.leads_list"),
    "audience": Bench("benchmarks.audience"),
}
