from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest

from leads.file_limits import FileLimits
from leads.parsing import open_table
from leads.tables import ReadOptions, Row, UnreadableFile, column_letters
from tests.leads.files import workbook


def read(
    path: Path, limits: FileLimits | None = None, **options: str
) -> tuple[tuple[str, ...], list[Row]]:
    with open_table(path, ReadOptions(**options), limits or FileLimits()) as table:
        return table.headings, list(table.rows)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    return tmp_path / "leads.csv"


@pytest.fixture
def xlsx_file(tmp_path: Path) -> Path:
    return tmp_path / "leads.xlsx"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (31612345678.0, "31612345678"),
        (1.5e20, "150000000000000000000"),
        (1e-7, "0.0000001"),
        (2.50, "2.5"),
        ("0123", "0123"),
        ("NA", "NA"),
        ("null", "null"),
        (1.5, "1.5"),
        (-3, "-3"),
        (True, "TRUE"),
        (datetime.date(2026, 1, 31), "2026-01-31"),
        (datetime.datetime(2026, 1, 31, 8, 20), "2026-01-31T08:20:00"),  # noqa: DTZ001
        ("  Hotel De Zon\xa0", "Hotel De Zon"),
        (1e300, "1e+300"),
    ],
)
def test_a_workbook_gives_values_as_a_person_reads_them(
    xlsx_file: Path, value: object, text: str
) -> None:
    _, rows = read(workbook(xlsx_file, [["E-mail", "Waarde"], ["a@b.nl", value]]))
    assert rows == [Row(2, ("a@b.nl", text))]


def test_row_numbers_are_those_of_the_sheet_though_blank_rows_are_skipped(xlsx_file: Path) -> None:
    rows = [[], ["E-mail"], ["a@b.nl"], [" "], [], ["c@d.nl"]]
    headings, read_rows = read(workbook(xlsx_file, rows))
    assert headings == ("E-mail",)
    assert read_rows == [Row(3, ("a@b.nl",)), Row(6, ("c@d.nl",))]


def test_columns_without_a_heading_are_called_after_their_letter(xlsx_file: Path) -> None:
    path = workbook(xlsx_file, [[None, "E-mail", None, "E-mail"], [None, "a@b.nl", "x", "y"]])
    with open_table(path) as table:
        assert table.headings == ("E-mail", "Column C", "E-mail (2)")
        assert table.unnamed == {"Column C"}


def test_the_first_visible_sheet_with_cells_is_read(xlsx_file: Path) -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    hidden.title = "Codes"
    hidden.append(["code"])
    hidden.sheet_state = "hidden"
    book.create_sheet("Leeg")
    book.create_sheet("Adressen").append(["E-mail"])
    book.save(xlsx_file)
    with open_table(xlsx_file) as table:
        assert (table.sheet, table.headings) == ("Adressen", ("E-mail",))
        assert table.sheets == ("Codes", "Leeg", "Adressen")
    assert read(xlsx_file, sheet="Codes") == (("code",), [])


def test_a_sheet_that_is_not_there_is_answered_with_those_that_are(xlsx_file: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"no sheet 'Blad9'\. It has: Leads\."):
        read(workbook(xlsx_file, [["E-mail"]]), sheet="Blad9")


def test_leaving_a_workbook_half_read_ends_its_process(xlsx_file: Path) -> None:
    many = [["E-mail"], *[[f"a{i}@b.nl"] for i in range(20_000)]]
    with open_table(workbook(xlsx_file, many)) as table:
        assert next(table.rows) == Row(2, ("a0@b.nl",))
        assert table.rows_expected == 20_000


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16"),
    ],
)
def test_the_encoding_of_a_csv_is_found(csv_file: Path, encoding: str, found: str) -> None:
    write(csv_file, "E-mail;Plaats\r\na@b.nl;Curaçao – “één”\r\n", encoding)
    with open_table(csv_file) as table:
        assert (table.encoding, table.headings) == (found, ("E-mail", "Plaats"))
        assert list(table.rows) == [Row(2, ("a@b.nl", "Curaçao – “één”"))]
        assert bool(table.notes) == (found == "cp1252")


def test_a_chosen_encoding_goes_before_the_guess(csv_file: Path) -> None:
    write(csv_file, "E-mail;Plaats\na@b.nl;Genève\n", "cp850")
    assert read(csv_file, encoding="cp850")[1] == [Row(2, ("a@b.nl", "Genève"))]


