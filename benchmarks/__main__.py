"""`python -m benchmarks`: run the benches, show and store what they measure."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from benchmarks.catalogue import BENCHES
from benchmarks.place import place
from benchmarks.report import Report, write_into_document
from benchmarks.running import BenchFailed, run
from mailsuite.lib.embedded import EmbeddedError
from mailsuite.lib.embedded.places import CHECKOUT

STORED = CHECKOUT / "var" / "bench.json"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="small sizes; fails only on what is twice as bad"
    )
    parser.add_argument(
        "--only", nargs="+", choices=BENCHES, metavar="NAME", help=f"of: {', '.join(BENCHES)}"
    )
    parser.add_argument(
        "--json", type=Path, default=STORED, metavar="FILE", help="default: var/bench.json"
    )
    parser.add_argument(
        "--write-docs",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="run nothing: make the table of docs/performance.md out of stored runs",
    )
    return parser.parse_args()


def main() -> int:
    options, console = arguments(), Console()
    if options.write_docs:
        write_into_document([Report.read(path) for path in options.write_docs])
        return 0
    measurements = []
    with place() as here:
        for each in run(here, options.only or list(BENCHES), quick=options.quick):
            console.print(f"{each.label}: {each.ratio:.2f}× {each.reference}", highlight=False)
            measurements.append(each)
    report = Report.of(measurements, quick=options.quick)
    report.write(options.json)
    report.show(console)
    return 1 if report.missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BenchFailed, EmbeddedError, ValueError) as error:
        sys.exit(f"bench: {error}")
