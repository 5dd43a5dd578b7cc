from __future__ import annotations

import re

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from campaigns.models import Enrollment
from leads.models import Lead, Suppression
from mailsuite.lib import clock
from tests.admin.conftest import page, pick, press
from tests.factories import InboundMailFactory, OutboundReplyFactory
from tests.factories.campaigns import MONDAY
from tests.tracking.answers import came, running, sent
from tests.tracking.inbox.letters import AT_DESK, WORDS, a_reply
from tests.tracking.reading import mails
from tracking import tasks
from tracking.models import InboundMail, OutboundReply

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_desk():
    with clock.frozen(AT_DESK):
        yield


@pytest.fixture(autouse=True)
def handed_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    given: list[int] = []
    monkeypatch.setattr(tasks.send_reply, "apply_async", lambda args, **_: given.extend(args))
    return given


def shown(client: Client, inbound: InboundMail) -> str:
    answer = client.get(page(InboundMail, "change", inbound.pk))
    assert answer.status_code == 200
    return answer.content.decode()


def do(client: Client, inbound: InboundMail, deed: str, **fields: object):
    return client.post(page(InboundMail, deed, inbound.pk), fields)


def test_the_list_begins_with_what_is_unread(login):
    read = InboundMailFactory(subject="Gelezen", read_at=MONDAY, received_at=AT_DESK)
    unread = InboundMailFactory(subject="Nieuw")
    InboundMailFactory(kind="bounce", subject="Undelivered")
    rows = login("marketer").get(page(InboundMail, "changelist")).context["cl"].result_list
    assert list(rows) == [unread, read]


@pytest.mark.parametrize(
    ("box", "subjects"),
    [
        ("review", ["Afwezig, en van de lijst"]),
        ("machines", ["Afwezig, en van de lijst", "Afwezig"]),
        ("unmatched", ["Wie?"]),
        ("returned", ["Undelivered"]),
    ],
)
def test_boxes(login, box: str, subjects: list[str]):
    InboundMailFactory()
    InboundMailFactory(kind="auto_reply", auto_reply="out_of_office", subject="Afwezig")
    InboundMailFactory(
        kind="auto_reply", auto_reply="out_of_office", state="to_review",
        subject="Afwezig, en van de lijst",
    )  # fmt: skip
    InboundMailFactory(message=None, lead=None, state="unmatched", subject="Wie?")
    InboundMailFactory(kind="bounce", subject="Undelivered")
    answer = login("marketer").get(page(InboundMail, "changelist"), {"box": box})
    assert [row.subject for row in answer.context["cl"].result_list] == subjects
    counts = {one["title"]: one["count"] for one in answer.context["boxes"] if one["count"]}
    assert counts == {"Inbox": 1, "To review": 1, "Unmatched": 1}


def test_the_list_is_narrowed(login):
    mine = InboundMailFactory(intent="meeting", text="Komt u langs?")
    Lead.objects.filter(pk=mine.lead_id).update(list_name="kust")
    other = InboundMailFactory(intent="interested", read_at=MONDAY)
    client = login("marketer")
    for query in (
        {"intent_now__exact": "meeting"},
        {"unread": "1"},
        {"message__campaign__id__exact": mine.message.campaign_id},
        {"message__alias__id__exact": mine.message.alias_id},
        {"message__domain__id__exact": mine.message.domain_id},
        {"lead__list_name": "kust"},
        {"q": "komt langs"},
    ):
        rows = client.get(page(InboundMail, "changelist"), query).context["cl"].result_list
        assert list(rows) == [mine], query
    assert other.pk


def test_the_side_bar_counts_what_is_unread(login):
    InboundMailFactory(read_at=MONDAY)
    client = login("marketer")

    def badge() -> str | None:
        groups = client.get(reverse("admin:index")).context["sidebar_navigation"]
        items = [item for group in groups for item in group["items"]]
        return next(item for item in items if item["title"] == "Inbox").get("badge")

    assert badge() is None
    InboundMailFactory.create_batch(2)
    assert badge() == "2"


def test_a_conversation_shows_what_was_sent_and_what_came_back(login):
    inbound = a_reply("Graag!\n\nOp ma 1 juni schreef Victor <v@elders.nl>:\n> Dag Piet\n")
    text = shown(login("marketer"), inbound)
    assert "Quoted text and signature" in text
    assert "&gt; Dag Piet" in text
    assert "A reply: the flow has ended." in text
    assert "Mail 1 as it was sent" in text


