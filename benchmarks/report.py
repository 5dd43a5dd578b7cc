"""What was measured, for people on a terminal, for programs, and in docs/performance.md."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measurement import Measurement
from mailsuite.lib.embedded.places import CHECKOUT

DOCUMENT = CHECKOUT / "docs" / "performance.md"
_BEGIN, _END = "<!-- table: begin -->", "<!-- table: end -->"
_HEADINGS = (
    "bench", "seconds", "reference", "its seconds", "ratio", "must be", "peak MB", "what was done",
)  # fmt: skip
_WORDS = ("bench", "reference", "must be")


@dataclass(frozen=True, slots=True)
class Report:
    """`measured_on` is the day in UTC; `machine` says what ran it."""

    measured_on: str
    machine: str
    quick: bool
    measurements: tuple[Measurement, ...]

    @classmethod
    def of(cls, measurements: Sequence[Measurement], *, quick: bool) -> Report:
        today = datetime.now(UTC).date().isoformat()
        return cls(today, _machine(), quick, tuple(measurements))

    @classmethod
    def read(cls, path: Path) -> Report:
        stored = json.loads(path.read_text())
        measurements = map(Measurement.from_json, stored.pop("measurements"))
        return cls(**stored, measurements=tuple(measurements))

    @property
    def missed(self) -> list[Measurement]:
        return [each for each in self.measurements if not each.holds(quick=self.quick)]

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        measurements = [each.to_json() for each in self.measurements]
        stored = {
            "measured_on": self.measured_on,
            "machine": self.machine,
            "quick": self.quick,
            "measurements": measurements,
        }
        path.write_text(json.dumps(stored, indent=1) + "\n")

    def show(self, console: Console) -> None:
        table = Table(title=f"{self.machine}, {self.measured_on}")
        for heading in _HEADINGS[:-1]:
            table.add_column(heading, justify="left" if heading in _WORDS else "right")
        for each in self.measurements:
            colour = "green" if each.holds(quick=self.quick) else "red"
            cells = _cells(each)
            cells[4] = f"[{colour}]{cells[4]}[/]"
            table.add_row(*cells[:-1])
        console.print(table)
        for each in self.missed:
            twice = " by more than twice" if self.quick else ""
            console.print(f"[red]{each.label} misses its bound{twice}[/]: {each.bound}.")

    def markdown(self) -> str:
        lines = [_HEADINGS, ("---",) * len(_HEADINGS), *map(_cells, self.measurements)]
        table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        return f"Measured on {self.measured_on}: {self.machine}.\n\n{table}"


def write_into_document(reports: Sequence[Report], document: Path = DOCUMENT) -> None:
    """Replace the table of the document by what the reports say, each under its machine.

    ValueError where a report is a quick one, or the document's marks are gone.
    """
    if any(report.quick for report in reports):
        raise ValueError("A quick run proves little; write the document from a full one.")
    text = document.read_text()
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"{document} has no place for the table: {_BEGIN} … {_END}.")
    tables = "\n\n".join(report.markdown() for report in reports)
    document.write_text(f"{before}{_BEGIN}\n{tables}\n{_END}{after}")


def _cells(each: Measurement) -> list[str]:
    return [
        each.label,
        f"{each.seconds:.3g}",
        each.reference,
        f"{each.reference_seconds:.3g}",
        f"{each.ratio:.2f}×",
        str(each.bound),
        f"{each.peak_memory_mb:.0f}",
        each.detail,
    ]


def _machine() -> str:
    """The machine's cores and memory, and what runs on it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )
