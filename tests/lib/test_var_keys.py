import pytest

from mailsuite.lib.var_keys import free_key, is_var_key, var_key, why_no_key


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("Aantal kamers (totaal)", "aantal_kamers_totaal"),
        ("Één & twee", "een_twee"),
        ("2e contact", "column_2e_contact"),
        ("???", "column"),
        ("2" + "x" * 60, "column_2" + "x" * 37),
    ],
)
def test_the_name_of_a_var_can_be_written_in_a_template(heading: str, key: str) -> None:
    assert var_key(heading) == key
    assert is_var_key(key)


def test_a_key_that_is_taken_or_can_be_none_is_numbered() -> None:
    assert free_key("Aantal kamers", {"aantal_kamers"}) == "aantal_kamers_2"
    assert free_key("Items") == "items_2"


@pytest.mark.parametrize(
    "key", ["Kamers", "aantal kamers", "2e", "items", "__class__", "", "x" * 51]
)
def test_what_no_lead_can_have_a_value_for_is_no_key(key: str) -> None:
    assert not is_var_key(key)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Aantal kamers", "aantal_kamers"),
        ("vars.Kamers", "kamers"),
        ("items", "items_2"),
        ("x" * 200, "x" * 45),
    ],
)
def test_who_gives_a_heading_is_told_its_key(name: str, meant: str) -> None:
    assert is_var_key(meant)
    assert why_no_key(name).startswith(f"'{name[:100]}' can't be the name of a var; {meant} can.")


@pytest.mark.parametrize("name", ["", "vars.", "???", "\ud800"])
def test_where_nothing_was_meant_no_key_is_named(name: str) -> None:
    assert why_no_key(name).startswith(f"'{name}' can't be the name of a var. They have at most 50")
