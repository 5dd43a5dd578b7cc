"""/suppressions and /import/suppressions."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from leads.models import Lead, Suppression
from leads.suppression import suppress
from tests.clients import ApiClient
from tests.factories import LeadFactory, SuppressionFactory

LIST = "/api/v1/suppressions"


def test_an_address_is_put_on_the_list_and_its_lead_gets_no_mail(marketer: ApiClient) -> None:
    LeadFactory(email="jan@zon.nl")

    first = marketer.post(LIST, {"value": "Jan@Zon.nl", "note": "by phone"})
    second = marketer.post(LIST, {"value": "jan@zon.nl"})

    assert (first.status_code, second.status_code) == (201, 200)
    data = first.json()["data"]
    assert (data["scope"], data["value"], data["reason"]) == ("address", "jan@zon.nl", "manual")
    assert data == second.json()["data"]
    assert Lead.objects.get().status == "suppressed"


def test_a_domain_is_put_on_the_list(marketer: ApiClient) -> None:
    assert marketer.post(LIST, {"value": "@zon.nl"}).json()["data"]["scope"] == "domain"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"value": "nonsense"}, 422),
        ({"value": "a@"}, 422),
        ({"value": "jan@zon.nl", "reason": "erased"}, 400),
        ({"value": "jan@zon.nl", "scope": "domain"}, 422),
        ({}, 400),
    ],
)
def test_what_is_neither_address_nor_domain_is_refused(
    marketer: ApiClient, body: dict[str, str], status: int
) -> None:
    assert marketer.post(LIST, body).status_code == status
    assert not Suppression.objects.exists()


def test_the_list_is_filtered(marketer: ApiClient) -> None:
    SuppressionFactory(value="jan@zon.nl", reason="bounced")
    SuppressionFactory(value="piet@zon.nl")

    def values(**query: str) -> list[str]:
        return [one["value"] for one in marketer.get(LIST, query).json()["data"]["items"]]

    assert values() == ["piet@zon.nl", "jan@zon.nl"]
    assert values(reason="bounced") == ["jan@zon.nl"]
    assert values(search="PIET") == ["piet@zon.nl"]
    assert values(scope="domain") == []
    assert marketer.get(LIST, {"reason": "x"}).status_code == 400


def test_only_an_entry_by_hand_can_be_taken_away(marketer: ApiClient) -> None:
    LeadFactory(email="jan@zon.nl")
    suppress(["jan@zon.nl"], reason=Suppression.Reason.MANUAL)
    suppress(["piet@zon.nl"], reason=Suppression.Reason.UNSUBSCRIBED)
    ids = dict(Suppression.objects.values_list("value", "pk"))

    assert marketer.delete(f"{LIST}/{ids['jan@zon.nl']}").status_code == 200
    refused = marketer.delete(f"{LIST}/{ids['piet@zon.nl']}")

    assert refused.status_code == 409
    assert "as unsubscribed, which stays" in refused.json()["error"]["message"]
    assert Lead.objects.get().status == "active"
    assert Suppression.objects.get().value == "piet@zon.nl"


def test_a_file_is_imported(marketer: ApiClient) -> None:
    file = SimpleUploadedFile("list.csv", b"E-mail\njan@zon.nl\nmaan.nl\nnobody at all\n")

    answer = marketer.post(
        "/api/v1/import/suppressions",
        {"file": file, "reason": "unsubscribed", "note": "old system"},
        format="multipart",
    )

    assert answer.status_code == 201
    data = answer.json()["data"]
    assert (data["added"], data["known"], data["refused"]) == (2, 0, 1)
    assert (data["refusals"][0]["row"], data["refusals"][0]["column"]) == (4, "E-mail")
    assert set(Suppression.objects.values_list("reason", flat=True)) == {"unsubscribed"}


def test_a_file_that_can_not_be_used_is_422(marketer: ApiClient) -> None:
    file = SimpleUploadedFile("list.csv", b"%PDF-1.4")

    answer = marketer.post("/api/v1/import/suppressions", {"file": file}, format="multipart")

    assert answer.status_code == 422
    assert answer.json()["error"]["details"][0]["field"] == "file"


def test_a_viewer_looks_and_changes_nothing(viewer: ApiClient) -> None:
    entry = SuppressionFactory()

    assert viewer.get(LIST).status_code == 200
    assert viewer.post(LIST, {"value": "a@b.nl"}).status_code == 403
    assert viewer.delete(f"{LIST}/{entry.pk}").status_code == 403
