from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from leads.models import Lead, Suppression
from leads.suppression import suppress
from tests.admin.conftest import fields, page, pick, press, told
from tests.factories import LeadFactory, SuppressionFactory

pytestmark = pytest.mark.django_db


def add(client: Client, **changes: object):
    return client.post(page(Lead, "add"), fields(client, page(Lead, "add")) | changes)


def test_a_lead_is_entered_in_its_stored_form(login) -> None:
    answer = add(login("marketer"), email="Jan@Hotel-Zon.NL", url="www.hotel-zon.nl", tags="vip,a")
    assert answer.status_code == 302
    lead = Lead.objects.get()
    assert (lead.email, lead.domain, lead.tags) == (
        "jan@hotel-zon.nl",
        "hotel-zon.nl",
        ["vip", "a"],
    )


def test_what_cannot_be_is_told_beside_its_field(login) -> None:
    answer = add(login("marketer"), email="jan@hotel")
    assert "email" in answer.context["adminform"].form.errors
    assert not Lead.objects.exists()


@pytest.mark.parametrize("given", ["[1]", '"text"', '{"rooms": 12}', '{"rooms": ["a"]}'])
def test_vars_are_named_texts(login, given: str) -> None:
    answer = add(login("marketer"), email="jan@hotel.nl", vars=given)
    assert "vars" in answer.context["adminform"].form.errors
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("score", "99999999999"),
        ("company", "x" * 1001),
        ("tags", "x" * 51),
        ("vars", r'{"rooms": "12\u0000"}'),
        ("vars", r'{"ro\u0000oms": "12"}'),
        ("vars", r'{"rooms": "\ud800"}'),
        ("vars", r'{"a": "\u0000"}'),
    ],
)
def test_what_no_column_holds_is_told_beside_its_field(login, field: str, given: str) -> None:
    answer = add(login("marketer"), email="jan@hotel.nl", **{field: given})
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not Lead.objects.exists()


def test_an_address_that_is_there_already_is_told(login) -> None:
    LeadFactory(email="jan@hotel.nl")
    answer = add(login("marketer"), email="jan@hotel.nl")
    assert answer.status_code == 200
    assert Lead.objects.count() == 1


def test_an_address_that_opted_out_gets_no_mail(login) -> None:
    suppress(["jan@hotel.nl"], reason=Suppression.Reason.UNSUBSCRIBED)
    add(login("marketer"), email="jan@hotel.nl")
    assert Lead.objects.get().status == "suppressed"


def test_a_changed_lead_stays_itself(login) -> None:
    lead, marketer = LeadFactory(email="jan@hotel.nl"), login("marketer")
    url = page(Lead, "change", lead.pk)
    marketer.post(url, fields(marketer, url) | {"company": "Hotel Zon"})
    changed = Lead.objects.get()
    assert (changed.pk, changed.company, changed.email) == (lead.pk, "Hotel Zon", "jan@hotel.nl")


def test_a_lead_is_stopped_deleted_and_restored(login) -> None:
    lead, marketer = LeadFactory(), login("marketer")
    press(marketer, lead, "stop_this")
    press(marketer, lead, "delete_this")
    lead.refresh_from_db()
    assert lead.stopped_at is not None
    assert lead.deleted_at is not None
    press(marketer, lead, "restore_this")
    lead.refresh_from_db()
    assert (lead.deleted_at, lead.is_mailable) == (None, False)


def test_ticked_leads_are_stopped_in_one_go(login) -> None:
    rows = [LeadFactory(), LeadFactory(), LeadFactory()]
    assert told(pick(login("marketer"), "stop_selected", *rows[:2])) == ["2 leads stopped."]
    assert Lead.objects.mailable().get() == rows[2]


def test_django_does_not_delete_the_row(boss: Client) -> None:
    lead = LeadFactory()
    assert boss.post(page(Lead, "delete", lead.pk), {"post": "yes"}).status_code == 403
    pick(boss, "delete_selected", lead)
    assert Lead.objects.get().deleted_at is None


def test_deleted_leads_are_shown_when_asked_for(boss: Client) -> None:
    lead = LeadFactory(email="jan@hotel.nl", deleted_at="2026-06-01T00:00Z")
    assert "jan@hotel.nl" not in boss.get(page(Lead, "changelist")).content.decode()
    answer = boss.get(page(Lead, "changelist"), {"presence": "deleted"})
    assert "jan@hotel.nl" in answer.content.decode()
    assert boss.get(page(Lead, "change", lead.pk)).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [{"q": "hotel zon"}, {"tags__icontains": "vip"}, {"list_name__icontains": "beurs"},
     {"status__exact": "active"}, {"score_from": 50}],
)  # fmt: skip
def test_leads_are_filtered(boss: Client, asked: dict) -> None:
    LeadFactory(email="a@zon.nl", company="Hotel Zon", tags=["vip"], list_name="Beurs", score=60)
    LeadFactory(email="b@maan.nl", company="Hotel Maan", status="bounced", url="", domain="")
    text = boss.get(page(Lead, "changelist"), asked).content.decode()
    assert "a@zon.nl" in text
    assert "b@maan.nl" not in text


def test_the_export_runs_no_formulas(login) -> None:
    lead = LeadFactory(company="=HYPERLINK(1)", first_name="Jörg")
    answer = pick(login("viewer"), "export_csv", lead)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (row["email"], row["company"], row["first_name"]) == (
        lead.email,
        "'=HYPERLINK(1)",
        "Jörg",
    )


def test_a_viewer_changes_no_lead(login) -> None:
    lead, viewer = LeadFactory(), login("viewer")
    assert viewer.get(page(Lead, "change", lead.pk)).status_code == 200
    assert viewer.get(page(Lead, "add")).status_code == 403
    assert press(viewer, lead, "stop_this").status_code == 403
    pick(viewer, "stop_selected", lead)
    assert Lead.objects.get().stopped_at is None


# --- Suppression -------------------------------------------------------------------------


def enter(client: Client, **entry: object):
    form = fields(client, page(Suppression, "add"))
    return client.post(page(Suppression, "add"), form | entry)


def test_an_entry_suppresses_its_leads_at_once(login) -> None:
    lead = LeadFactory(email="jan@hotel.nl")
    answer = enter(login("marketer"), scope="address", value="Jan@Hotel.nl", note="by phone")
    assert answer.status_code == 302
    assert Suppression.objects.get().value == "jan@hotel.nl"
    lead.refresh_from_db()
    assert lead.status == "suppressed"


def test_a_whole_domain_is_entered_without_its_at(login) -> None:
    enter(login("marketer"), scope="domain", value="@Hotel.nl")
    assert Suppression.objects.values_list("scope", "value").get() == ("domain", "hotel.nl")


def test_nonsense_is_no_entry(login) -> None:
    answer = enter(login("marketer"), scope="domain", value="hotel nl")
    assert "value" in answer.context["adminform"].form.errors
    assert not Suppression.objects.exists()


def test_only_entries_made_by_hand_are_taken_away(login) -> None:
    mine = SuppressionFactory(reason="manual")
    theirs = SuppressionFactory(reason="unsubscribed")
    answer = pick(login("marketer"), "unsuppress_selected", mine, theirs)
    assert any("stays" in message for message in told(answer))
    assert Suppression.objects.get() == theirs
