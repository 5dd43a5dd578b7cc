"""Importing small tables in tests, by way of a real CSV file."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from leads.columns import map_columns
from leads.importer import ImportResult, import_leads
from leads.models import LeadImport
from leads.parsing import open_table

Rows = Sequence[Mapping[str, object]]


def csv_file(path: Path, rows: Rows) -> Path:
    """A CSV with the headings of the first row."""
    with path.open("w", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


def imported(rows: Rows, *, list_name: str = "hotels", **options: object) -> ImportResult:
    """What `import_leads` says of these rows; the first of them is row 2."""
    mode = LeadImport.Mode(options.pop("mode", "skip"))
    with tempfile.TemporaryDirectory() as folder:
        path = csv_file(Path(folder) / "leads.csv", rows)
        with open_table(path) as table:
            mapping = map_columns(table.headings, table.unnamed)
            return import_leads(table, mapping, list_name=list_name, mode=mode, **options)


def counts(result: ImportResult) -> dict[str, int]:
    """The figures that are not zero."""
    names = ("created", "updated", "skipped", "refused")
    return {name: count for name in names if (count := getattr(result, name))}


def remarks(result: ImportResult) -> list[tuple[str, int, str]]:
    """(outcome, row, reason) of every remark."""
    return [(one.outcome.value, one.number, one.reason) for one in result.remarks]
