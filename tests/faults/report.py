"""What came of a run: a table for people, JSON for machines."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from tests.faults.verdict import Verdict  # reads the settings


_BEGIN, _END = "<!-- table: begin -->", "<!-- table: end -->"


def machine() -> str:
    """Its processor and memory, in a line."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} × {model}, {gigabytes:.0f} GB, Python {platform.python_version()}"


def as_json(verdicts: Sequence[Verdict], rounds: int | None) -> dict[str, Any]:
    """`rounds` None: the full plan."""
    return {
        "machine": machine(),
        "date": datetime.now(UTC).date().isoformat(),
        "rounds": rounds,
        "faults": [verdict.as_json() for verdict in verdicts],
    }


def as_markdown(result: dict[str, Any]) -> str:
    """The table of docs/reliability.md, out of what `as_json` stored."""
    of_plan = "the full plan" if result["rounds"] is None else f"at most {result['rounds']} rounds"
    lines = [
        f"{result['date']}, {result['machine']}; {of_plan}.",
        "",
        "| fault | rounds | accepted | unknown (allowed) | recovery | took | broken |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for one in result["faults"]:
        broken = ", ".join(f"{name}: {count}" for name, count in one["violations"].items() if count)
        lines.append(
            f"| {one['name']} | {one['rounds']:,} | {one['accepted']:,} "
            f"| {one['unknown']} ({one['unknown_allowed']}) | {one['recovery_seconds']:.1f} s "
            f"| {one['seconds']:.0f} s | {broken or 'none'} |"
        )
    return "\n".join(lines) + "\n"


def write_into(document: Path, result: dict[str, Any]) -> None:
    """Put the table between the marks of the document."""
    before, _, rest = document.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    document.write_text(f"{before}{_BEGIN}\n{as_markdown(result)}{_END}{after}")


def show(console: Console, verdicts: Sequence[Verdict]) -> None:
    table = Table(title="Faults, and what was broken")
    for heading in ("fault", "rounds", "accepted", "unknown", "recovery", "took", "violations"):
        table.add_column(heading, justify="left" if heading in ("fault", "violations") else "right")
    for one in verdicts:
        broken = ", ".join(f"{name}: {count}" for name, count in one.violations.items() if count)
        table.add_row(
            one.name,
            str(one.rounds),
            str(one.accepted),
            f"{one.unknown} of {one.unknown_allowed}",
            f"{one.recovery_seconds:.1f} s",
            f"{one.seconds:.0f} s",
            "[green]none[/]" if one.passed else f"[red]{broken or 'see below'}[/]",
        )
    console.print(table)
    for one in verdicts:
        if one.problem:
            console.print(f"[red]{one.name}[/]\n{one.problem}", markup=True, highlight=False)
