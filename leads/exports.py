"""CSV files that people open in a spreadsheet, without anything in them being run there."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

# A spreadsheet takes a cell that begins with one of these for a formula, or for the start of
# one after it has dropped the blank (OWASP ASVS 5.0 §1.2.10).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\x00")


def write_csv(
    out: TextIO,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    delimiter: str = ";",
) -> int:
    """Write a heading row and `rows` to `out`; answer the number of rows.

    `out` must have been opened with `newline=""` and, for a file, `encoding="utf-8-sig"`: by
    the byte order mark Excel knows that it is UTF-8. A Dutch Excel splits columns at ";".
    """
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(map(neutralised, headings))
    count = 0
    for row in rows:
        writer.writerow(map(neutralised, row))
        count += 1
    return count


def neutralised(value: object) -> str:
    """The text of a cell; with an apostrophe in front where it could be run as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def restored(text: str) -> str:
    """The inverse of `neutralised`, so that a mended error file can be imported as it is."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA_STARTS) else text
