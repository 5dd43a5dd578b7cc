"""The inbox in the API."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Message, SenderAlias
from leads.models import Suppression
from mailsuite.lib import clock
from tests.clients import ApiClient, client_in_group
from tests.factories import (
    InboundMailFactory,
    LeadFactory,
    MessageContentFactory,
    MessageFactory,
    OutboundReplyFactory,
)
from tests.factories.campaigns import MONDAY
from tests.tracking.answers import came, hard_bounce, running, sent
from tests.tracking.inbox.letters import AT_DESK, WORDS, WRITER, a_reply
from tests.tracking.reading import mails
from tracking.models import InboundMail, OutboundReply

pytestmark = pytest.mark.django_db
INBOX = "/api/v1/inbox"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_desk():
    with clock.frozen(AT_DESK):
        yield


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["data"]["items"]]


def test_an_item_has_what_a_list_shows(marketer: ApiClient):
    inbound = InboundMailFactory(
        intent="interested", message__enrollment__lead__company="Hotel Zon"
    )
    (item,) = marketer.get(INBOX).json()["data"]["items"]
    message = inbound.message
    assert (item["id"], item["kind"], item["is_unread"]) == (str(inbound.pk), "reply", True)
    assert (item["sender"], item["company"]) == (message.lead.email, "Hotel Zon")
    assert (item["intent"], item["intent_by_person"]) == ("interested", None)
    assert item["campaign_id"] == str(message.campaign_id)
    assert (item["alias"], item["message_id"]) == (message.alias.address, str(message.pk))
    assert (item["subject"], item["text"]) == ("Re: Hello Hotel", "Graag, belt u mij?")


def test_unread_comes_first_and_then_the_newest(marketer: ApiClient):
    read_late = InboundMailFactory(received_at=MONDAY + 3 * HOUR, read_at=MONDAY + 4 * HOUR)
    unread_early = InboundMailFactory(received_at=MONDAY + HOUR)
    unread_late = InboundMailFactory(received_at=MONDAY + 2 * HOUR)
    assert ids(marketer.get(INBOX)) == [
        str(one.pk) for one in (unread_late, unread_early, read_late)
    ]


def all_sorts() -> dict[str, InboundMail]:
    return {
        "reply": InboundMailFactory(),
        "opt-out": InboundMailFactory(kind="unsubscribe", intent="unsubscribe"),
        "left": InboundMailFactory(
            kind="auto_reply", auto_reply="left_company", state="to_review"
        ),
        "away": InboundMailFactory(kind="auto_reply", auto_reply="out_of_office"),
        "bounce": InboundMailFactory(kind="bounce"),
        "refusal in words": InboundMailFactory(kind="bounce", state="to_review"),
        "complaint": InboundMailFactory(kind="complaint"),
        "unmatched": InboundMailFactory(message=None, lead=None, state="unmatched"),
        "our own": InboundMailFactory(message=None, lead=None, state="ignored"),
        "a colleague's": InboundMailFactory(state="ignored"),
        "a colleague's machine's": InboundMailFactory(kind="auto_reply", state="ignored"),
        "receipt": InboundMailFactory(kind="other"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("inbox", {"reply", "opt-out", "left"}),
        ("review", {"left", "refusal in words"}),
        ("machines", {"away"}),
        ("unmatched", {"unmatched"}),
        ("returned", {"bounce", "refusal in words", "complaint"}),
    ],
)
def test_each_box_holds_its_own(marketer: ApiClient, box: str, expected: set[str]):
    sorts = all_sorts()
    names = {str(inbound.pk): name for name, inbound in sorts.items()}
    assert {names[pk] for pk in ids(marketer.get(f"{INBOX}?box={box}"))} == expected
    assert len(ids(marketer.get(f"{INBOX}?box=all"))) == len(sorts)


def two_mails() -> tuple[InboundMail, InboundMail]:
    zon = LeadFactory(email="zon@hotel.nl", company="Hotel Zon", list_name="kust")
    maan = LeadFactory(email="maan@herberg.nl", company="Herberg Maan", list_name="stad")
    early = InboundMailFactory(
        message=MessageFactory(sent=True, enrollment__lead=zon), intent="meeting",
        read_at=MONDAY + HOUR, text="Komt u langs in café Rembrandt?",
    )  # fmt: skip
    late = InboundMailFactory(
        message=MessageFactory(sent=True, enrollment__lead=maan), intent="meeting",
        intent_by_person="not_interested", received_at=MONDAY + 30 * HOUR, subject="Uw voorstel",
    )  # fmt: skip
    return early, late


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 0]),
        ("unread=true", [1]),
        ("unread=false", [0]),
        ("intent=meeting", [0]),
        ("intent=not_interested", [1]),
        ("campaign_id={0.message.campaign_id}", [0]),
        ("lead_id={1.lead_id}", [1]),
        ("domain={0.message.domain.name}", [0]),
        ("alias={1.message.alias.address}", [1]),
        ("list_name=kust", [0]),
        ("received_from=2026-06-02T00:00:00Z", [1]),
        ("received_to=2026-06-02T00:00:00Z", [0]),
        ("search=rembr", [0]),
        ("search=cafe", [0]),
        ("search=voorst", [1]),
        ("search=herberg", [1]),
        ("search=maan@herberg.nl", [1]),
        ("search=%3F%3F", []),
        ("intent=meeting&campaign_id={1.message.campaign_id}", []),
    ],
)
def test_the_list_is_filtered(marketer: ApiClient, query: str, expected: list[int]):
    both = two_mails()
    assert ids(marketer.get(f"{INBOX}?{query.format(*both)}")) == [
        str(both[index].pk) for index in expected
    ]


@pytest.mark.parametrize(
    "query", ["box=spam", "intent=maybe", "unread=perhaps", "campaign_id=x", "search=%00", "from=x"]
)
def test_a_filter_that_is_none_is_refused(marketer: ApiClient, query: str):
    assert marketer.get(f"{INBOX}?{query}").status_code == 400


@pytest.mark.parametrize("address", [INBOX, f"{INBOX}?box=all&search=graag", f"{INBOX}/unmatched"])
def test_a_list_costs_the_same_for_more_mails(marketer: ApiClient, address: str):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            marketer.get(address)
        return len(queries)

    def one_more() -> None:
        InboundMailFactory()
        InboundMailFactory(message=None, lead=LeadFactory(), state="unmatched")

    one_more()
    cost()  # permissions are read once
    for_one = cost()
    for _ in range(4):
        one_more()
    assert cost() == for_one


def test_a_conversation_is_told_in_order(marketer: ApiClient):
    inbound = a_reply("Graag!\n\nOp ma 1 juni schreef Victor <victor@punthelder-seo.nl>:\n> Dag\n")
    marketer.post(f"{INBOX}/{inbound.pk}/answer", {"text": WORDS})
    detail = marketer.get(f"{INBOX}/{inbound.pk}").json()["data"]
    assert detail["text"] == "Graag!"
    assert detail["quoted_text"].endswith("> Dag")
    assert (detail["answer_to"], detail["cannot_answer"]) == (WRITER, "")
    assert [entry["sort"] for entry in detail["thread"]] == ["sent", "received", "answered"]
    ours, theirs, answer = detail["thread"]
    assert ours["sent"]["content"]["html"]
    assert ours["received"] is None
    assert theirs["received"]["text"] == "Graag!"
    assert (answer["answered"]["text"], answer["answered"]["status"]) == (WORDS, "queued")


def test_a_conversation_costs_the_same_however_long(marketer: ApiClient):
    inbound = InboundMailFactory()
    MessageContentFactory(message=inbound.message)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert marketer.get(f"{INBOX}/{inbound.pk}").status_code == 200
        return len(queries)

    cost()
    for_one = cost()
    for number in range(2, 6):
        message = MessageFactory(
            sent=True, enrollment=inbound.message.enrollment, mail_number=number
        )
        MessageContentFactory(message=message)
        OutboundReplyFactory(inbound=InboundMailFactory(message=message))
    assert cost() == for_one


def test_looking_does_not_mark_as_read(marketer: ApiClient):
    inbound = InboundMailFactory()
    marketer.get(f"{INBOX}/{inbound.pk}")
    assert InboundMail.objects.get().read_at is None


def test_a_mail_is_marked_read_and_unread(marketer: ApiClient):
    inbound = InboundMailFactory()
    answer = marketer.patch(f"{INBOX}/{inbound.pk}", {"read": True})
    assert answer.json()["data"]["is_unread"] is False
    assert InboundMail.objects.get().read_at == AT_DESK
    marketer.patch(f"{INBOX}/{inbound.pk}", {"read": False})
    assert InboundMail.objects.get().read_at is None


def test_a_persons_word_stands_beside_the_machines(marketer: ApiClient):
    inbound = InboundMailFactory(intent="not_interested")
    data = marketer.patch(f"{INBOX}/{inbound.pk}", {"intent": "meeting"}).json()["data"]
    assert (data["intent"], data["intent_by_machine"], data["intent_by_person"]) == (
        "meeting", "not_interested", "meeting",
    )  # fmt: skip
    data = marketer.patch(f"{INBOX}/{inbound.pk}", {"intent": None}).json()["data"]
    assert (data["intent"], data["intent_by_person"]) == ("not_interested", None)


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"intent": "maybe"}, 400), ({"read": "yes"}, 400), ({"text": "x"}, 422)],
)
def test_a_judgement_that_is_none_is_refused(marketer: ApiClient, body: dict, status: int):
    inbound = InboundMailFactory()
    assert marketer.patch(f"{INBOX}/{inbound.pk}", body).status_code == status


def test_an_answer_is_taken_and_handed_to_a_worker(
    marketer: ApiClient, handed_out: list[int], django_capture_on_commit_callbacks
):
    inbound = a_reply()
    with django_capture_on_commit_callbacks(execute=True):
        answer = marketer.post(f"{INBOX}/{inbound.pk}/answer", {"text": WORDS})
    assert answer.status_code == 201
    data = answer.json()["data"]
    reply = OutboundReply.objects.get()
    assert handed_out == [reply.pk]
    assert (data["id"], data["inbox_id"]) == (str(reply.pk), str(inbound.pk))
    assert (data["status"], data["recipient"]) == ("queued", WRITER)
    assert data["sender"] == SenderAlias.objects.get(pk=reply.alias_id).address
    assert marketer.get(f"{INBOX}/replies/{reply.pk}").json()["data"] == data


@pytest.mark.parametrize("headers", [{}, {"HTTP_IDEMPOTENCY_KEY": "key-1"}])
def test_an_answer_that_is_sent_again_is_the_same_answer(marketer: ApiClient, headers: dict):
    inbound = a_reply()
    address, body = f"{INBOX}/{inbound.pk}/answer", {"text": WORDS, "replies_seen": 0}
    first = marketer.post(address, body, **headers)
    second = marketer.post(address, body, **headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["data"]["id"] == second.json()["data"]["id"]
    assert OutboundReply.objects.count() == 1


def test_who_opted_out_is_not_answered_and_it_is_said_before(marketer: ApiClient):
    inbound = a_reply("Schrijft u mij maar uit, geen mails meer graag.")
    assert Suppression.objects.get().reason == "unsubscribed"
    answer = marketer.post(f"{INBOX}/{inbound.pk}/answer", {"text": WORDS})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "suppressed")
    detail = marketer.get(f"{INBOX}/{inbound.pk}").json()["data"]
    assert detail["answer_to"] == ""
    assert detail["cannot_answer"] == answer.json()["error"]["message"]


def test_a_bounce_cannot_be_answered(marketer: ApiClient):
    inbound = came(hard_bounce(sent(running())))
    answer = marketer.post(f"{INBOX}/{inbound.pk}/answer", {"text": WORDS})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_answerable")


@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"text": ""}, 400), ({"text": "x", "html": "<p>"}, 422)]
)
def test_an_answer_that_is_none_is_refused(marketer: ApiClient, body: dict, status: int):
    inbound = InboundMailFactory()
    assert marketer.post(f"{INBOX}/{inbound.pk}/answer", body).status_code == status
    assert not OutboundReply.objects.exists()


def test_a_reply_that_stopped_is_settled_by_a_person(marketer: ApiClient, handed_out: list[int]):
    reply = OutboundReplyFactory(status="unknown", sent_at=MONDAY)
    address = f"{INBOX}/replies/{reply.pk}/resolve"
    assert marketer.post(address, {"as": "sent"}).json()["data"]["status"] == "sent"
    assert marketer.post(address, {"as": "resend"}).status_code == 409
    OutboundReply.objects.update(status="failed", sent_at=None)
    assert marketer.post(address, {"as": "resend"}).json()["data"]["status"] == "queued"


def test_an_unmatched_mail_is_tied_to_its_message(marketer: ApiClient):
    message = sent(running())
    inbound = came(mails.mail("Graag, belt u mij?", sender="Piet <piet@hotel-zon.nl>"))
    assert ids(marketer.get(f"{INBOX}/unmatched")) == [str(inbound.pk)]
    (candidate,) = marketer.get(f"{INBOX}/{inbound.pk}").json()["data"]["candidates"]
    assert (candidate["message_id"], candidate["email"]) == (str(message.pk), WRITER)
    tied = marketer.post(f"{INBOX}/{inbound.pk}/tie", {"message_id": candidate["message_id"]})
    assert (tied.json()["data"]["state"], tied.json()["data"]["message_id"]) == (
        "done", str(message.pk),
    )  # fmt: skip
    message.enrollment.refresh_from_db()
    assert message.enrollment.end_reason == "replied"
    assert ids(marketer.get(f"{INBOX}/unmatched")) == []
    again = marketer.post(f"{INBOX}/{inbound.pk}/tie", {"message_id": str(message.pk)})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "not_unmatched")


def test_a_mail_is_not_tied_to_a_message_that_is_not_there(marketer: ApiClient):
    inbound = InboundMailFactory(message=None, lead=None, state="unmatched")
    answer = marketer.post(f"{INBOX}/{inbound.pk}/tie", {"message_id": "77"})
    assert (answer.status_code, answer.json()["error"]["details"][0]["field"]) == (
        422, "message_id",
    )  # fmt: skip


def test_an_unmatched_mail_is_settled(marketer: ApiClient):
    inbound = InboundMailFactory(message=None, lead=None, state="unmatched")
    settled = marketer.post(f"{INBOX}/{inbound.pk}/settle")
    assert settled.json()["data"]["state"] == "settled"
    assert marketer.post(f"{INBOX}/{inbound.pk}/settle").status_code == 409


def test_many_are_settled_at_once(marketer: ApiClient):
    waiting = InboundMailFactory(message=None, lead=None, state="unmatched")
    done = InboundMailFactory()
    body = {"inbox_ids": [str(waiting.pk), str(done.pk), "77777"]}
    answer = marketer.post(f"{INBOX}/settle", body)
    assert answer.json()["data"] == {"changed": 1, "not_waiting": [str(done.pk), "77777"]}
    waiting.refresh_from_db()
    assert waiting.state == "settled"
    assert marketer.post(f"{INBOX}/settle", {"inbox_ids": []}).status_code == 400
    assert client_in_group("viewer").post(f"{INBOX}/settle", body).status_code == 403


def test_a_lead_is_found_whose_mail_it_may_be_about(marketer: ApiClient):
    message = sent(running())
    inbound = came(mails.mail("Graag!", sender="piet@elders.nl"))
    shown = f"{INBOX}/{inbound.pk}"
    assert marketer.get(shown).json()["data"]["candidates"] == []
    (found,) = marketer.get(f"{shown}?find=receptie").json()["data"]["candidates"]
    assert found["message_id"] == str(message.pk)


WRITES = [
    ("patch", "", {"read": True}),
    ("post", "/settle", {}),
    ("post", "/tie", {"message_id": "1"}),
    ("post", "/answer", {"text": WORDS}),
]


@pytest.mark.parametrize(("method", "address", "body"), WRITES)
def test_a_viewer_reads_and_does_nothing(viewer: ApiClient, method: str, address: str, body: dict):
    inbound = InboundMailFactory()
    assert viewer.get(INBOX).status_code == viewer.get(f"{INBOX}/{inbound.pk}").status_code == 200
    assert getattr(viewer, method)(f"{INBOX}/{inbound.pk}{address}", body).status_code == 403
    assert not OutboundReply.objects.exists()


def test_operations_settle_and_answer_nobody():
    ops = client_in_group("ops")
    inbound = InboundMailFactory(kind="auto_reply", auto_reply="challenge", state="to_review")
    assert ops.post(f"{INBOX}/{inbound.pk}/answer", {"text": WORDS}).status_code == 403
    assert ops.post(f"{INBOX}/{inbound.pk}/settle").status_code == 200


@pytest.mark.parametrize("address", ["", "/1", "/unmatched", "/replies/1"])
def test_a_stranger_sees_nothing(address: str):
    assert ApiClient().get(f"{INBOX}{address}").status_code == 401


@pytest.mark.parametrize("address", ["77", "replies/77"])
def test_what_is_not_there_is_404(marketer: ApiClient, address: str):
    assert marketer.get(f"{INBOX}/{address}").status_code == 404


def test_nothing_of_the_list_is_a_mail_as_it_came(marketer: ApiClient):
    """Raw mails are megabytes, and HTML of strangers."""
    a_reply("<script>alert(1)</script>", content_type="text/html; charset=utf-8")
    with CaptureQueriesContext(connection) as queries:
        text = marketer.get(INBOX).content.decode()
    assert "<script" not in text
    assert not [one["sql"] for one in queries if '"raw"' in one["sql"]]


def test_a_colleagues_mail_is_in_the_thread_and_counts_as_an_answer(marketer: ApiClient):
    inbound = a_reply()
    InboundMailFactory(
        message=inbound.message, state="ignored", text="Ik bel u.", received_at=AT_DESK
    )
    detail = marketer.get(f"{INBOX}/{inbound.pk}").json()["data"]
    assert (detail["thread"][-1]["sort"], detail["answers_so_far"]) == ("elsewhere", 1)
    assert detail["thread"][-1]["elsewhere"]["text"] == "Ik bel u."
    assert detail["thread"][-1]["received"] is None
    body = {"text": WORDS, "replies_seen": 0}
    assert marketer.post(f"{INBOX}/{inbound.pk}/answer", body).status_code == 409
    body = {"text": WORDS, "replies_seen": detail["answers_so_far"]}
    assert marketer.post(f"{INBOX}/{inbound.pk}/answer", body).status_code == 201


def test_an_answer_by_cc(marketer: ApiClient):
    inbound = a_reply()
    InboundMail.objects.update(cc_addresses=["jan@hotel-zon.nl"])
    address = f"{INBOX}/{inbound.pk}"
    detail = marketer.get(address).json()["data"]
    assert detail["answer_cc"] == ["jan@hotel-zon.nl"]
    assert detail["thread"][-1]["received"]["cc"] == ["jan@hotel-zon.nl"]
    body = {"text": WORDS, "cc": ["vreemde@elders.nl"]}
    refused = marketer.post(f"{address}/answer", body)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["error"]["details"]] == ["cc"]
    body = {"text": WORDS, "cc": detail["answer_cc"]}
    made = marketer.post(f"{address}/answer", body)
    assert made.status_code == 201
    assert (made.json()["data"]["cc"], made.json()["data"]["cc_detail"]) == (
        detail["answer_cc"],
        "",
    )


def test_messages_of_the_thread_are_those_of_the_enrollment_alone(marketer: ApiClient):
    inbound = InboundMailFactory()
    InboundMailFactory()
    detail = marketer.get(f"{INBOX}/{inbound.pk}").json()["data"]
    assert len(detail["thread"]) == 2
    assert Message.objects.count() == 2
