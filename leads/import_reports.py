"""The rows that were not taken, or not taken whole, as a CSV that can be mended and imported."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from django.http import FileResponse

from leads.columns import REPORT_HEADINGS
from leads.exports import write_csv
from leads.import_remarks import Outcome, RowRemark
from leads.import_runs import read_options
from leads.inspecting import limits
from leads.models import LeadImport
from leads.parsing import open_table
from leads.tables import ReadOptions, Row, Table, UnreadableFile


def write_report(lead_import: LeadImport, out: TextIO) -> int:
    """Write a line for each remark of an import; answer how many.

    `out` as `leads.exports.write_csv` wants it.
    """
    stored = lead_import.refusals.all().iterator(chunk_size=2_000)
    remarks = (
        RowRemark(Outcome(one.outcome), one.row_number, one.column, one.value, one.reason)
        for one in stored
    )
    return write_remarks(remarks, lead_import.path, read_options(lead_import), out)


def report_file(lead_import: LeadImport) -> FileResponse:
    """The report as a download."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    write_report(lead_import, text)
    text.detach()
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"import-{lead_import.pk}-errors.csv",
        content_type="text/csv; charset=utf-8",
    )


def write_remarks(
    remarks: Iterable[RowRemark], path: Path | None, options: ReadOptions, out: TextIO
) -> int:
    """Write `remarks`, sorted by row number, each with the cells of its row in the file.

    The file may be gone (None) or break off half-way: then the lines go without cells.
    """
    if path is not None:
        with (
            suppress(FileNotFoundError, UnreadableFile),
            open_table(path, options, limits()) as table,
        ):
            lines = _with_cells(remarks, table)
            return write_csv(out, (*REPORT_HEADINGS, *table.headings), lines)
    return write_csv(out, REPORT_HEADINGS, (_report_cells(remark) for remark in remarks))


def _with_cells(remarks: Iterable[RowRemark], table: Table) -> Iterator[tuple[object, ...]]:
    rows = _forgiving(table.rows)
    row = next(rows, None)
    for remark in remarks:
        while row is not None and row.number < remark.number:
            row = next(rows, None)
        is_there = row is not None and row.number == remark.number
        yield (*_report_cells(remark), *(row.cells if row is not None and is_there else ()))


def _forgiving(rows: Iterator[Row]) -> Iterator[Row]:
    try:
        yield from rows
    except UnreadableFile:
        return


def _report_cells(remark: RowRemark) -> tuple[object, ...]:
    return (remark.number, remark.outcome.value, remark.column, remark.value, remark.reason)
