"""CSV and other delimited text → table: encoding and delimiter guessed, values left alone."""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from leads.exports import restored
from leads.file_limits import FileLimits
from leads.tables import (
    ReadOptions,
    Row,
    Table,
    UnreadableFile,
    name_columns,
    overlong_cell,
)

# What a person can choose: what Excel, Dutch systems and older Macs write.
ENCODINGS = (
    "utf-8",
    "utf-16",
    "cp1252",
    "iso-8859-1",
    "iso-8859-15",
    "cp1250",
    "cp850",
    "mac-roman",
)
DELIMITERS = (",", ";", "\t", "|")

_CHUNK_ROWS = 5_000
_BLOCK_CHARACTERS = 1_048_576
# The sniffer's patterns take time in the square of the sample: 4,096 characters cost
# milliseconds whatever stands in them, and hold some twenty leads.
_SAMPLE_CHARACTERS = 4_096
_HEAD_CHARACTERS = 262_144
# Cells past the headings that are still looked at, so that a row with too many is refused by
# its number. A row with more than this many too many ends the reading.
_SPARE_COLUMNS = 20


@contextmanager
def open_csv(path: Path, options: ReadOptions, limits: FileLimits) -> Iterator[Table]:
    """The table of a delimited text file; its first row with text holds the headings.

    Raises UnreadableFile, also while the rows are read.
    """
    encoding = _encoding(path, options.encoding)
    lines = _check_text(path, encoding, limits)
    with path.open(encoding=encoding, newline="") as text:
        sample = text.read(_SAMPLE_CHARACTERS)
        delimiter = _delimiter(sample, options.delimiter)
        heading_row, cells = _find_headings(text, delimiter, limits)
        headings, unnamed = name_columns(cells)
        text.seek(0)
        yield Table(
            headings=headings,
            unnamed=unnamed,
            rows=_rows(text, delimiter, headings, heading_row, limits),
            rows_expected=max(lines - heading_row, 0),
            notes=_notes(encoding, options.encoding),
            encoding=encoding.removesuffix("-sig"),
            delimiter=delimiter,
        )


def _encoding(path: Path, wanted: str | None) -> str:
    """The encoding to open the file with: as chosen, by its byte order mark, or the first of
    UTF-8 and Windows-1252 that fits. (Statistical guessers call Dutch text cp1250.)"""
    if wanted is not None and wanted not in ENCODINGS:
        raise UnreadableFile(
            f"'{wanted}' is no encoding that is known here. Choose from: {', '.join(ENCODINGS)}."
        )
    with path.open("rb") as file:
        start = file.read(3)
    if start.startswith(BOM_UTF8) and wanted in (None, "utf-8"):
        return "utf-8-sig"
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) and wanted is None:
        return "utf-16"
    if wanted is not None:
        return wanted
    return "utf-8" if _fits(path, "utf-8") else "cp1252"