def test_a_conversation_shows_what_a_colleague_wrote_in_a_mail_program(login):
    inbound = a_reply()
    own = InboundMailFactory(
        message=inbound.message, state="ignored", text="Ik <b>bel</b> u.", received_at=AT_DESK,
        from_address="jan@punthelder-seo.nl",
    )  # fmt: skip
    client = login("marketer")
    for opened in (inbound, own):
        text = shown(client, opened)
        assert "jan@punthelder-seo.nl" in text
        assert "Ik &lt;b&gt;bel&lt;/b&gt; u." in text
    assert "One of us wrote this mail. Answer one that came in." in text
    assert page(InboundMail, "judge", own.pk) not in text
    assert 'name="replies_seen" value="1"' in shown(client, inbound)


def ticked(text: str) -> list[tuple[str, bool]]:
    boxes = re.findall(r'<input type="checkbox" name="cc" value="([^"]*)"( checked)?>', text)
    return [(address, bool(mark)) for address, mark in boxes]


def test_whom_the_mail_went_to_besides_is_offered_in_cc(login):
    inbound = a_reply()
    InboundMail.objects.update(cc_addresses=["jan@hotel-zon.nl", "eva@elders.nl"])
    client = login("marketer")
    # A stranger to the conversation is for a person to tick.
    of_company = [("jan@hotel-zon.nl", True), ("eva@elders.nl", False)]
    assert ticked(shown(client, inbound)) == of_company
    jan = ["jan@hotel-zon.nl"]
    # Refused, and who was chosen and who was left out by hand stays so.
    do(client, inbound, "answer", text=" ", replies_seen=0, cc=["eva@elders.nl"])
    turned = [("jan@hotel-zon.nl", False), ("eva@elders.nl", True)]
    assert ticked(shown(client, inbound)) == turned
    do(client, inbound, "answer", text=WORDS, replies_seen=0, cc=jan)
    assert OutboundReply.objects.get().cc == jan
    text = shown(client, inbound)
    assert "Cc jan@hotel-zon.nl</span>" in text
    assert ticked(text) == of_company


def test_nothing_hostile_is_on_the_page(login):
    """Neither as text nor in the frame, which has no network, scripts or links anyway."""
    hostile = (
        '<script>alert("x")</script><p>Dag</p><img src="https://evil.nl/p.gif">'
        '<a href="https://evil.nl">hier</a>"><iframe src="https://evil.nl">'
    )
    inbound = a_reply(
        hostile, content_type="text/html; charset=utf-8",
        sender='"<b onmouseover=alert(1)>" <receptie@hotel-zon.nl>',
        subject='Re: "><img src=x onerror=alert(2)>',
    )  # fmt: skip
    InboundMail.objects.update(outcome="<script>alert(3)</script>")
    text = shown(login("marketer"), inbound)
    assert "evil.nl" not in text
    assert "<img src=x" not in text
    assert "<script>alert" not in text
    assert "onmouseover=alert(1)>" not in text
    frames = [one[: one.index(">")] for one in text.split("<iframe")[1:]]
    assert len(frames) == 2  # our mail, and theirs
    for frame in frames:
        assert 'sandbox=""' in frame
        assert "default-src &#x27;none&#x27;" in frame


def test_opening_a_mail_marks_it_as_read_by_a_post_of_the_page(login):
    inbound = InboundMailFactory()
    client = login("marketer")
    address = page(InboundMail, "read", inbound.pk)
    assert f'hx-post="{address}"' in shown(client, inbound)
    assert InboundMail.objects.get().read_at is None  # looking alone changes nothing
    assert client.post(address, {"read": "1"}).status_code == 204
    assert InboundMail.objects.get().read_at == AT_DESK
    assert f'hx-post="{address}"' not in shown(client, inbound)
    client.post(address, {"read": "0"})
    assert InboundMail.objects.get().read_at is None


def test_a_viewer_marks_nothing_as_read_by_looking(login):
    assert "hx-post" not in shown(login("viewer"), InboundMailFactory())


def test_selected_mails_are_marked(login):
    rows = InboundMailFactory.create_batch(2)
    client = login("marketer")
    pick(client, "mark_read", *rows)
    assert InboundMail.objects.filter(read_at=AT_DESK).count() == 2
    pick(client, "mark_unread", rows[0])
    assert InboundMail.objects.filter(read_at=None).get() == rows[0]


def test_an_answer_is_written_once_by_a_double_click(
    login, handed_out: list[int], django_capture_on_commit_callbacks
):
    inbound = a_reply()
    client = login("marketer")
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            answer = do(client, inbound, "answer", text=WORDS, replies_seen=0)
    reply = OutboundReply.objects.get()
    assert answer["Location"] == page(InboundMail, "change", inbound.pk) + f"#reply-{reply.pk}"
    assert (reply.text, reply.written_by) == (WORDS, answer.wsgi_request.user)
    assert set(handed_out) == {reply.pk}
    text = shown(client, inbound)
    assert "Ik bel u." in text
    assert "sending…" in text


