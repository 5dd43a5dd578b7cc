from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.exports import neutralised, restored, write_csv


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\x00"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert neutralised(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    ("value", "text"),
    [("Hotel = Zon", "Hotel = Zon"), (None, ""), (12, "12"), (-12, "'-12"), ("'s Zon", "'s Zon")],
)
def test_other_cells_stay_as_they_are(value: object, text: str) -> None:
    assert neutralised(value) == text


@given(st.text())
def test_no_cell_starts_as_a_formula_and_each_can_be_had_back(text: str) -> None:
    safe = neutralised(text)
    assert safe[:1] not in ("=", "+", "-", "@", "\t", "\r", "\x00")
    if not (text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r", "\x00")):
        assert restored(safe) == text


def test_rows_are_written_with_headings_and_counted() -> None:
    out = io.StringIO(newline="")
    count = write_csv(out, ["rij", "=reden"], [(2, "a;b"), (3, '"x"\ny')])
    assert count == 2
    out.seek(0)
    assert list(csv.reader(out, delimiter=";")) == [
        ["rij", "'=reden"],
        ["2", "a;b"],
        ["3", '"x"\ny'],
    ]