def _fits(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as text:
            while text.read(_BLOCK_CHARACTERS):
                pass
    except UnicodeError:
        return False
    return True


def _check_text(path: Path, encoding: str, limits: FileLimits) -> int:
    """The number of lines; UnreadableFile unless the whole file is sane text in `encoding`."""
    number = 0
    try:
        with path.open(encoding=encoding, newline="") as text:
            for number, line in enumerate(text, start=1):
                _check_line(number, line, limits)
    except UnicodeError as error:
        raise UnreadableFile(
            f"The file can't be read as {encoding.removesuffix('-sig')}. Save the sheet as "
            f"'CSV UTF-8', or choose its encoding: {', '.join(ENCODINGS)}."
        ) from error
    return number


def _check_line(number: int, line: str, limits: FileLimits) -> None:
    if "\x00" in line:
        raise UnreadableFile(
            f"Line {number} is not plain text (it holds a NUL character). Save the sheet as "
            "'CSV UTF-8' or as .xlsx and upload that file."
        )
    if len(line) > limits.line_characters:
        raise UnreadableFile(
            f"Line {number} has {len(line):,} characters; at most {limits.line_characters:,} "
            "are read. Is this a list of leads with one line for each?"
        )


def _notes(encoding: str, wanted: str | None) -> tuple[str, ...]:
    if encoding != "cp1252" or wanted is not None:
        return ()
    return (
        "The file is not UTF-8 and was read as Windows-1252 (cp1252). If letters with accents "
        "look wrong, choose another encoding.",
    )


def _delimiter(sample: str, wanted: str | None) -> str:
    if wanted is not None:
        if wanted not in DELIMITERS:
            raise UnreadableFile(
                f"'{wanted}' is no delimiter that is known here. Choose a comma, a semicolon, "
                "a tab or a vertical bar."
            )
        return wanted
    if declared := re.match(r"sep=([,;\t|])\r?\n", sample):  # written by and for Excel
        return declared[1]
    lines = sample.splitlines()
    headings = next((line for line in lines if line.strip()), "")
    if len(sample) == _SAMPLE_CHARACTERS and len(lines) > 1:
        lines.pop()  # cut off in the middle
    try:
        found = csv.Sniffer().sniff("\n".join(lines), delimiters="".join(DELIMITERS)).delimiter
    except csv.Error:
        found = ""
    if found and found in headings:
        return found
    # One column, or too irregular to tell: then the headings decide.
    return max(DELIMITERS, key=headings.count)


def _find_headings(text: TextIO, delimiter: str, limits: FileLimits) -> tuple[int, list[str]]:
    """Row number and cells of the first row with text, looked for in the head of the file."""
    text.seek(0)
    head = io.StringIO(text.read(_HEAD_CHARACTERS), newline="")
    try:
        for number, cells in enumerate(
            csv.reader(head, delimiter=delimiter, skipinitialspace=True), start=1
        ):
            if len(cells) > limits.columns:
                raise UnreadableFile(
                    f"Row {number} has {len(cells):,} columns; at most {limits.columns:,} are "
                    "read. Delete the columns that hold no leads, or choose the delimiter."
                )
            if any(cell.strip() for cell in cells) and cells[0] != "sep=":
                return number, cells
    except csv.Error as error:
        raise UnreadableFile(
            "The headings can't be read: a quotation mark in the first row is never closed, or "
            "a cell is too long. Save the sheet as 'CSV UTF-8' or .xlsx and upload that file."
        ) from error
    raise UnreadableFile(
        "No headings were found at the start of the file. Put them in the first row, and a lead "
        "in each row below."
    )


def _rows(
    text: TextIO,
    delimiter: str,
    headings: tuple[str, ...],
    heading_row: int,
    limits: FileLimits,
) -> Iterator[Row]:
    width = len(headings)
    number = 0
    for chunk in _chunks(text, delimiter, width + _SPARE_COLUMNS):
        # By columns: to go through a million cells one by one takes longer than to read them.
        columns = [chunk[index].tolist() for index in range(width + _SPARE_COLUMNS)]
        too_wide = _rows_with_text(columns[width:])
        for place, cells in enumerate(zip(*map(_stripped, columns[:width]), strict=True)):
            number += 1
            if number <= heading_row or not (any(cells) or place in too_wide):
                continue
            if number > heading_row + limits.rows:
                raise UnreadableFile(
                    f"The file has more than {limits.rows:,} rows, which is the most that is "
                    "read at once. Split it into several files."
                )
            problem = overlong_cell(cells, headings, limits.cell_characters)
            if place in too_wide:
                problem = _too_many_cells(width, delimiter)
            yield Row(number, cells, problem)


def _stripped(cells: list[str]) -> list[str]:
    if "'" in "".join(cells):  # it may be there for spreadsheets
        cells = [restored(cell) for cell in cells]
    return [cell.strip() for cell in cells]


def _rows_with_text(columns: list[list[str]]) -> set[int]:
    """The places of rows that have text in one of `columns`; mostly there are none."""
    return {
        place
        for column in columns
        if "".join(column).strip()
        for place, cell in enumerate(column)
        if cell.strip()
    }


def _chunks(text: TextIO, delimiter: str, columns: int) -> Iterator[pd.DataFrame]:
    """The whole file in frames of text: "NA", "0123" and blank lines stay what they are."""
    options: dict[str, Any] = {
        "header": None,
        "names": range(columns),
        "index_col": False,
        "dtype": str,
        "keep_default_na": False,
        "na_filter": False,
        "skip_blank_lines": False,
        "skipinitialspace": True,  # in `a, "b, c"` the quotation marks still count
    }
    try:
        yield from pd.read_csv(text, sep=delimiter, chunksize=_CHUNK_ROWS, **options)
    except pd.errors.EmptyDataError:
        return
    except pd.errors.ParserError as error:
        raise UnreadableFile(_parser_problem(str(error))) from error


def _parser_problem(message: str) -> str:
    """pandas' message in words for people. Its "row" counts from 0, its "line" from 1."""
    if unclosed := re.search(r"EOF inside string starting at row (\d+)", message):
        return (
            f"A quotation mark that opens in row {int(unclosed[1]) + 1} is never closed. Close it, "
            "or save the sheet as .xlsx, and upload the file again."
        )
    if wide := re.search(r"in line (\d+), saw (\d+)", message):
        return (
            f"Row {wide[1]} has {int(wide[2]):,} cells, far more than there are headings. Put "
            "values that contain the delimiter in quotation marks, or choose the delimiter."
        )
    return "The rows can't be read. Save the sheet as 'CSV UTF-8' or .xlsx and upload that file."


def _too_many_cells(width: int, delimiter: str) -> str:
    return (
        f"There are more cells than the {width} headings, so it is not certain which value is "
        f"which. Put values that contain '{delimiter}' in quotation marks."
    )
