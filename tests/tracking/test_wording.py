from dataclasses import fields

import pytest

from tracking.wording import DUTCH, ENGLISH, Wording, wording_for


@pytest.mark.parametrize(
    ("accept_language", "wording"),
    [
        ("nl", DUTCH),
        ("nl-BE,nl;q=0.9,en;q=0.8", DUTCH),
        ("NL-nl", DUTCH),
        ("en-GB,en;q=0.9", ENGLISH),
        ("en;q=0.4, nl;q=0.6", DUTCH),
        ("de-DE,de;q=0.9,nl;q=0.5", DUTCH),
        ("de-DE,de;q=0.9", ENGLISH),
        ("*", ENGLISH),
        ("", ENGLISH),
        ("x" * 5000, ENGLISH),
    ],
)
def test_the_page_speaks_the_best_language_that_was_asked_for(
    accept_language: str, wording: Wording
) -> None:
    assert wording_for(accept_language) is wording


@pytest.mark.parametrize("field", [field.name for field in fields(Wording)])
def test_both_languages_fill_in_the_same_values(field: str) -> None:
    for blank in ("{address}", "{sender}"):
        assert (blank in getattr(DUTCH, field)) == (blank in getattr(ENGLISH, field))
