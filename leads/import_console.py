"""An import as a person at a terminal, or the log of a job, sees it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from leads.importer import BATCH_ROWS
from leads.importer import Progress as Callback
from leads.models import ImportRefusal, LeadImport

logger = logging.getLogger(__name__)

_SHOWN_ROWS = 10


@contextmanager
def progress_of(filename: str, rows_expected: int) -> Iterator[Callback]:
    """A bar where stderr is a terminal; else one log line every 5,000 rows."""
    if not sys.stderr.isatty():
        yield _log_lines(filename)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(filename, total=rows_expected or None)
        yield lambda rows_done: bar.update(task, completed=rows_done)


def show_result(lead_import: LeadImport, console: Console) -> None:
    """The four figures, the notes, and the first rows that were not taken whole."""
    dry = " (dry run, nothing was written)" if lead_import.dry_run else ""
    console.print(f"{lead_import}{dry}", markup=False, soft_wrap=True)
    table = Table()
    for name in ("created", "updated", "skipped", "refused"):
        table.add_column(name, justify="right")
    table.add_row(
        f"{lead_import.created_count:,}",
        f"{lead_import.updated_count:,}",
        f"{lead_import.skipped_count:,}",
        f"{lead_import.refused_count:,}",
    )
    console.print(table)
    for note in lead_import.notes:
        console.print(f"Note: {note}", markup=False, soft_wrap=True)
    _show_rows(lead_import, console)


def _show_rows(lead_import: LeadImport, console: Console) -> None:
    remarks = lead_import.refusals
    count = remarks.count()
    for remark in remarks.all()[:_SHOWN_ROWS]:
        console.print(_line(remark), markup=False, soft_wrap=True)
    if count > _SHOWN_ROWS:
        console.print(f"… and {count - _SHOWN_ROWS:,} more; --errors FILE.csv has them all.")


def _line(remark: ImportRefusal) -> str:
    where = f", column '{remark.column}'" if remark.column else ""
    return f"Row {remark.row_number}{where} ({remark.outcome}): {remark.reason}"


def _log_lines(filename: str) -> Callback:
    logged = 0

    def log(rows_done: int) -> None:
        nonlocal logged
        if rows_done >= logged + BATCH_ROWS:
            logged = rows_done
            logger.info("%s: %s rows read", filename, f"{rows_done:,}")

    return log
