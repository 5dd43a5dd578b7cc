"""Files that are too large, hostile, or not what they say: each a clear refusal, no crash."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from leads.file_limits import FileLimits
from leads.parsing import open_table
from leads.tables import ReadOptions, Row, UnreadableFile
from tests.leads.files import archive, inline, raw_workbook, workbook

LIMITS = FileLimits()
SMALL = FileLimits(rows=3, columns=4, cell_characters=10)


def read(path: Path, limits: FileLimits = LIMITS) -> list[Row]:
    with open_table(path, ReadOptions(), limits) as table:
        return list(table.rows)


def assert_refused(path: Path, reason: str, limits: FileLimits = LIMITS) -> None:
    with pytest.raises(UnreadableFile, match=re.escape(reason)):
        read(path, limits)


def test_a_lone_cell_in_the_last_row_and_column_does_not_abort_the_reader(tmp_path: Path) -> None:
    row, last = inline("A1", "E-mail"), inline("XFD1048576", "x")
    data = f'<row r="1">{row}</row><row r="1048576">{last}</row>'
    path = raw_workbook(tmp_path / "sparse.xlsx", data)
    assert path.stat().st_size < 3000
    assert_refused(path, "takes more memory than is allowed")


def test_one_long_text_used_by_a_million_cells_is_refused(tmp_path: Path) -> None:
    cells = '<c t="s"><v>0</v></c>' * 100
    path = raw_workbook(tmp_path / "amplified.xlsx", f"<row>{cells}</row>" * 400, ["x" * 30_000])
    assert_refused(path, "takes more memory than is allowed")


def test_a_sheet_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    # Empty cells take no memory, only time.
    path = raw_workbook(tmp_path / "slow.xlsx", f"<row>{'<c/>' * 20_000_000}</row>")
    limits = replace(LIMITS, processor_seconds=1, compression_ratio=10_000)
    assert_refused(path, "takes too long", limits)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = archive(
        tmp_path / "bomb.xlsx",
        {
            "[Content_Types].xml": "x",
            "xl/workbook.xml": "x",
            "xl/worksheets/a.xml": "0" * 5_000_000,
        },
    )
    assert_refused(bomb, "more than 100 times its size")
    assert_refused(bomb, "unpacks to 4.8 MB", replace(LIMITS, unpacked_bytes=4_000_000))


def test_an_archive_of_too_many_parts_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "many.xlsx", {f"xl/{i}.xml": "" for i in range(11)})
    assert_refused(path, "consists of 11 parts", replace(LIMITS, archive_members=10))


def test_a_bomb_of_entities_is_not_expanded(tmp_path: Path) -> None:
    path = raw_workbook(
        tmp_path / "laughs.xlsx", "<row><c t='inlineStr'><is><t>&b;</t></is></c></row>"
    )
    content = "".join(f'<!ENTITY b{i} "{f"&b{i - 1};" * 10}">' for i in range(1, 12))
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<!DOCTYPE w [<!ENTITY b0 "x">{content}]><workbook>&b11;</workbook>',
    }
    archive(path, parts)
    assert_refused(path, "damaged")


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_text("email\n" + "a@b.nl\n" * 100)
    assert_refused(path, "at most 0.0 MB is read", replace(LIMITS, file_bytes=100))


@pytest.mark.parametrize("name", ["leads.csv", "leads.xlsx"])
@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([["email"], *[["a@b.nl"]] * 4], "3"),
        ([["email", "b", "c", "d", "e"]], "5 columns; at most 4"),
    ],
)
def test_too_many_rows_or_columns_are_refused(
    tmp_path: Path, name: str, rows: list[list[str]], reason: str
) -> None:
    assert_refused(_file(tmp_path / name, rows), reason, SMALL)


@pytest.mark.parametrize("name", ["leads.csv", "leads.xlsx"])
def test_as_many_rows_and_columns_as_are_allowed_are_read(tmp_path: Path, name: str) -> None:
    rows = [["email", "b", "c", "d"], *[["a@b.nl", "x", "y", "0123456789"]] * 3]
    assert len(read(_file(tmp_path / name, rows), SMALL)) == 3


@pytest.mark.parametrize("name", ["leads.csv", "leads.xlsx"])
def test_a_cell_that_is_too_long_is_the_problem_of_its_row_only(tmp_path: Path, name: str) -> None:
    rows = [["email", "Naam"], ["a@b.nl", "x" * 11], ["c@d.nl", "x" * 10]]
    first, second = read(_file(tmp_path / name, rows), SMALL)
    assert first.problem == "Column 'Naam' holds more than 10 characters. Shorten it."
    assert second.problem == ""


def test_a_line_of_commas_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "commas.csv"
    path.write_text("email,naam\n" + "," * 2_000_000)
    assert_refused(path, "Line 2 has 2,000,000 characters")
    path.write_text("email,naam\n" + "," * 900_000)
    assert_refused(path, "Row 2 has 900,001 cells")
    path.write_text("," * 900_000 + "\na@b.nl\n")
    assert_refused(path, "columns; at most 200")


def test_a_sample_full_of_quotation_marks_does_not_keep_the_sniffer_busy(tmp_path: Path) -> None:
    path = tmp_path / "quotes.csv"
    path.write_text("email;naam\n" + ";'" * 400_000)
    assert_refused(path, "Row 2 has 400,001 cells")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel workbook (.xls)"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "has a password",
        ),
        (b"<html><table><tr><td>E-mail</td></tr></table></html>", "web page"),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?><Workbook/>", "web page or XML"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"PK\x03\x04 cut off", "damaged or incomplete"),
        (b"email\n\x00\x01\x02", "NUL character"),
    ],
)
@pytest.mark.parametrize("name", ["leads.xlsx", "leads.csv"])
def test_what_is_no_workbook_is_told_so_whatever_its_name(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert_refused(path, reason)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"[Content_Types].xml": "", "xl/workbook.bin": ""}, ".xlsb"),
        ({"mimetype": "", "content.xml": ""}, ".ods"),
        ({"[Content_Types].xml": "", "word/document.xml": ""}, "not an Excel workbook"),
        ({"[Content_Types].xml": "", "xl/workbook.xml": "<"}, "damaged"),
    ],
)
def test_archives_that_are_no_xlsx_are_told_so(
    tmp_path: Path, parts: dict[str, str], reason: str
) -> None:
    assert_refused(archive(tmp_path / "leads.xlsx", parts), reason)


def test_a_workbook_of_another_name_is_still_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "leads.csv", [["email"], ["a@b.nl"]])
    assert read(path) == [Row(2, ("a@b.nl",))]


def _file(path: Path, rows: list[list[str]]) -> Path:
    if path.suffix == ".xlsx":
        return workbook(path, rows)
    path.write_text("\n".join(";".join(row) for row in rows))
    return path