def test_an_encoding_that_does_not_fit_or_exist_is_refused(csv_file: Path) -> None:
    write(csv_file, "E-mail;Plaats\na@b.nl;Genève\n", "cp1252")
    with pytest.raises(UnreadableFile, match="can't be read as utf-8"):
        read(csv_file, encoding="utf-8")
    with pytest.raises(UnreadableFile, match="'rot13' is no encoding"):
        read(csv_file, encoding="rot13")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(csv_file: Path, delimiter: str) -> None:
    lines = [["E-mail", "Bedrijf"], ["a@b.nl", "Zon"], ["c@d.nl", "Zee"]]
    write(csv_file, "\n".join(map(delimiter.join, lines)))
    with open_table(csv_file) as table:
        assert table.delimiter == delimiter
        assert [row.cells for row in table.rows] == [("a@b.nl", "Zon"), ("c@d.nl", "Zee")]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("email\ninfo@zon.nl\ninfo@zee.nl\n", ("info@zon.nl",)),  # one column
        ("E-mail;Bedrijf\na@b.nl;Zon, Zee, Strand\n", ("a@b.nl", "Zon, Zee, Strand")),
        ("sep=;\nE-mail;Bedrijf\na@b.nl;Zon\n", ("a@b.nl", "Zon")),
        ('"E-mail","Bedrijf"\n"a@b.nl","Zon, ""Zee"""\n', ("a@b.nl", 'Zon, "Zee"')),
        ('E-mail, Bedrijf\na@b.nl, "Zon, Zee"\n', ("a@b.nl", "Zon, Zee")),
        ("E-mail;Bedrijf\na@b.nl\n", ("a@b.nl", "")),
        ("E-mail;Bedrijf\ra@b.nl;Zon\r", ("a@b.nl", "Zon")),
        ("E-mail;Id\na@b.nl;0123\n", ("a@b.nl", "0123")),
        ("E-mail;Id\na@b.nl;NA\n", ("a@b.nl", "NA")),
        ("E-mail;Tel\na@b.nl;'+31612345678\n", ("a@b.nl", "+31612345678")),
    ],
)
def test_a_csv_gives_its_first_lead(csv_file: Path, text: str, cells: tuple[str, ...]) -> None:
    assert read(write(csv_file, text))[1][0].cells == cells


def test_csv_rows_are_numbered_as_a_spreadsheet_shows_them(csv_file: Path) -> None:
    write(csv_file, '\nE-mail;Notitie\na@b.nl;"twee\nregels"\n\n;\nc@d.nl;x\n')
    assert read(csv_file)[1] == [Row(3, ("a@b.nl", "twee\nregels")), Row(6, ("c@d.nl", "x"))]


def test_numbering_goes_on_over_chunks(csv_file: Path) -> None:
    write(csv_file, "email\n" + "".join(f"a{i}@b.nl\n" for i in range(12_000)))
    rows = read(csv_file)[1]
    assert (len(rows), rows[-1]) == (12_000, Row(12_001, ("a11999@b.nl",)))


def test_a_csv_row_with_too_many_cells_says_so_and_the_others_are_read(csv_file: Path) -> None:
    write(csv_file, "E-mail;Bedrijf\na@b.nl;Zon;Zee\nc@d.nl;Zee;\n")
    first, second = read(csv_file)[1]
    assert "more cells than the 2 headings" in first.problem
    assert second == Row(3, ("c@d.nl", "Zee"))


def test_odd_rows_in_the_midst_of_a_long_csv_keep_to_themselves(csv_file: Path) -> None:
    odd = [
        "c@d.nl;'s-Hertogenbosch;'=1+1",  # of the two, one apostrophe is for spreadsheets
        "e@f.nl;Zon;x; ;surplus",
        "; ; ",
        ";;;surplus",
        "g@h.nl; Zee\u00a0;y; ;  ",
        "i@j.nl",
    ]
    usual = "a@b.nl;Ede;1\n" * 6_000
    write(csv_file, "E-mail;Plaats;Code\n" + usual + "\n".join(odd) + "\n" + usual)

    rows = read(csv_file)[1]

    found = [row for row in rows if row.cells != ("a@b.nl", "Ede", "1") or row.problem]
    assert [(row.number, row.cells) for row in found] == [
        (6002, ("c@d.nl", "'s-Hertogenbosch", "=1+1")),
        (6003, ("e@f.nl", "Zon", "x")),
        (6005, ("", "", "")),
        (6006, ("g@h.nl", "Zee", "y")),
        (6007, ("i@j.nl", "", "")),
    ]
    assert [row.number for row in found if "more cells than the 3" in row.problem] == [6003, 6005]
    assert (len(rows), rows[-1].number) == (12_005, 12_007)


@pytest.mark.parametrize("before", [1, 12_000])
def test_a_quotation_mark_that_is_never_closed_is_named_with_its_row(
    csv_file: Path, before: int
) -> None:
    write(csv_file, "E-mail;Bedrijf\n" + "a@b.nl;Zon\n" * before + 'c@d.nl;"Zee\ne@f.nl;Meer\n')
    with pytest.raises(UnreadableFile, match=f"opens in row {before + 2} is never closed"):
        read(csv_file)


def test_a_row_of_far_too_many_cells_is_named_with_its_number(csv_file: Path) -> None:
    write(csv_file, "E-mail;Bedrijf\n" + "a@b.nl;Zon\n" * 12_000 + "a@b.nl" + ";x" * 40)
    with pytest.raises(UnreadableFile, match="Row 12002 has 41 cells"):
        read(csv_file)


def test_a_file_without_text_is_refused(csv_file: Path) -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        read(write(csv_file, ""))
    with pytest.raises(UnreadableFile, match="No headings"):
        read(write(csv_file, "\n ; \n"))


def test_a_file_of_headings_alone_has_no_rows(csv_file: Path, xlsx_file: Path) -> None:
    assert read(write(csv_file, "E-mail;Bedrijf")) == (("E-mail", "Bedrijf"), [])
    assert read(workbook(xlsx_file, [["E-mail"]])) == (("E-mail",), [])


def test_columns_are_lettered_like_a_spreadsheet() -> None:
    assert [column_letters(i) for i in (0, 25, 26, 701, 702, 16_383)] == [
        "A", "Z", "AA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip
