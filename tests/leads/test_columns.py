from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.columns import ColumnMapping, MappingError, map_columns
from leads.tables import name_columns


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("E-mailadres", "email"), ("Emailadres", "email"), ("E-MAIL", "email"),
        ("Bedrijf", "company"), ("Bedrijfsnaam", "company"), ("Organisatie", "company"),
        ("Company Name", "company"),
        ("Voornaam", "first_name"), ("First name", "first_name"),
        ("Achternaam", "last_name"), ("Contactpersoon", "full_name"), ("Naam", "full_name"),
        ("Functie", "title"), ("Job title", "title"),
        ("Website", "url"), ("URL", "url"), ("Plaats", "city"), ("Stad", "city"),
        ("Land", "country"), ("Country", "country"), ("image_key", "image_key"),
        ("Labels", "tags"), ("Tier", "tier"), ("Fase", "stage"), ("Bron", "source"),
        ("Score", "score"),
        ("Telefoon", "vars.telefoon"), ("Aantal kamers", "vars.aantal_kamers"),
        ("hotel_name", "vars.hotel_name"), ("Omzet (€) 2025", "vars.omzet_2025"),
    ],
)  # fmt: skip
def test_headings_are_known_in_dutch_and_english(heading: str, target: str) -> None:
    columns = [heading] if target == "email" else ["email", heading]
    assert map_columns(columns).targets[heading] == target


def test_a_second_column_for_a_field_becomes_a_var_and_is_reported() -> None:
    mapping = map_columns(["Mail", "E-mailadres", "Website", "URL"])
    assert mapping.targets == {
        "Mail": "vars.mail",
        "E-mailadres": "email",
        "Website": "url",
        "URL": "vars.url_2",
    }
    assert mapping.notes == (
        "'Mail' looks like email, which has its column; kept as vars.mail.",
        "'URL' looks like url, which has its column; kept as vars.url_2.",
    )


def test_vars_that_would_share_a_name_are_told_apart_and_reported() -> None:
    mapping = map_columns(["email", "Aantal kamers", "aantal-kamers"])
    assert mapping.targets["aantal-kamers"] == "vars.aantal_kamers_2"
    assert mapping.notes == (
        "'aantal-kamers' is kept as vars.aantal_kamers_2, as the name vars.aantal_kamers is taken.",
    )


def test_a_heading_that_names_its_var_goes_there_before_any_guess() -> None:
    mapping = map_columns(["email", "Kamers", "vars.Kamers", "vars.company", "vars.a b"])
    assert mapping.targets == {
        "email": "email",
        "Kamers": "vars.kamers_2",
        "vars.Kamers": "vars.kamers",
        "vars.company": "vars.company",
        "vars.a b": "vars.vars_a_b",
    }
    assert mapping.notes == (
        "'Kamers' is kept as vars.kamers_2, as the name vars.kamers is taken.",
    )


def test_a_correction_counts_more_than_a_heading_that_names_a_var() -> None:
    mapping = map_columns(["email", "vars.kamers", "X"], corrections={"X": "vars.kamers"})
    assert mapping.targets["vars.kamers"] == "vars.vars_kamers"


def test_a_var_does_not_take_the_name_of_a_method_of_dict() -> None:
    assert map_columns(["email", "Items"]).targets["Items"] == "vars.items_2"


@pytest.mark.parametrize(
    ("headings", "targets"),
    [
        (["Naam", "Contactpersoon"], ["vars.naam", "full_name"]),
        (["Voornaam", "Naam"], ["first_name", "last_name"]),
        (["Voornaam", "Achternaam", "Naam"], ["first_name", "last_name", "vars.naam"]),
    ],
)
def test_what_naam_is_depends_on_its_neighbours(headings: list[str], targets: list[str]) -> None:
    mapping = map_columns([*headings, "email"])
    assert list(mapping.targets.values()) == [*targets, "email"]


def test_a_column_without_a_heading_is_left_out_and_reported() -> None:
    mapping = map_columns(["email", "Column B"], {"Column B"})
    assert mapping.targets["Column B"] == ""
    assert mapping.notes == (
        "Column B has no heading and is left out; give it one, or choose where it goes.",
    )


def test_corrections_go_before_the_guess() -> None:
    corrections = {"Zakelijk": "email", "Telefoon": "vars.tel", "Intern": ""}
    mapping = map_columns(["E-mail", "Zakelijk", "Telefoon", "Intern"], corrections=corrections)
    assert mapping.targets == {
        "E-mail": "vars.e_mail",
        "Zakelijk": "email",
        "Telefoon": "vars.tel",
        "Intern": "",
    }


@pytest.mark.parametrize(
    ("corrections", "reason"),
    [
        ({"Fax": "city"}, r"no column 'Fax'. It has: E-mail, Plaats"),
        ({"Plaats": "status"}, r"'Plaats' can't go to 'status'. Choose one of email, "),
        ({"Plaats": "vars."}, r"can't go to 'vars\.'"),
        ({"Plaats": "vars.Aantal"}, r"can't go to 'vars\.Aantal'"),
        ({"Plaats": "vars.items"}, r"can't go to 'vars\.items'"),
        ({"Plaats": "email", "E-mail": "email"}, r"'E-mail' and 'Plaats' both go to email"),
        ({"E-mail": ""}, r"No column is known to hold the e-mail addresses"),
    ],
)
def test_a_mapping_that_can_not_be_is_refused(corrections: dict[str, str], reason: str) -> None:
    with pytest.raises(MappingError, match=reason):
        map_columns(["E-mail", "Plaats"], corrections=corrections)


def test_a_file_without_headings_is_told_so() -> None:
    with pytest.raises(MappingError, match="where headings should stand"):
        map_columns(["info@zon.nl", "Hotel De Zon"])


def test_a_long_heading_that_begins_with_a_number_is_kept() -> None:
    mapping = map_columns(["email", "2e " + "x" * 60])
    assert mapping.targets["2e " + "x" * 60] == "vars.column_2e_" + "x" * 35


@given(st.lists(st.text(max_size=60) | st.sampled_from(["Naam", "URL", "keys", "a b", "a-b"])))
def test_any_headings_give_a_mapping_that_holds(cells: list[str]) -> None:
    headings, unnamed = name_columns(["E-mail", *cells])
    mapping = map_columns(headings, unnamed)
    assert tuple(mapping.targets) == headings
    assert mapping == ColumnMapping(mapping.targets, mapping.notes)
    used = [target for target in mapping.targets.values() if target]
    assert len(set(used)) == len(used)
    for target in used:
        if target.startswith("vars."):
            assert re.fullmatch(r"[a-z_][a-z0-9_]{0,49}", target[5:])
