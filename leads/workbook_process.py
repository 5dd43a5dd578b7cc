"""The process that reads a workbook: started by `leads.workbooks`, never imported.

It runs apart, with limits on memory and processor time, because the reader allocates a sheet
as one rectangle: a single cell in XFD1048576 asks for hundreds of gigabytes and aborts the
process that it runs in. Scanning the XML for such cells first costs as much as reading it and
would still miss one long shared text that a million cells refer to. It knows nothing of the
project and gets no environment, so it starts in some 50 ms.

Arguments: path, name of the sheet ("" = the first visible one that has cells), bytes of memory,
seconds of processor time. Writes lines of JSON to stdout: one object {sheet, sheets, first_column,
columns, last_row} or {error, sheets}, then arrays of [row number, cells], then {"end": true}.
"""

import datetime
import json
import os
import resource
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

_ROWS_PER_LINE = 500
# Up to here every whole number has its own float, so no digit of a telephone number is lost.
_EXACT_FLOATS = 2**53


def limit_resources(memory_bytes: int, processor_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # At the first limit SIGXCPU tells what was wrong; at the second it would be SIGKILL.
    resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def cell_text(value: Any) -> str:
    """The text of a cell, without what the file format made of it.

    Excel stores the telephone number 31612345678 as the float 31612345678.0; dates become
    ISO 8601, without a time where there is none.
    """
    if isinstance(value, str):
        return value.replace("\x00", "").strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _number(value: float) -> str:
    """As people write it: repr() has 1e-07 for what the sheet shows as 0.0000001."""
    if value.is_integer() and abs(value) <= _EXACT_FLOATS:
        return str(int(value))
    text = repr(value)
    is_readable = 1e-15 < abs(value) < 1e21
    return format(Decimal(text), "f") if "e" in text and is_readable else text


def filled_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Row number as in the sheet, and cells; rows without any text are left out."""
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = [
            value.strip() if value.__class__ is str and "\x00" not in value else cell_text(value)
            for value in values
        ]
        if any(cells):
            yield number, cells


def choose_sheet(workbook: Any, wanted: str) -> Any:
    """The sheet of that name, or the first visible one with cells; None if there is none."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    for metadata in workbook.sheets_metadata:
        shown = (metadata.visible, metadata.typ)
        if wanted and metadata.name != wanted:
            continue
        if not wanted and shown != (SheetVisibleEnum.Visible, SheetTypeEnum.WorkSheet):
            continue
        sheet = workbook.get_sheet_by_name(metadata.name)
        if wanted or sheet.end is not None:
            return sheet
    return None


def write(message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")


def main(path: str, wanted: str, memory_bytes: str, processor_seconds: str) -> None:
    limit_resources(int(memory_bytes), int(processor_seconds))
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(path)
    names = workbook.sheet_names
    sheet = choose_sheet(workbook, wanted)
    if sheet is None or sheet.end is None:
        missing = wanted and wanted not in names
        write({"error": "no such sheet" if missing else "empty", "sheets": names})
        return
    first, last = sheet.start, sheet.end
    write(
        {
            "sheet": sheet.name,
            "sheets": names,
            "first_column": first[1],
            "columns": last[1] - first[1] + 1,
            "last_row": last[0] + 1,
        }
    )
    batch = []
    for row in filled_rows(sheet):
        batch.append(row)
        if len(batch) == _ROWS_PER_LINE:
            write(batch)
            batch = []
    write(batch)
    write({"end": True})


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except MemoryError:
        os.abort()  # as the reader itself does when it is refused memory
