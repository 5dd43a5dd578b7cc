"""Rows of a file → leads: modes, duplicates, who must not be brought back, all or nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from leads.columns import map_columns
from leads.importer import DuplicatesFound, import_leads
from leads.models import Lead, Suppression
from leads.parsing import open_table
from leads.suppression import suppress
from leads.tables import UnreadableFile
from tests.factories import LeadFactory
from tests.leads.importing import counts, imported, remarks

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
ZON = {"E-mail": "Info@Zon.nl", "Bedrijf": "Hotel Zon", "Website": "www.zon.nl"}


def test_a_row_becomes_a_lead() -> None:
    row = {**ZON, "Voornaam": "Jan", "Kamers": "12", "Tags": "beurs,vip", "Score": "70"}

    assert counts(imported([row])) == {"created": 1}

    lead = Lead.objects.get()
    assert (lead.email, lead.company, lead.first_name) == ("info@zon.nl", "Hotel Zon", "Jan")
    assert (lead.url, lead.domain, lead.domain_tld) == ("www.zon.nl", "zon.nl", "nl")
    assert (lead.tags, lead.vars, lead.score) == (["beurs", "vip"], {"kamers": "12"}, 70)
    assert (lead.status, lead.list_name) == ("active", "hotels")
    assert lead.is_mailable
    assert list(Lead.objects.search("zon jan")) == [lead]


def test_leads_are_numbered_in_the_order_of_the_file() -> None:
    imported([{"E-mail": f"{name}@zon.nl"} for name in ("zus", "aap", "mies")])

    emails = list(Lead.objects.order_by("id").values_list("email", flat=True))
    assert emails == ["zus@zon.nl", "aap@zon.nl", "mies@zon.nl"]


def test_a_bad_row_is_refused_by_its_number_and_the_others_are_taken() -> None:
    result = imported([ZON, {"E-mail": "nobody", "Bedrijf": "X", "Website": ""}])

    assert counts(result) == {"created": 1, "refused": 1}
    (remark,) = result.remarks
    assert (remark.number, remark.column, remark.value) == (3, "E-mail", "nobody")
    assert remark.reason.startswith("'nobody' is not an e-mail address")


def test_a_cell_that_makes_no_sense_is_left_out_with_a_warning() -> None:
    result = imported([{**ZON, "Website": "no website"}])

    assert counts(result) == {"created": 1}
    assert remarks(result) == [
        (
            "warning",
            2,
            "'no website' is not a web address such as www.hotelzon.nl. "
            "The website was left empty.",
        )
    ]
    assert Lead.objects.get().url == ""


def test_of_two_rows_with_one_address_the_first_counts() -> None:
    result = imported([ZON, {**ZON, "E-mail": "INFO@zon.nl ", "Bedrijf": "Other"}])

    assert counts(result) == {"created": 1, "skipped": 1}
    assert remarks(result) == [
        ("skipped", 3, "The same address stands in row 2, which is the one that counts.")
    ]
    assert Lead.objects.get().company == "Hotel Zon"


def test_mode_skip_leaves_a_lead_as_it_is() -> None:
    LeadFactory(email="info@zon.nl", company="Before", list_name="old")

    result = imported([ZON])

    assert counts(result) == {"skipped": 1}
    assert remarks(result) == []
    lead = Lead.objects.get()
    assert (lead.company, lead.list_name) == ("Before", "old")


def test_mode_update_fills_what_the_file_has_and_keeps_the_rest() -> None:
    LeadFactory(
        email="info@zon.nl", company="Before", city="Utrecht", list_name="old", score=5,
        url="https://old.nl", domain="old.nl", tags=["b", "a"], vars={"kamers": "10", "ster": "4"},
    )  # fmt: skip
    row = {"E-mail": "info@zon.nl", "Bedrijf": "Hotel Zon", "Plaats": "", "Website": "",
           "Kamers": "12", "Ster": "", "Tags": "c,a"}  # fmt: skip

    assert counts(imported([row], mode="update")) == {"updated": 1}

    lead = Lead.objects.get()
    assert (lead.company, lead.city, lead.list_name) == ("Hotel Zon", "Utrecht", "hotels")
    assert (lead.url, lead.domain, lead.score) == ("https://old.nl", "old.nl", 5)
    assert (lead.tags, lead.vars) == (["b", "a", "c"], {"kamers": "12", "ster": "4"})


def test_mode_update_moves_the_domain_with_the_website_and_takes_a_zero_for_a_score() -> None:
    LeadFactory(email="info@zon.nl", url="https://old.nl", domain="old.nl", score=5)

    imported([{**ZON, "Score": "0"}], mode="update")

    lead = Lead.objects.get()
    assert (lead.url, lead.domain, lead.score) == ("www.zon.nl", "zon.nl", 0)


def test_mode_update_keeps_the_search_index_and_the_top_level_right() -> None:
    imported([ZON, {"E-mail": "info@maan.nl", "Bedrijf": "Hotel Maan", "Website": "maan.nl"}])

    rows = [
        {"E-mail": "info@zon.nl", "Bedrijf": "Hotel Ster", "Website": "ster.be", "Stad": "Gent"},
        {"E-mail": "info@maan.nl", "Bedrijf": "Hotel Maan", "Website": "maan.nl", "Stad": "Gent"},
    ]
    assert counts(imported(rows, mode="update")) == {"updated": 2}

    ster, maan = Lead.objects.get(email="info@zon.nl"), Lead.objects.get(email="info@maan.nl")
    assert (ster.city, ster.domain_tld, maan.city, maan.domain_tld) == ("Gent", "be", "Gent", "nl")
    assert list(Lead.objects.search("hotel ster")) == [ster]
    assert list(Lead.objects.search("hotel maan")) == [maan]


@pytest.mark.parametrize(
    ("heading", "text", "changed"),
    [
        ("Voornaam", "Eva", {"first_name": "Eva"}),
        ("Achternaam", "de Wit", {"last_name": "de Wit"}),
        ("Functie", "Eigenaar", {"title": "Eigenaar"}),
        ("Bedrijf", "Hotel Maan", {"company": "Hotel Maan"}),
        ("Website", "zon.be", {"url": "zon.be", "domain": "zon.be", "domain_tld": "be"}),
        ("Plaats", "Gent", {"city": "Gent"}),
        ("Land", "België", {"country": "België"}),
        ("Bron", "Beurs", {"source": "Beurs"}),
        ("Tier", "A", {"tier": "A"}),
        ("Fase", "2", {"stage": "2"}),
        ("Afbeelding", "zon.png", {"image_key": "zon.png"}),
        ("Score", "0", {"score": 0}),
        ("Tags", "vip", {"tags": ["beurs", "vip"]}),
        ("Kamers", "13", {"vars": {"kamers": "13", "ster": "4"}}),
        ("Zwembad", "ja", {"vars": {"kamers": "12", "ster": "4", "zwembad": "ja"}}),
    ],
)
def test_mode_update_writes_each_column_and_no_other(
    heading: str, text: str, changed: dict
) -> None:
    imported([{**ZON, "Score": "7", "Tags": "beurs", "Kamers": "12", "Ster": "4"}])
    (before,) = Lead.objects.values()

    imported([{"E-mail": ZON["E-mail"], heading: text}], mode="update")

    (after,) = Lead.objects.values()
    words_of = {"Voornaam", "Achternaam", "Bedrijf", "Website"}
    assert (after.pop("search_words") != before.pop("search_words")) is (heading in words_of)
    assert {name for name in after if after[name] != before[name]} == {*changed, "updated_at"}
    assert {name: after[name] for name in changed} == changed


def test_mode_update_does_not_write_a_lead_that_the_file_says_nothing_new_of() -> None:
    row = {**ZON, "Kamers": "12", "Tags": "beurs,vip", "Score": "70"}
    imported([row, {**row, "E-mail": "info@maan.nl"}, {**row, "E-mail": "info@ster.nl"}])
    Lead.objects.update(updated_at=AT)
    Lead.objects.filter(email="info@ster.nl").update(list_name="old")

    rows = [
        {**row, "Tags": "vip", "Score": ""},
        {**row, "E-mail": "info@maan.nl", "Kamers": "13"},
        {**row, "E-mail": "info@ster.nl"},
    ]
    assert counts(imported(rows, mode="update")) == {"updated": 3}

    untouched = Lead.objects.filter(updated_at=AT)
    assert list(untouched.values_list("email", flat=True)) == ["info@zon.nl"]
    assert set(Lead.objects.values_list("list_name", flat=True)) == {"hotels"}


def test_mode_update_takes_new_leads_too() -> None:
    LeadFactory(email="info@zon.nl")

    result = imported([ZON, {**ZON, "E-mail": "new@zon.nl"}], mode="update")

    assert counts(result) == {"created": 1, "updated": 1}


def test_mode_error_refuses_the_file_for_a_lead_that_exists() -> None:
    LeadFactory(email="info@zon.nl")

    with pytest.raises(DuplicatesFound) as caught:
        imported([{**ZON, "E-mail": "new@zon.nl"}, ZON], mode="error")

    assert Lead.objects.count() == 1
    assert caught.value.fields == {"row 3": "info@zon.nl: This address is a lead already."}
    assert caught.value.message.startswith("Nothing was imported: 1 row holds an address")


def test_mode_error_refuses_the_file_for_a_repeated_row() -> None:
    with pytest.raises(DuplicatesFound) as caught:
        imported([ZON, ZON, {**ZON, "E-mail": "wrong"}], mode="error")

    assert not Lead.objects.exists()
    assert list(caught.value.fields) == ["row 3"]
    assert [one.number for one in caught.value.remarks] == [3, 4]


def test_mode_error_takes_a_file_without_duplicates() -> None:
    assert counts(imported([ZON, {**ZON, "E-mail": "x"}], mode="error")) == {
        "created": 1,
        "refused": 1,
    }


PROTECTED = {
    "opted out": ({"status": "suppressed"}, "This address opted out or is on the suppression list"),
    "bounced": ({"status": "bounced"}, "Mail to this address bounced"),
    "stopped": ({"stopped_at": AT}, "The lead with this address was stopped"),
    "deleted": ({"deleted_at": AT}, "The lead with this address was deleted"),
}


@pytest.mark.parametrize("mode", ["skip", "update"])
@pytest.mark.parametrize(("state", "why"), PROTECTED.values(), ids=PROTECTED)
def test_an_import_never_brings_a_lead_back(state: dict, why: str, mode: str) -> None:
    lead = LeadFactory(email="info@zon.nl", company="Before", **state)

    result = imported([ZON], mode=mode)

    lead.refresh_from_db()
    assert not lead.is_mailable
    assert {name: getattr(lead, name) for name in state} == state
    (remark,) = result.remarks
    assert remark.reason.startswith(why)


def test_mode_update_changes_fields_of_a_stopped_lead_and_nothing_of_a_deleted_one() -> None:
    LeadFactory(email="stopped@zon.nl", company="Before", stopped_at=AT)
    LeadFactory(email="deleted@zon.nl", company="Before", deleted_at=AT)
    rows = [{**ZON, "E-mail": f"{state}@zon.nl"} for state in ("stopped", "deleted")]

    result = imported(rows, mode="update")

    assert counts(result) == {"updated": 1, "skipped": 1}
    assert [one.outcome for one in result.remarks] == ["warning", "skipped"]
    assert Lead.objects.get(email="stopped@zon.nl").company == "Hotel Zon"
    assert Lead.objects.get(email="deleted@zon.nl").company == "Before"


@pytest.mark.parametrize(
    ("reason", "status"),
    [("unsubscribed", "suppressed"), ("bounced", "bounced"), ("complaint", "suppressed")],
)
@pytest.mark.parametrize("entry", ["info@zon.nl", "zon.nl"])
def test_a_new_lead_on_the_suppression_list_gets_no_mail(
    entry: str, reason: str, status: str
) -> None:
    scope = Suppression.Scope.ADDRESS if "@" in entry else Suppression.Scope.DOMAIN
    suppress([entry], reason=Suppression.Reason(reason), scope=scope)

    result = imported([ZON])

    assert Lead.objects.get().status == status
    assert counts(result) == {"created": 1}
    assert [one.outcome for one in result.remarks] == ["warning"]


def test_somebody_who_was_erased_is_not_stored_again() -> None:
    suppress(["info@zon.nl"], reason=Suppression.Reason.ERASED)

    result = imported([ZON, {**ZON, "E-mail": "new@zon.nl"}])

    assert counts(result) == {"created": 1, "refused": 1}
    assert [(one.number, one.value) for one in result.remarks] == [(2, "")]
    assert Lead.objects.get().email == "new@zon.nl"


def test_a_dry_run_counts_the_same_and_writes_nothing() -> None:
    LeadFactory(email="info@zon.nl", company="Before")
    rows = [ZON, {**ZON, "E-mail": "new@zon.nl"}, {**ZON, "E-mail": "x"}]

    result = imported(rows, mode="update", dry_run=True)

    assert counts(result) == {"created": 1, "updated": 1, "refused": 1}
    assert Lead.objects.get().company == "Before"


def test_a_file_that_breaks_off_half_way_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    good = "".join(f"lead{number}@zon.nl;Zon\n" for number in range(6000))
    path.write_text(f'email;company\n{good}jan@zon.nl;"never closed\n')

    with open_table(path) as table, pytest.raises(UnreadableFile):
        import_leads(table, map_columns(table.headings), list_name="hotels")

    assert not Lead.objects.exists()


def test_progress_is_told_with_every_five_thousand_rows(tmp_path: Path) -> None:
    path, seen = tmp_path / "leads.csv", []
    path.write_text("email\n" + "".join(f"lead{number}@zon.nl\n" for number in range(12_000)))

    with open_table(path) as table:
        import_leads(table, map_columns(table.headings), list_name="x", progress=seen.append)

    assert seen == [5_000, 10_000, 12_000, 12_000]
    assert Lead.objects.count() == 12_000


def test_the_number_of_queries_does_not_grow_with_the_rows(django_assert_num_queries) -> None:
    rows = [{"E-mail": f"lead{number}@zon.nl"} for number in range(500)]
    with django_assert_num_queries(9):
        imported(rows[:2])
    with django_assert_num_queries(9):
        imported(rows)


def test_letters_of_all_kinds_and_signs_of_copy_arrive_as_they_are() -> None:
    row = {**ZON, "Bedrijf": "Café \\N Zon\\t", "Opmerking": 'a\\nb "c" {d}', "Tags": 'a"b\\'}

    imported([row])

    lead = Lead.objects.get()
    assert (lead.company, lead.vars) == ("Café \\N Zon\\t", {"opmerking": 'a\\nb "c" {d}'})
    assert lead.tags == ['a"b\\']
