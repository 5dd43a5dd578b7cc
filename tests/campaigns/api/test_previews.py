"""GET /templates/{id}/preview and POST /templates/{id}/testsend."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from campaigns import trial_mails
from campaigns.models import Campaign, Message, MessageContent, SenderAlias, TrackedLink
from leads.models import Lead
from tests.campaigns.drafts import a_draft
from tests.clients import ApiClient, client_in_group
from tests.factories import (
    ImageAssetFactory,
    LeadFactory,
    SenderAliasFactory,
    SendingAccountFactory,
    SuppressionFactory,
    TemplateFactory,
)
from tests.smtp import smtp_server

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]

HTML = '<p>Dag {{ company }} <a href="https://a.nl">A</a></p>'


@pytest.fixture(autouse=True)
def _count_from_nothing() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def outbox(settings, tmp_path: Path) -> Path:
    """Where test mails end up instead of on a server."""
    settings.MAIL_TEST_MODE = True
    settings.MAIL_TEST_FOLDER = tmp_path / "outbox"
    return settings.MAIL_TEST_FOLDER


@pytest.fixture
def url() -> str:
    template = TemplateFactory(version__subject="Vraag, {{ company }}", version__html=HTML)
    return f"/api/v1/templates/{template.pk}"


@pytest.fixture
def alias() -> SenderAlias:
    return SenderAliasFactory(domain__name="punthelder.nl")


def refusal(answer) -> dict:
    assert answer.status_code == 422
    return answer.json()["error"]


def test_a_preview_is_the_whole_mail_of_that_lead(
    marketer: ApiClient, url: str, alias: SenderAlias
) -> None:
    lead = LeadFactory(company="Hotel Zon", email="info@zon.example")
    data = marketer.get(f"{url}/preview?lead_id={lead.pk}").json()["data"]

    assert (data["lead_id"], data["version"]) == (str(lead.pk), 1)
    assert data["sender"] == {
        "name": "Christian",
        "address": "christian@punthelder.nl",
        "reply_to": "",
    }
    assert (data["recipient"], data["subject"]) == ("info@zon.example", "Vraag, Hotel Zon")
    assert "Dag Hotel Zon" in data["html"]
    assert "Dag Hotel Zon" in data["text"]
    assert data["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert data["headers"]["Message-ID"] == "<preview@punthelder.nl>"
    assert data["missing"] == []
    assert data["size"] > len(data["html"])


def test_a_preview_stores_and_sends_nothing(
    marketer: ApiClient, url: str, outbox: Path, alias: SenderAlias
) -> None:
    marketer.get(f"{url}/preview?lead_id={LeadFactory().pk}")

    assert not (
        TrackedLink.objects.exists() or MessageContent.objects.exists() or Message.objects.exists()
    )
    assert not outbox.exists()


def test_a_preview_answers_json_and_never_a_page(marketer: ApiClient, url: str) -> None:
    answer = marketer.get(f"{url}/preview", headers={"Accept": "text/html"})

    assert answer.headers["Content-Type"] == "application/json"


def test_what_lacks_is_named_and_warned_of(marketer: ApiClient, url: str) -> None:
    lead = LeadFactory(company="")
    data = marketer.get(f"{url}/preview?lead_id={lead.pk}").json()["data"]

    assert data["missing"] == ["lead.company"]
    assert data["subject"] == "Vraag, [lead.company]"
    assert data["warnings"][0] == (
        "This lead has no value for lead.company; at launch it would be held back."
    )


def test_without_a_lead_and_a_sender_both_are_made_up(marketer: ApiClient, url: str) -> None:
    data = marketer.get(f"{url}/preview").json()["data"]

    assert data["lead_id"] is None
    assert data["subject"] == "Vraag, Voorbeeldhotel"
    assert data["sender"]["address"] == "afzender@example.com"
    assert not Lead.objects.exists()


def test_the_sender_can_be_chosen(marketer: ApiClient, url: str, alias: SenderAlias) -> None:
    victor = SenderAliasFactory(domain=alias.domain, name="victor", sender_name="Victor")
    data = marketer.get(f"{url}/preview?alias_id={victor.pk}").json()["data"]

    assert data["sender"]["address"] == "victor@punthelder.nl"
    assert refusal(marketer.get(f"{url}/preview?alias_id=999999"))["details"][0]["field"] == (
        "alias_id"
    )


def test_a_picture_inside_the_mail_can_be_seen_in_a_browser_too(marketer: ApiClient) -> None:
    asset = ImageAssetFactory(key="zon")
    lead = LeadFactory(image_key="zon")
    template = TemplateFactory(version__html="<img src=\"{{image.cid 'hero'}}\" alt=''>x")
    data = marketer.get(f"/api/v1/templates/{template.pk}/preview?lead_id={lead.pk}").json()["data"]

    (image,) = data["inline_images"]
    assert image["url"] == f"https://mail.example{asset.file.url}"
    assert f"cid:{image['content_id']}" in data["html"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("lead_id=999999", 404), ("lead_id=x", 400), ("lead_id=-1", 400), ("lead=1", 400)],
)
def test_a_lead_that_is_none_is_an_error(
    marketer: ApiClient, url: str, query: str, status: int
) -> None:
    assert marketer.get(f"{url}/preview?{query}").status_code == status


def test_a_preview_has_the_name_of_its_campaign(marketer: ApiClient, alias: SenderAlias) -> None:
    template = TemplateFactory(version__html="<p>{{ campaign.name }}</p>")
    draft = a_draft(name="Summer", template=template)
    data = marketer.get(
        f"/api/v1/templates/{template.pk}/preview?campaign_id={draft.pk}&domain={alias.domain.name}"
    ).json()["data"]

    assert "Summer" in data["html"]
    assert data["sender"]["address"] == "christian@punthelder.nl"
    assert "In-Reply-To" not in data["headers"]


@pytest.mark.parametrize(
    ("subject", "shown"),
    [("Vraag, {{ company }}", "Re: Vraag, Voorbeeldhotel"), ("Nieuws", "Nieuws")],
)
def test_the_preview_of_a_follow_up_hangs_below_the_mails_before_it(
    marketer: ApiClient, subject: str, shown: str
) -> None:
    first = TemplateFactory(version__subject="Vraag, {{ company }}")
    second = TemplateFactory(version__subject=subject)
    draft = a_draft(template=first, followup_enabled=True, followup_template=second)
    address = f"/api/v1/templates/{second.pk}/preview?campaign_id={draft.pk}"
    data = marketer.get(f"{address}&mail_number=2&alias_id={alias_of(draft)}").json()["data"]

    assert data["subject"] == shown
    domain = draft.campaign_domains.get().domain.name
    assert data["headers"]["In-Reply-To"] == f"<preview.1@{domain}>"
    error = refusal(marketer.get(f"{address}&mail_number=3"))
    assert [detail["field"] for detail in error["details"]] == ["mail_number"]


def alias_of(draft: Campaign) -> int:
    return draft.campaign_domains.get().domain.aliases.earliest("pk").pk


def test_a_deleted_template_has_no_preview(marketer: ApiClient, url: str) -> None:
    marketer.delete(url)

    assert marketer.get(f"{url}/preview").status_code == 404
    assert marketer.post(f"{url}/testsend", {"to": "a@punthelder.nl"}).status_code == 404


def test_a_source_that_makes_no_mail_is_422_and_says_why(marketer: ApiClient) -> None:
    template = TemplateFactory(version__html="{{ lead.fax }}")
    error = refusal(marketer.get(f"/api/v1/templates/{template.pk}/preview"))

    assert error["code"] == "not_composed"
    assert "lead.fax" in error["message"]


def test_a_test_mail_really_leaves_marked_as_one(
    marketer: ApiClient, url: str, outbox: Path, alias: SenderAlias
) -> None:
    lead = LeadFactory(company="Hotel Zon")
    answer = marketer.post(
        f"{url}/testsend", {"to": " Collega@Punthelder.nl ", "lead_id": str(lead.pk)}
    )

    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (data["to"], data["subject"]) == ("collega@punthelder.nl", "[Test] Vraag, Hotel Zon")
    (mail,) = outbox.iterdir()
    assert mail.name == f"{data['message_id']}.eml"
    assert b"To: collega@punthelder.nl\r\n" in mail.read_bytes()
    assert b"/track/" not in mail.read_bytes()
    assert not Message.objects.exists()


def test_a_test_mail_goes_through_the_server_of_its_sender(marketer: ApiClient, url: str) -> None:
    with smtp_server() as server:
        account = SendingAccountFactory(host="127.0.0.1", port=server.port)
        SenderAliasFactory(domain__name="punthelder.nl", domain__account=account)
        answer = marketer.post(
            f"{url}/testsend", {"to": "collega@punthelder.nl", "domain": "Punthelder.nl"}
        )

    assert answer.status_code == 200
    (mail,) = server.accepted
    assert (mail.sender, mail.recipient) == ("christian@punthelder.nl", "collega@punthelder.nl")
    assert mail.message["Subject"] == "[Test] Vraag, Voorbeeldhotel"


def test_a_server_that_refuses_is_quoted(marketer: ApiClient, url: str) -> None:
    with smtp_server(RCPT=["550 5.1.1 no such user"]) as server:
        account = SendingAccountFactory(host="127.0.0.1", port=server.port)
        SenderAliasFactory(domain__account=account)
        error = refusal(marketer.post(f"{url}/testsend", {"to": "weg@punthelder.nl"}))

    assert error["code"] == "not_delivered"
    assert "550 5.1.1 no such user" in error["message"]


def test_a_server_that_is_not_there_is_told_with_its_account(marketer: ApiClient, url: str) -> None:
    account = SendingAccountFactory(name="Kantoor", host="127.0.0.1", port=1)
    SenderAliasFactory(domain__account=account)
    error = refusal(marketer.post(f"{url}/testsend", {"to": "a@punthelder.nl"}))

    assert error["code"] == "no_connection"
    assert "“Kantoor”" in error["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"to": "nobody"}, "to"),
        ({"to": "a@b.nl, c@d.nl"}, "to"),
        ({"to": "a@b.nl\nBcc: c@d.nl"}, "to"),
        ({"to": "weg@voorbeeld.nl"}, "to"),
        ({"to": "a@punthelder.nl", "alias_id": "999999"}, "alias_id"),
        ({"to": "a@punthelder.nl", "domain": "ander.nl"}, "domain"),
    ],
)
def test_what_may_not_be_mailed_is_refused_by_field(
    marketer: ApiClient, url: str, outbox: Path, alias: SenderAlias, body: dict, field: str
) -> None:
    SuppressionFactory(value="weg@voorbeeld.nl")
    error = refusal(marketer.post(f"{url}/testsend", body))

    assert [detail["field"] for detail in error["details"]] == [field]
    assert not outbox.exists()


def test_without_any_sender_no_test_mail_can_leave(
    marketer: ApiClient, url: str, outbox: Path
) -> None:
    error = refusal(marketer.post(f"{url}/testsend", {"to": "a@punthelder.nl"}))

    assert "no sender alias" in error["message"]
    assert not outbox.exists()


def test_a_person_sends_twenty_test_mails_an_hour_and_no_more(
    marketer: ApiClient, url: str, outbox: Path, alias: SenderAlias
) -> None:
    for _ in range(21):
        assert marketer.post(f"{url}/testsend", {"to": "nobody"}).status_code == 422
    statuses = [
        marketer.post(f"{url}/testsend", {"to": "a@punthelder.nl"}).status_code for _ in range(21)
    ]
    assert statuses == [200] * 20 + [429]
    assert len(list(outbox.iterdir())) == 20
    assert marketer.get(f"{url}/preview").status_code == 200


def test_a_viewer_may_look_and_not_send(url: str, outbox: Path, alias: SenderAlias) -> None:
    viewer = client_in_group("viewer")

    assert viewer.get(f"{url}/preview").status_code == 200
    assert viewer.post(f"{url}/testsend", {"to": "a@punthelder.nl"}).status_code == 403
    assert not outbox.exists()


def test_strangers_get_401(url: str) -> None:
    assert ApiClient().get(f"{url}/preview").status_code == 401
    assert ApiClient().post(f"{url}/testsend", {"to": "a@b.nl"}).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_test_mail_leaves_and_the_key_is_honoured(
    marketer: ApiClient, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver, seen = trial_mails.deliver, []

    def watched(*args: Any) -> Any:
        seen.append(connection.in_atomic_block)
        return deliver(*args)

    monkeypatch.setattr(trial_mails, "deliver", watched)
    with smtp_server() as server:
        account = SendingAccountFactory(host="127.0.0.1", port=server.port)
        SenderAliasFactory(domain__name="punthelder.nl", domain__account=account)
        body = {"to": "collega@punthelder.nl", "domain": "punthelder.nl"}
        first, again = (
            marketer.post(f"{url}/testsend", body, headers={"Idempotency-Key": "one"})
            for _ in range(2)
        )
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert (seen, len(server.accepted)) == ([False], 1)
