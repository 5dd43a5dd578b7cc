"""Messages in the API."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from campaigns.models import Message
from tests.clients import ApiClient
from tests.factories import (
    CampaignDomainFactory,
    LeadFactory,
    MessageContentFactory,
    MessageEventFactory,
    MessageFactory,
    SendAttemptFactory,
    TrackedLinkFactory,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize("address", ["/api/v1/messages", "/api/v1/campaigns/messages"])
def test_an_item_has_what_a_list_shows(marketer: ApiClient, address: str) -> None:
    message = MessageFactory(sent=True, lead__company="Hotel Zon")

    (item,) = marketer.get(address).json()["data"]["items"]

    assert item["id"] == str(message.pk)
    assert item["campaign_id"] == str(message.campaign_id)
    assert (item["lead_id"], item["company"]) == (str(message.lead_id), message.lead.company)
    assert (item["email"], item["status"]) == (message.recipient, "sent")
    assert (item["domain"], item["sender"]) == (message.domain.name, message.alias.address)
    assert item["mail_number"] == 1


def two_messages() -> tuple[Message, Message]:
    early = MessageFactory(sent=True, enrollment__lead=LeadFactory(email="zon@hotel.nl"))
    late = MessageFactory(
        mail_number=2,
        scheduled_at=MONDAY + timedelta(days=3),
        enrollment__lead=LeadFactory(email="maan@hotel.nl"),
    )
    return early, late


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [0, 1]),
        ("status=sent", [0]),
        ("mail_number=2", [1]),
        ("campaign_id={0.campaign_id}", [0]),
        ("lead_id={1.lead_id}", [1]),
        ("domain={0.domain.name}", [0]),
        ("search=maa", [1]),
        ("scheduled_from=2026-06-02T00:00:00Z", [1]),
        ("scheduled_to=2026-06-02T00:00:00Z", [0]),
        ("sort_order=desc", [1, 0]),
        ("sort_by=sent_at&sort_order=desc", [0, 1]),
        ("campaign_id=9223372036854775807", []),
    ],
)
def test_the_list_is_filtered_and_sorted(
    marketer: ApiClient, query: str, expected: list[int]
) -> None:
    both = two_messages()

    answer = marketer.get(f"/api/v1/messages?{query.format(*both)}")

    items = answer.json()["data"]["items"]
    assert [item["id"] for item in items] == [str(both[index].pk) for index in expected]


@pytest.mark.parametrize(
    "query",
    ["status=lost", "campaign_id=x", "campaign_id=9223372036854775808", "sort_by=html",
     "scheduled_from=monday", "search=%00", "lead=1"],
)  # fmt: skip
def test_what_the_list_does_not_know_is_400(marketer: ApiClient, query: str) -> None:
    assert marketer.get(f"/api/v1/messages?{query}").status_code == 400


def test_the_list_costs_the_same_for_one_and_for_twenty(
    marketer: ApiClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    MessageFactory.create_batch(20)

    # user, groups' rights ×2, count, page
    with django_assert_max_num_queries(5):
        assert marketer.get("/api/v1/messages").json()["data"]["total"] == 20


def test_a_message_is_shown_with_attempts_events_and_what_was_sent(marketer: ApiClient) -> None:
    message = MessageContentFactory().message
    SendAttemptFactory(message=message, reply_code=250)
    link = TrackedLinkFactory(campaign=message.campaign)
    MessageEventFactory(message=message, kind="clicked", actor="human", link=link)

    data = marketer.get(f"/api/v1/messages/{message.pk}").json()["data"]

    assert data["smtp_message_id"] == message.smtp_message_id
    assert (data["attempts"][0]["outcome"], data["attempts"][0]["reply_code"]) == ("accepted", 250)
    assert (data["events"][0]["kind"], data["events"][0]["url"]) == ("clicked", link.url)
    assert (data["content"]["subject"], data["content"]["text"]) == ("Hello Hotel", "Hello Hotel")


def test_a_message_that_was_not_sent_has_no_content(marketer: ApiClient) -> None:
    data = marketer.get(f"/api/v1/messages/{MessageFactory().pk}").json()["data"]

    assert (data["content"], data["attempts"], data["events"]) == (None, [], [])


def test_a_much_opened_message_is_shown_with_its_newest_200_events(
    marketer: ApiClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    message = MessageFactory(sent=True)
    for minute in range(205):
        at = MONDAY + timedelta(minutes=minute)
        MessageEventFactory(message=message, kind="opened", at=at)

    with django_assert_max_num_queries(6):
        data = marketer.get(f"/api/v1/messages/{message.pk}").json()["data"]

    assert len(data["events"]) == 200
    assert data["events"][0]["at"] > data["events"][-1]["at"]


@pytest.fixture
def failed(db: None) -> Message:
    message = MessageFactory(status=Message.Status.FAILED)
    CampaignDomainFactory(campaign=message.campaign, domain=message.domain)
    return message


@pytest.mark.parametrize("address", ["/api/v1/messages", "/api/v1/campaigns/messages"])
def test_a_failed_message_can_be_sent_again(
    marketer: ApiClient, failed: Message, address: str
) -> None:
    answer = marketer.post(f"{address}/{failed.pk}/resend")

    assert answer.status_code == 200
    assert answer.json()["data"]["status"] == "queued"


def test_any_other_message_is_409_and_says_why(marketer: ApiClient) -> None:
    message = MessageFactory(sent=True)

    answer = marketer.post(f"/api/v1/messages/{message.pk}/resend")

    assert answer.status_code == 409
    assert "is sent; only a failed one" in answer.json()["error"]["message"]
    message.refresh_from_db()
    assert message.status == Message.Status.SENT


@pytest.mark.parametrize(("word", "status"), [("sent", "sent"), ("resend", "queued")])
def test_an_unknown_message_is_settled_by_a_person(
    marketer: ApiClient, failed: Message, word: str, status: str
) -> None:
    SendAttemptFactory(message=failed, outcome="unknown", gated_at=MONDAY)
    Message.objects.update(status=Message.Status.UNKNOWN)

    answer = marketer.post(f"/api/v1/messages/{failed.pk}/resolve", {"as": word})

    assert answer.status_code == 200
    assert answer.json()["data"]["status"] == status


def test_only_an_unknown_message_is_settled(marketer: ApiClient, failed: Message) -> None:
    address = f"/api/v1/messages/{failed.pk}/resolve"

    assert marketer.post(address, {"as": "sent"}).status_code == 409
    assert marketer.post(address, {"as": "gone"}).status_code == 400
    assert marketer.post(address, {"how": "sent"}).status_code == 422


def test_a_viewer_sends_nothing_again(viewer: ApiClient, failed: Message) -> None:
    assert viewer.post(f"/api/v1/messages/{failed.pk}/resend").status_code == 403
    failed.refresh_from_db()
    assert failed.status == Message.Status.FAILED


@pytest.mark.parametrize("action", ["", "/resend", "/resolve"])
def test_a_message_that_does_not_exist_is_404(marketer: ApiClient, action: str) -> None:
    method = marketer.post if action else marketer.get

    answer = method(f"/api/v1/messages/9223372036854775808{action}", {"as": "sent"})

    assert answer.status_code in (404, 422 if action == "/resend" else 404)
