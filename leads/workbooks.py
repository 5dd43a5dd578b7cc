"""Excel workbooks (.xlsx) → table, read by a process of its own: see `workbook_process`."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from leads import workbook_process
from leads.file_limits import FileLimits, check_archive
from leads.tables import (
    ReadOptions,
    Row,
    Table,
    UnreadableFile,
    name_columns,
    overlong_cell,
)

logger = logging.getLogger(__name__)

_DAMAGED = (
    "The workbook can't be read: it is damaged, or was not written as .xlsx. Open it in Excel, "
    "save it again as 'Excel workbook (.xlsx)' and upload that file."
)
_TOO_MUCH_MEMORY = (
    "Reading the workbook takes more memory than is allowed. Usually a cell far below or to the "
    "right of the table is filled: delete the rows and columns around the table, or save the "
    "sheet as CSV."
)
_TOO_SLOW = "Reading the workbook takes too long. Split it, or save the sheet as CSV."


@contextmanager
def open_workbook(path: Path, options: ReadOptions, limits: FileLimits) -> Iterator[Table]:
    """The table of one sheet: the one that is named, else the first visible one with cells.

    The first row with text holds the headings. Raises UnreadableFile.
    """
    check_archive(path, limits)
    with _reader(path, options.sheet or "", limits) as messages:
        about = next(messages)
        _check_sheet(about, options, limits)
        rows = (row for batch in messages for row in batch)
        first = next(rows, None)
        if first is None:
            raise _empty(about)
        headings, unnamed = name_columns(first[1], first_column=about["first_column"])
        yield Table(
            headings=headings,
            unnamed=unnamed,
            rows=_rows(rows, headings, limits),
            rows_expected=about["last_row"] - first[0],
            sheet=about["sheet"],
            sheets=tuple(about["sheets"]),
        )


@contextmanager
def _reader(path: Path, sheet: str, limits: FileLimits) -> Iterator[Iterator[Any]]:
    """Start the reading process; yields its messages and ends it whatever happens."""
    command = [
        sys.executable,
        "-I",  # neither the environment nor this folder has a say in what it imports
        workbook_process.__file__,
        str(path.absolute()),
        sheet,
        str(limits.memory_bytes),
        str(limits.processor_seconds),
    ]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={"PYTHONUTF8": "1"},
        ) as process,
    ):
        try:
            yield _messages(process, complaints)
        finally:
            process.kill()


def _messages(process: subprocess.Popen[bytes], complaints: IO[bytes]) -> Iterator[Any]:
    """What the process writes, up to its end mark; without that mark it broke down."""
    for line in process.stdout or ():
        if not line.endswith(b"\n"):
            break
        message = json.loads(line)
        if isinstance(message, dict) and "end" in message:
            return
        yield message
    status = process.wait()
    complaints.seek(0)
    logger.warning(
        "Reading a workbook failed with status %s: %s", status, complaints.read(2000).decode()
    )
    raise UnreadableFile(_breakdown(status))


def _breakdown(status: int) -> str:
    """In words for people: why the reading process ended, from its exit status."""
    if status == -signal.SIGXCPU:
        return _TOO_SLOW
    # The reader aborts when it is refused memory; the system may also kill it.
    if status in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV):
        return _TOO_MUCH_MEMORY
    return _DAMAGED


def _check_sheet(about: dict[str, Any], options: ReadOptions, limits: FileLimits) -> None:
    if about.get("error") == "no such sheet":
        raise UnreadableFile(
            f"The workbook has no sheet '{options.sheet}'. It has: {', '.join(about['sheets'])}."
        )
    if "error" in about:
        raise _empty(about)
    if about["columns"] > limits.columns:
        raise UnreadableFile(
            f"Sheet '{about['sheet']}' has {about['columns']:,} columns; at most "
            f"{limits.columns:,} are read. Delete the columns that hold no leads."
        )
    if about["last_row"] > limits.rows + 1:
        raise UnreadableFile(
            f"Sheet '{about['sheet']}' goes down to row {about['last_row']:,}; at most "
            f"{limits.rows:,} leads are read at once. Delete the rows below the table, or split it."
        )


def _empty(about: dict[str, Any]) -> UnreadableFile:
    sheets = ", ".join(about["sheets"])
    return UnreadableFile(
        f"No visible sheet with text was found in the workbook (sheets: {sheets}). "
        "Put the headings in the first row and a lead in each row below."
    )


def _rows(
    rows: Iterator[tuple[int, list[str]]], headings: tuple[str, ...], limits: FileLimits
) -> Iterator[Row]:
    for number, cells in rows:
        yield Row(number, tuple(cells), overlong_cell(cells, headings, limits.cell_characters))
