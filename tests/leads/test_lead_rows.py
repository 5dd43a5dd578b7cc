from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.api.lead_serializers import check_one_line
from leads.columns import map_columns
from leads.lead_rows import FIELD_LENGTHS, LeadRow, Remark, RowReader
from leads.models import Lead
from leads.tables import Row


def read(cells: dict[str, str], problem: str = "") -> LeadRow | Remark:
    headings = tuple(cells)
    reader = RowReader(headings, map_columns(headings))
    return reader(Row(7, tuple(cells.values()), problem))


def lead(cells: dict[str, str]) -> LeadRow:
    result = read({"E-mail": "info@zon.nl", **cells})
    assert isinstance(result, LeadRow)
    return result


def test_a_row_becomes_the_values_of_a_lead() -> None:
    row = {
        "E-mailadres": "Info@Zon.nl",
        "Bedrijfsnaam": "Hotel De Zon",
        "Website": "https://www.zon.nl/kamers",
        "Telefoon": "0301234567",
        "Notitie": "",
        "Labels": "hotel, kust;hotel",
        "Score": "87",
    }
    assert read(row) == LeadRow(
        number=7,
        email="info@zon.nl",
        company="Hotel De Zon",
        url="https://www.zon.nl/kamers",
        domain="zon.nl",
        vars={"telefoon": "0301234567"},
        tags=("hotel", "kust"),
        score=87,
    )


def test_a_bad_address_refuses_the_row_and_names_the_cell() -> None:
    assert read({"E-mail": "info@zon", "Plaats": "Urk"}) == Remark(
        7,
        "E-mail",
        "info@zon",
        "'info@zon' is not an e-mail address: The part after the @-sign is not valid. "
        "It should have a period.",
    )


def test_a_row_that_could_not_be_divided_over_its_columns_is_refused() -> None:
    assert read({"E-mail": "info@zon.nl"}, "too many cells") == Remark(7, "", "", "too many cells")


def test_a_text_that_does_not_fit_refuses_the_row() -> None:
    refused = read({"E-mail": "info@zon.nl", "Plaats": "x" * 101})
    assert isinstance(refused, Remark)
    assert refused.column == "Plaats"
    assert refused.reason == "The text has 101 characters; at most 100 fit. Shorten it."


@pytest.mark.parametrize(
    ("heading", "value", "reason"),
    [
        ("Website", "n.v.t.", "'n.v.t.' is not a web address"),
        ("Website", "https://zon.nl/" + "x" * 500, "at most 500 fit"),
        ("Score", "hoog", "'hoog' is not a whole number"),
        ("Score", "9999999999", "not a whole number"),
        ("Tags", "x" * 51, "more than 50 characters"),
        ("Naam", "x" * 101, "at most 100 fit"),
    ],
)
def test_a_cell_that_makes_no_sense_is_left_out_with_a_warning(
    heading: str, value: str, reason: str
) -> None:
    row = lead({heading: value})
    assert row._replace(warnings=()) == LeadRow(7, "info@zon.nl", {})
    (warning,) = row.warnings
    assert (warning.number, warning.column, warning.value) == (7, heading, value)
    assert reason in warning.reason


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Jan van der Berg", "Jan", "van der Berg"),
        ("van der Berg, Jan", "Jan", "van der Berg"),
        ("Jan", "Jan", ""),
    ],
)
def test_a_whole_name_is_divided(name: str, first: str, last: str) -> None:
    row = lead({"Naam": name})
    assert (row.first_name, row.last_name) == (first, last)


def test_no_line_break_gets_into_a_field_but_a_var_keeps_its_lines() -> None:
    row = lead({"Bedrijf": "Hotel\r\nBcc: x@y.nl\xa0BV", "Adres": "Kade 1\nUrk"})
    assert row.company == "Hotel Bcc: x@y.nl BV"
    assert row.vars == {"adres": "Kade 1\nUrk"}


@pytest.mark.parametrize("nothing", ["\u200b", "\xa0", "\u2060\n", " "])
def test_a_var_that_nobody_could_see_is_not_filled(nothing: str) -> None:
    assert lead({"Bedrijf": "Zon", "Kamers": nothing}).vars == {}


@pytest.mark.parametrize(("text", "score"), [("0", 0), ("-5", -5), ("87.0", 87), ("+3", 3)])
def test_a_score_is_a_whole_number(text: str, score: int) -> None:
    assert lead({"Score": text}).score == score


def test_what_is_checked_here_fits_the_model() -> None:
    lengths = {name: Lead._meta.get_field(name).max_length for name in FIELD_LENGTHS}
    assert lengths == FIELD_LENGTHS


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        ("Hotel \u202eZon", "Hotel Zon"),
        ("\ufeffHotel\u200b Zon", "Hotel Zon"),
        ("Hotel\xa0Zon", "Hotel Zon"),
        ("Hotel\x00\r\nZon", "Hotel Zon"),
        ("Hotel\u2028Zon\x85", "Hotel Zon"),
        ("\u202e", ""),
    ],
)
def test_a_line_holds_no_signs_that_the_api_would_refuse(cell: str, stored: str) -> None:
    row = lead({"Bedrijf": cell, "Naam": f"{cell}, Jan"})

    assert (row.company, row.last_name, row.first_name) == (stored, stored, "Jan")


def test_a_website_is_stored_without_invisible_signs() -> None:
    row = lead({"Website": "https://zon.nl/\u202elarge"})

    assert (row.url, row.domain, row.warnings) == ("https://zon.nl/large", "zon.nl", ())


@given(st.text())
def test_what_an_import_stores_the_api_would_take(text: str) -> None:
    check_one_line(lead({"Bedrijf": text[:200]}).company)
