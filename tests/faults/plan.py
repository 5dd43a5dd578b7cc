"""All faults there are, in the order in which they are tried."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from tests.faults import kills, races, smtp_faults, stores, times
from tests.faults.fault import Fault

FAULTS: tuple[Fault, ...] = (
    *kills.FAULTS,
    *stores.FAULTS,
    *smtp_faults.FAULTS,
    *times.FAULTS,
    *races.FAULTS,
)


def chosen(names: list[str]) -> tuple[Fault, ...]:
    """Those whose name begins with one of `names`; all where none is given. Exits for a name that
    fits none."""
    for name in names:
        if not any(fault.name.startswith(name) for fault in FAULTS):
            known = ", ".join(fault.name for fault in FAULTS)
            sys.exit(f"There is no fault {name!r}. There are: {known}.")
    return tuple(fault for fault in FAULTS if not names or any(map(fault.name.startswith, names)))


def describe(console: Console) -> None:
    table = Table()
    for heading in ("fault", "rounds", "what happens", "what must hold"):
        table.add_column(heading)
    for fault in FAULTS:
        table.add_row(fault.name, str(fault.rounds), fault.does, fault.must_hold)
    console.print(table)
