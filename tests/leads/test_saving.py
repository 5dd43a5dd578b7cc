"""Leads entered and changed one by one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leads.models import Lead, Suppression
from leads.saving import create_lead, update_lead
from leads.suppression import suppress
from mailsuite.lib.errors import Conflict, Refusal
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db

JAN = "jan@zon.nl"


def test_what_is_entered_is_stored_in_one_form() -> None:
    lead = create_lead(
        {"email": "Jan <JAN@Zon.nl>", "url": "https://www.Zon.nl/x", "tags": ["b", "a", "b"],
         "vars": {"kamers": "12", "ster": "", "zicht": "\u200b\xa0"}}
    )  # fmt: skip

    lead.refresh_from_db()
    assert (lead.email, lead.domain, lead.tags) == (JAN, "zon.nl", ["b", "a"])
    assert lead.vars == {"kamers": "12"}
    assert lead.is_mailable


def test_what_can_not_be_is_refused_field_by_field() -> None:
    with pytest.raises(Refusal) as caught:
        create_lead({"email": "nobody", "url": "no website"})

    assert sorted(caught.value.fields) == ["email", "url"]
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    ("deleted_at", "advice"),
    [(None, "Change that one."), (datetime(2026, 6, 1, tzinfo=UTC), "/restore brings it back.")],
)
def test_an_address_that_is_there_is_refused_with_the_way_out(
    deleted_at: datetime | None, advice: str
) -> None:
    other = LeadFactory(email=JAN, deleted_at=deleted_at)

    with pytest.raises(Conflict) as caught:
        create_lead({"email": "JAN@zon.nl"})

    assert f"lead {other.pk}" in caught.value.message
    assert caught.value.message.endswith(advice)


@pytest.mark.parametrize(
    ("reason", "status"), [("unsubscribed", "suppressed"), ("bounced", "bounced")]
)
def test_a_lead_on_the_suppression_list_is_entered_as_such(reason: str, status: str) -> None:
    suppress([JAN], reason=Suppression.Reason(reason))

    assert create_lead({"email": JAN}).status == status


def test_somebody_erased_is_not_entered_again() -> None:
    suppress([JAN], reason=Suppression.Reason.ERASED)

    with pytest.raises(Refusal, match="asked to be forgotten"):
        create_lead({"email": JAN})

    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    ("status", "after"),
    [("active", "active"), ("bounced", "active"), ("suppressed", "suppressed")],
)
def test_another_address_brings_back_who_bounced_and_not_who_opted_out(
    status: str, after: str
) -> None:
    lead = LeadFactory(email="old@zon.nl", status=status)

    assert update_lead(lead, {"email": JAN}).status == after


def test_a_lead_moved_to_a_suppressed_address_gets_no_mail() -> None:
    suppress([JAN], reason=Suppression.Reason.COMPLAINT)

    assert update_lead(LeadFactory(), {"email": JAN}).status == "suppressed"


def test_without_a_website_there_is_no_domain() -> None:
    lead = update_lead(LeadFactory(), {"url": ""})

    assert (lead.url, lead.domain) == ("", "")


def test_a_change_touches_only_what_is_named() -> None:
    lead = LeadFactory(company="Zon", city="Utrecht", vars={"a": "1"}, status="bounced")

    update_lead(lead, {"company": "Maan"})

    lead.refresh_from_db()
    assert (lead.company, lead.city, lead.vars) == ("Maan", "Utrecht", {"a": "1"})
    assert lead.status == "bounced"