def test_what_was_typed_outlives_a_refusal(login):
    inbound = a_reply()
    OutboundReplyFactory(inbound=inbound, text="Komt eraan.")
    client = login("marketer")
    answer = do(client, inbound, "answer", text=WORDS, replies_seen=0)
    (told,) = map(str, get_messages(answer.wsgi_request))
    assert told.startswith("Your answer was not sent: Somebody has answered this mail")
    form = client.get(page(InboundMail, "change", inbound.pk)).context["answer_form"]
    assert form.initial == {"text": WORDS, "replies_seen": 1}
    do(client, inbound, "answer", text=WORDS, replies_seen=1)
    form = client.get(page(InboundMail, "change", inbound.pk)).context["answer_form"]
    assert form.initial == {"text": "", "replies_seen": 2}


@pytest.mark.parametrize(
    "fields", [{"text": " ", "replies_seen": 0}, {"text": WORDS}, {"text": WORDS + "\0"}]
)
def test_an_answer_that_is_none_is_refused(login, fields: dict):
    inbound = a_reply()
    do(login("marketer"), inbound, "answer", **fields)
    assert not OutboundReply.objects.exists()


def test_who_opted_out_is_shown_without_a_form(login):
    inbound = a_reply("Schrijft u mij uit, geen mails meer graag.")
    text = shown(login("marketer"), inbound)
    assert "receptie@hotel-zon.nl opted out on" in text
    assert "<textarea" not in text


def test_the_state_of_a_reply_asks_for_itself_until_it_has_left(login):
    reply = OutboundReplyFactory()
    client = login("viewer")
    address = reverse("admin:tracking_outboundreply_state", args=[reply.pk])
    assert f'hx-get="{address}"' in client.get(address).content.decode()
    OutboundReply.objects.update(status="sent", sent_at=AT_DESK)
    text = client.get(address).content.decode()
    assert "hx-get" not in text
    assert "sent" in text


def test_an_intent_is_set_and_an_opt_out_takes_effect(login):
    inbound = a_reply("Laat maar.")
    client = login("marketer")
    do(client, inbound, "judge", intent="interested")
    inbound.refresh_from_db()
    assert (inbound.intent_now, inbound.intent) == ("interested", "not_interested")
    do(client, inbound, "judge", intent="unsubscribe")
    assert Suppression.objects.get().reason == "unsubscribed"
    do(client, inbound, "judge", intent="nonsense")
    inbound.refresh_from_db()
    assert inbound.intent_by_person == "unsubscribe"


def test_the_page_says_that_a_word_brings_no_flow_back(login):
    inbound = a_reply()
    client = login("marketer")
    answer = do(client, inbound, "judge", intent="out_of_office")
    words = "Their flow has ended, and stays so: this word takes nothing back."
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [f"Noted. {words}"]
    assert words in shown(client, inbound)


def test_an_unmatched_mail_is_tied_from_its_page(login):
    message = sent(running())
    inbound = came(mails.mail("Graag, belt u mij?", sender="Piet <piet@hotel-zon.nl>"))
    client = login("marketer")
    text = shown(client, inbound)
    assert "Which mail of ours does it answer?" in text
    assert f'name="tie" value="{message.pk}"' in text
    assert f'name="message" value="{message.pk}"' not in text
    asked = client.get(page(InboundMail, "change", inbound.pk), {"tie": message.pk})
    text = asked.content.decode()
    assert "Tied to mail 1 to receptie@hotel-zon.nl" in text
    assert asked.context["foreseen"].startswith("It counts as a reply. The flow of receptie@")
    assert f'name="message" value="{message.pk}"' in text
    inbound.refresh_from_db()
    assert (inbound.state, Enrollment.objects.get().status) == ("unmatched", "active")
    answer = do(client, inbound, "tie", message=message.pk)
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [
        "Tied to the mail. A reply: the flow has ended."
    ]
    inbound.refresh_from_db()
    assert (inbound.state, inbound.message) == ("done", message)
    assert Enrollment.objects.get().end_reason == "replied"
    assert "<textarea" in shown(client, inbound)


@pytest.mark.parametrize("chosen", ["", "77", "x", "9" * 30])
def test_nothing_is_asked_about_a_mail_that_is_not_there(login, chosen: str):
    inbound = InboundMailFactory(message=None, lead=None, state="unmatched")
    answer = login("marketer").get(page(InboundMail, "change", inbound.pk), {"tie": chosen})
    assert (answer.status_code, answer.context["chosen"]) == (200, None)


