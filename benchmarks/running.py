"""Each variant of a bench in a process of its own. This module is also that process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.catalogue import BENCHES
from benchmarks.measurement import Measurement
from benchmarks.place import Place
from mailsuite.lib.embedded.places import CHECKOUT

_QUICK = "quick"


class BenchFailed(Exception):
    """A bench ended before it had measured; what was wrong stands above."""


def run(place: Place, names: Sequence[str], *, quick: bool) -> Iterator[Measurement]:
    """Run the benches, one variant after the other; yields what they measure as it comes."""
    for name in names:
        for variant in BENCHES[name].variants:
            yield from _run_variant(place, name, variant, quick=quick)


def _run_variant(place: Place, name: str, variant: str, *, quick: bool) -> list[Measurement]:
    answer = Path(place.folder) / "measured.json"
    command = [sys.executable, "-m", "benchmarks.running", name, variant, str(answer)]
    with place.fresh() as environment:
        done = subprocess.run(
            [*command, _QUICK] if quick else command, env=environment, cwd=CHECKOUT, check=False
        )
    if done.returncode:
        raise BenchFailed(
            f"The bench {name} {variant} ended with exit status {done.returncode}; see above."
        )
    return [Measurement.from_json(stored) for stored in json.loads(answer.read_text())]


def main(name: str, variant: str, answer: str, *options: str) -> None:
    import django

    django.setup()
    measured = BENCHES[name].measure(variant, quick=_QUICK in options)
    Path(answer).write_text(json.dumps([each.to_json() for each in measured]))


if __name__ == "__main__":
    main(*sys.argv[1:])
