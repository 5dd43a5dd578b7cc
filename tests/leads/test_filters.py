"""The filters of the lead list, which also choose audiences."""

from typing import Any

import pytest

from leads.filters import LeadFilter
from leads.models import Lead
from tests.factories import ImageAssetFactory, LeadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def zon() -> Lead:
    """A lead with everything."""
    return LeadFactory(
        email="info@hotel-zon.nl",
        company="Hotel Zon",
        first_name="Jan",
        domain="hotel-zon.nl",
        list_name="hotels",
        image_key="zon",
        tags=["beurs", "vip"],
        vars={"rooms": "12"},
        tier="A",
        stage="new",
        source="Beurs Utrecht",
        score=70,
    )


@pytest.fixture
def maan() -> Lead:
    """A lead with next to nothing."""
    return LeadFactory(email="maan@maan.de", company="", domain="maan.de", tags=["beurs"], score=5)


def found(**data: Any) -> list[str]:
    chosen = LeadFilter(data, queryset=Lead.objects.order_by("id"))
    assert chosen.is_valid(), chosen.errors
    return [lead.email for lead in chosen.qs]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("list_name", "hotels"),
        ("domain_tld", "nl"),
        ("domain_tld", ".NL, be"),
        ("has_image", "true"),
        ("has_image", True),
        ("has_var", "rooms"),
        ("has_var", ["rooms"]),
        ("is_complete", "1"),
        ("search", "zon hot"),
        ("search", "JAN"),
        ("search", "info@hotel-zon.nl"),
        ("tags", "vip,beurs"),
        ("tags", ["vip"]),
        ("tier", "A"),
        ("stage", "new"),
        ("source", "Beurs Utrecht"),
        ("min_score", "70"),
        ("min_score", 6),
    ],
)
def test_a_filter_keeps_the_leads_that_meet_it(
    zon: Lead, maan: Lead, name: str, value: object
) -> None:
    ImageAssetFactory(key="zon")

    assert found(**{name: value}) == [zon.email]


@pytest.mark.parametrize("name", ["has_image", "is_complete"])
@pytest.mark.parametrize("no", ["false", "0", False])
def test_a_yes_or_no_filter_can_be_turned_round(
    zon: Lead, maan: Lead, name: str, no: object
) -> None:
    ImageAssetFactory(key="zon")

    assert found(**{name: no}) == [maan.email]


def test_status_is_filtered(zon: Lead, maan: Lead) -> None:
    Lead.objects.filter(pk=maan.pk).update(status="bounced")

    assert found(status="bounced") == [maan.email]


def test_filters_are_joined_by_and_and_empty_ones_do_not_count(zon: Lead, maan: Lead) -> None:
    assert found(tags="beurs", min_score="6", tier="", has_image=None) == [zon.email]
    assert found() == [zon.email, maan.email]


@pytest.mark.parametrize(
    ("required", "complete"),
    [
        ("lead.email,lead.score", ["info@hotel-zon.nl", "maan@maan.de"]),
        ("lead.bedrijf", ["info@hotel-zon.nl"]),
        ("lead.full_name", ["info@hotel-zon.nl"]),
        ("vars.rooms", ["info@hotel-zon.nl"]),
        ("vars.rooms,vars.stars", []),
        ("image.cid.hero", ["info@hotel-zon.nl"]),
        ("campaign.name,image.url.logo", ["info@hotel-zon.nl", "maan@maan.de"]),
    ],
)
def test_complete_means_what_the_template_requires(
    zon: Lead, maan: Lead, required: str, complete: list[str]
) -> None:
    ImageAssetFactory(key="zon")
    everybody = {zon.email, maan.email}

    assert found(is_complete=True, required=required) == complete
    assert set(found(is_complete=False, required=required)) == everybody - set(complete)


@pytest.mark.parametrize("words", ["zee", "Zée", "ZÉE", "ze\u0301e", "cafe oresund", "Zee Müg"])
def test_a_search_does_without_accents(zon: Lead, words: str) -> None:
    LeadFactory(company="Hôtel Ze\u0301e", first_name="Øresund", last_name="Mügge Café")

    assert len(found(search=words)) == 1


def test_a_search_for_signs_alone_finds_nobody(zon: Lead) -> None:
    assert found(search="?! _") == []


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("status", "activ", "Select a valid choice. activ is not one of the available choices."),
        ("has_image", "maybe", "This must be true or false."),
        ("is_complete", 7, "This must be true or false."),
        ("tags", {"a": 1}, "This must be a list of names, divided by commas."),
        ("tags", [1], "This must be a list of names, divided by commas."),
        ("has_var", "a\0b", "Null characters are not allowed."),
        ("tags", ["x" * 201], "At most 50 names of 200 characters can be given."),
        ("search", ["zon"], "This must be text."),
        ("tier", "a\0", "Null characters are not allowed."),
        ("min_score", "many", "Enter a whole number."),
        ("min_score", 2**31, "Ensure this value is less than or equal to 2147483647."),
        ("required", "lead.shoe_size", "'lead.shoe_size' is no field of a lead. There are:"),
        ("has_var", "rooms,Aantal kamers", "'Aantal kamers' can't be the name of a var; aantal_"),
        ("has_var", ["vars.rooms"], "'vars.rooms' can't be the name of a var; rooms can."),
        ("required", "vars.Aantal kamers", "'Aantal kamers' can't be the name of a var; aan"),
        ("required", "company", "'company' is no variable of a template."),
        ("required", "vars.hotel_name or lead.company", "'vars.hotel_name or lead.company' is no"),
    ],
)
def test_a_value_that_makes_no_sense_is_an_error(name: str, value: object, problem: str) -> None:
    chosen = LeadFilter({name: value}, queryset=Lead.objects.all())

    assert not chosen.is_valid()
    assert chosen.errors[name][0].startswith(problem)
