"""The shipped file of leads is the one that its script makes, and holds what it promises."""

from __future__ import annotations

from collections import Counter

from leads.addresses import InvalidAddress, normalised_address
from leads.columns import map_columns
from leads.parsing import open_table
from mailsuite.demo.make_leads import HEADINGS, LEADS_FILE, ROWS, make_rows


def shipped() -> list[tuple[str, ...]]:
    with open_table(LEADS_FILE) as table:
        assert tuple(table.headings) == HEADINGS
        return [tuple(row.cells) for row in table.rows]


def test_the_shipped_file_is_what_the_script_makes():
    made = [tuple(str(row[name]).strip() for name in HEADINGS) for row in make_rows()]
    assert [tuple(map(str.strip, row)) for row in shipped()] == made


def test_the_file_has_2100_rows_with_what_real_files_have():
    column = HEADINGS.index("E-mailadres")
    cells = [row[column] for row in shipped()]
    found: Counter[str] = Counter()
    for cell in cells:
        try:
            found[normalised_address(cell)] += 1
        except InvalidAddress:
            found[""] += 1
    bad = found.pop("")
    assert len(cells) == ROWS == 2100
    assert bad > 20
    assert sum(count - 1 for count in found.values()) > 20
    assert all(address.endswith(".example") for address in found)
    assert any(cell != cell.lower() for cell in cells)


def test_the_headings_are_guessed_and_the_rest_becomes_variables():
    targets = map_columns(HEADINGS).targets
    assert targets["E-mailadres"] == "email"
    assert targets["Bedrijfsnaam"] == "company"
    assert targets["Website"] == "url"
    assert targets["Aantal kamers"] == "vars.aantal_kamers"
    assert targets["Provincie"] == "vars.provincie"
