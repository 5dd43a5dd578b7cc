"""The table in the documents comes out of a stored run."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.measurement import Bound, Measurement
from benchmarks.report import DOCUMENT, Report, write_into_document

SLOW = Measurement("import", "CSV", 4.5, "COPY", 2.0, 2.25, Bound(at_most=2.0), 180.0, "10 rows")
FAST = Measurement("audience", "", 1.0, "SQL", 1.0, 1.0, Bound(at_most=1.5), 150.0)
MARKED = "Before.\n<!-- table: begin -->\nold\n<!-- table: end -->\nAfter.\n"


def report(*, quick: bool = False) -> Report:
    return Report("2026-06-01", "2 cores", quick, (SLOW, FAST))


def test_what_misses_its_bound_is_named() -> None:
    assert report().missed == [SLOW]
    assert report(quick=True).missed == []


def test_a_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "new" / "bench.json"
    report().write(path)
    assert Report.read(path) == report()


def test_the_table_replaces_the_one_that_was_there(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(MARKED)
    for _ in range(2):
        write_into_document([report()], document)
    text = document.read_text()
    assert text.startswith("Before.\n") and text.endswith("After.\n") and "old" not in text
    assert text.count("| import CSV | 4.5 | COPY | 2 | 2.25× | at most 2× | 180 | 10 rows |") == 1


def test_a_quick_run_or_a_document_without_a_place_is_refused(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(MARKED)
    with pytest.raises(ValueError, match="quick run"):
        write_into_document([report(quick=True)], document)
    document.write_text("No marks.")
    with pytest.raises(ValueError, match="no place"):
        write_into_document([report()], document)
    assert document.read_text() == "No marks."


def test_the_document_has_a_place() -> None:
    assert "<!-- table: begin -->" in DOCUMENT.read_text()