def test_a_lead_is_searched_for_that_it_may_be_from(login):
    message = sent(running())
    inbound = came(mails.mail("Graag!", sender="piet@elders.nl"))
    client, address = login("marketer"), page(InboundMail, "change", inbound.pk)
    assert not client.get(address).context["candidates"]
    assert list(client.get(address, {"find": "receptie"}).context["candidates"]) == [message]


def test_an_unmatched_mail_is_settled_and_the_queue_is_shown(login):
    inbound = InboundMailFactory(message=None, lead=None, state="unmatched")
    answer = do(login("ops"), inbound, "settle")
    assert answer["Location"] == page(InboundMail, "changelist") + "?box=unmatched"
    inbound.refresh_from_db()
    assert (inbound.state, inbound.settled_by) == ("settled", answer.wsgi_request.user)


def test_what_is_to_be_reviewed_says_why_in_the_list_and_settling_leads_to_the_next(login):
    inbound = InboundMailFactory(kind="bounce", state="to_review", outcome="Pause the domain?")
    client, boxes = login("ops"), page(InboundMail, "changelist")
    assert "Pause the domain?" in client.get(boxes, {"box": "review"}).content.decode()
    assert do(client, inbound, "settle")["Location"] == boxes + "?box=review"
    assert "Pause the domain?" not in client.get(boxes, {"box": "all"}).content.decode()


def test_the_unmatched_queue_is_emptied_in_one_go(login):
    waiting = [
        InboundMailFactory(message=None, lead=None, state="unmatched"),
        InboundMailFactory(message=None, lead=None, state="unmatched"),
    ]
    done, client = InboundMailFactory(), login("ops")
    answer = client.post(
        page(InboundMail, "changelist") + "?box=all",
        {"action": "settle_selected", "_selected_action": [one.pk for one in (*waiting, done)]},
    )
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [
        "2 settled. 1 waited for nobody: left alone."
    ]
    states = dict(InboundMail.objects.values_list("pk", "state"))
    assert states == {waiting[0].pk: "settled", waiting[1].pk: "settled", done.pk: "done"}
    person = answer.wsgi_request.user
    assert InboundMail.objects.filter(settled_by=person).count() == 2


def test_a_viewer_settles_nothing_by_the_list(login):
    inbound = InboundMailFactory(state="to_review")
    pick(login("viewer"), "settle_selected", inbound)
    inbound.refresh_from_db()
    assert inbound.state == "to_review"


def test_a_reply_that_stopped_is_settled_on_its_page(login):
    reply = OutboundReplyFactory(status="unknown", sent_at=MONDAY)
    client = login("marketer")
    press(client, reply, "assume_sent_this")
    reply.refresh_from_db()
    assert reply.status == "sent"
    OutboundReply.objects.update(status="failed")
    press(client, reply, "send_again_this")
    reply.refresh_from_db()
    assert reply.status == "queued"


@pytest.mark.parametrize("deed", ["answer", "judge", "read", "tie", "settle"])
def test_a_viewer_does_nothing_and_nothing_is_done_by_get(login, deed: str):
    inbound = InboundMailFactory(kind="auto_reply", auto_reply="challenge", state="to_review")
    fields = {"text": WORDS, "replies_seen": 0, "intent": "meeting", "read": "1", "message": "1"}
    assert do(login("viewer"), inbound, deed, **fields).status_code == 403
    assert login("marketer").get(page(InboundMail, deed, inbound.pk)).status_code == 405
    inbound.refresh_from_db()
    assert (inbound.read_at, inbound.state, inbound.intent_by_person) == (None, "to_review", "")
    assert not OutboundReply.objects.exists()


def test_operations_answer_nobody(login):
    inbound = a_reply()
    ops = login("ops")
    assert do(ops, inbound, "answer", text=WORDS, replies_seen=0).status_code == 403
    assert "<textarea" not in shown(ops, inbound)


def test_a_mail_that_is_not_there_is_404(login):
    client = login("marketer")
    for deed in ("answer", "judge", "tie", "settle"):
        assert client.post(page(InboundMail, deed, 77)).status_code == 404


def test_the_first_page_leads_to_what_waits(login):
    def attention() -> dict[str, tuple[int, str]]:
        found = client.get(reverse("admin:index")).context["attention"]
        return {one.title: (one.count, one.url) for one in found}

    client = login("marketer")
    assert attention() == {}
    InboundMailFactory(message=None, lead=None, state="unmatched")
    InboundMailFactory(kind="bounce", state="to_review")
    OutboundReplyFactory(status="failed")
    OutboundReplyFactory()
    assert attention() == {
        "Mails to review": (1, page(InboundMail, "changelist") + "?box=review"),
        "Unmatched mails": (1, page(InboundMail, "changelist") + "?box=unmatched"),
        "Replies that did not arrive": (1, page(OutboundReply, "changelist")),
    }
