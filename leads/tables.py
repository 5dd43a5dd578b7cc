"""What a file of leads looks like once it is read: headings and rows of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

NO_ROWS = "The file has headings and no rows."
_HEADING_CHARACTERS = 100


class UnreadableFile(ValueError):
    """The file as a whole can't be taken. The message is for people: what, where, the way out."""


class Row(NamedTuple):
    """One row as text. `cells` is exactly as long as the headings, each cell stripped.

    `problem` is empty, or says why the cells can't be trusted to stand under their headings.
    """

    number: int  # as a person sees it in the sheet: the first line of the file is row 1
    cells: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read the file where the guess is wrong; None means: guess.

    `encoding` is one of `csv_files.ENCODINGS`, `delimiter` one of `csv_files.DELIMITERS`,
    `sheet` the name of a sheet of the workbook.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """An opened file. `rows` is read once, as it is consumed, and skips blank rows; it may
    raise `UnreadableFile` half-way (a quotation mark never closed, too many rows).

    `headings` are unique and never empty. `unnamed` are those that the file left blank and that
    are called after their column letter. `rows_expected` is an upper bound, for progress bars.
    """

    headings: tuple[str, ...]
    unnamed: frozenset[str]
    rows: Iterator[Row]
    rows_expected: int
    notes: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()


def name_columns(
    cells: list[str], *, first_column: int = 0
) -> tuple[tuple[str, ...], frozenset[str]]:
    """Headings made unique ("Naam (2)"), at most 100 characters long and never empty ("Column D");
    and those that the file left blank.

    `first_column` is the index in the sheet of the first cell, 0 for column A.
    """
    headings: list[str] = []
    unnamed: set[str] = set()
    for index, cell in enumerate(cells):
        plain = " ".join(cell.split())[:_HEADING_CHARACTERS].rstrip()
        heading = _unique(plain or f"Column {column_letters(first_column + index)}", headings)
        if not plain:
            unnamed.add(heading)
        headings.append(heading)
    return tuple(headings), frozenset(unnamed)


def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA: the way a spreadsheet names its columns."""
    letters = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters


def overlong_cell(cells: Sequence[str], headings: Sequence[str], longest: int) -> str:
    """Empty, or which cell has more than `longest` characters, as the problem of a row."""
    if len(max(cells, key=len)) <= longest:
        return ""
    column = next(
        heading for heading, cell in zip(headings, cells, strict=True) if len(cell) > longest
    )
    return f"Column '{column}' holds more than {longest:,} characters. Shorten it."


def _unique(heading: str, taken: list[str]) -> str:
    candidate, count = heading, 1
    while candidate in taken:
        count += 1
        candidate = f"{heading} ({count})"
    return candidate
