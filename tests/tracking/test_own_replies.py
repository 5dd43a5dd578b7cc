from __future__ import annotations

import pytest

from campaigns.models import MessageEvent
from leads.models import Suppression
from mailsuite.lib.errors import Refusal
from tests.factories import UserFactory
from tests.tracking.answers import DAY, MONDAY, about, came, figures
from tests.tracking.inbox.letters import a_reply, answered
from tests.tracking.reading import mails
from tracking.inbox.judging import judge
from tracking.models import InboundMail, OutboundReply
from tracking.reading import Intent

pytestmark = pytest.mark.django_db


def said_back(reply: OutboundReply, body: str = "Tot morgen!", **changes: str) -> bytes:
    """An answer that names the reply alone, as some programs leave References out."""
    head = f"In-Reply-To: <{reply.smtp_message_id}>\n"
    raw = about(reply.message, mails.mail(body, headers=head, **changes))
    return raw.replace(b"<theirs@", b"<second@")


def returned(reply: OutboundReply) -> bytes:
    return about(reply.message, mails.dsn(mails.group())).replace(
        reply.message.smtp_message_id.encode(), reply.smtp_message_id.encode()
    )


def test_an_answer_to_our_reply_belongs_to_the_conversation():
    first = a_reply()
    inbound = came(said_back(answered(first)), MONDAY + DAY)
    assert (inbound.state, inbound.message, inbound.lead) == ("done", first.message, first.lead)
    assert figures(first.message)["replied"] == 1


def test_an_opt_out_in_answer_to_our_reply_counts():
    reply = answered(a_reply())
    came(said_back(reply, "Schrijft u mij uit, geen mails meer graag."), MONDAY + DAY)
    assert Suppression.objects.get().reason == "unsubscribed"


@pytest.mark.parametrize(("status", "becomes"), [("unknown", "sent"), ("failed", "failed")])
def test_who_answers_our_reply_has_it(status: str, becomes: str):
    reply = answered(a_reply())
    OutboundReply.objects.update(status=status, sent_at=MONDAY)
    came(said_back(reply), MONDAY + DAY)
    assert OutboundReply.objects.get().status == becomes


def test_a_bounce_of_our_reply_is_told_and_held_against_nobody():
    reply = answered(a_reply())
    OutboundReply.objects.update(status="sent", sent_at=MONDAY)
    before = figures(reply.message)
    inbound = came(returned(reply), MONDAY + DAY)
    assert (inbound.kind, inbound.state, inbound.message) == ("bounce", "done", reply.message)
    assert inbound.outcome == "A reply of ours came back. Nothing follows for the campaign."
    reply.refresh_from_db()
    assert reply.status == "failed"
    assert reply.detail == "It came back: 550 5.1.1 User unknown"
    assert figures(reply.message) == before
    assert not MessageEvent.objects.filter(kind="bounced").exists()
    assert not Suppression.objects.exists()


def test_a_bounce_of_a_copy_leaves_the_reply_as_it_is():
    reply = answered(a_reply())
    OutboundReply.objects.update(status="sent", sent_at=MONDAY, cc=["jan@hotel-zon.nl"])
    inbound = came(returned(reply).replace(b"receptie@", b"jan@"), MONDAY + DAY)
    assert inbound.outcome.startswith("A reply of ours came back from somebody in Cc.")
    reply.refresh_from_db()
    assert (reply.status, reply.detail) == ("sent", "")
    assert reply.cc_detail == "It came back from jan@hotel-zon.nl: 550 5.1.1 User unknown"


EVA = "eva@elders.nl"


def with_eva_in_cc() -> OutboundReply:
    reply = answered(a_reply())
    OutboundReply.objects.update(status="sent", sent_at=MONDAY, cc=[EVA])
    return reply


def complaint_of(who: str, reply: OutboundReply) -> bytes:
    raw = mails.complaint(fields=f"Original-Rcpt-To: <{who}>")
    return raw.replace(mails.OUR_ID.encode(), reply.smtp_message_id.encode())


def test_a_complaint_of_somebody_in_cc_is_theirs_alone():
    reply = with_eva_in_cc()
    before = figures(reply.message)
    inbound = came(complaint_of(EVA, reply), MONDAY + DAY)
    assert (inbound.kind, inbound.state) == ("complaint", "to_review")
    assert "that address alone. Nothing follows for the lead." in inbound.outcome
    assert Suppression.objects.get().value == EVA
    assert figures(reply.message) == before
    assert not MessageEvent.objects.filter(kind="complained").exists()
    assert reply.message.lead.status == "active"


def test_a_complaint_of_the_lead_about_our_reply_counts():
    reply = with_eva_in_cc()
    inbound = came(complaint_of(reply.recipient, reply), MONDAY + DAY)
    assert inbound.state == "done"
    assert Suppression.objects.get().value == reply.recipient
    assert figures(reply.message)["complained"] == 1


@pytest.mark.parametrize("names_campaign_mail", [False, True])
def test_an_opt_out_of_somebody_in_cc_is_theirs_alone(names_campaign_mail: bool):
    reply = with_eva_in_cc()
    before = figures(reply.message)
    raw = said_back(reply, "Schrijft u mij uit, geen mails meer graag.", sender=f"Eva <{EVA}>")
    if names_campaign_mail:
        raw = raw.replace(
            b"In-Reply-To", f"References: <{reply.message.smtp_message_id}>\nIn-Reply-To".encode()
        )
    inbound = came(raw, MONDAY + DAY)
    assert (inbound.state, inbound.message) == ("to_review", reply.message)
    assert Suppression.objects.get().value == EVA
    assert figures(reply.message) == before
    with pytest.raises(Refusal, match=f"{EVA} opted out"):
        answered(a_mail_to_all(reply), "Nog iets.", cc=[EVA])


def a_mail_to_all(reply: OutboundReply) -> InboundMail:
    raw = said_back(reply).replace(b"<second@", b"<third@")
    return came(raw.replace(b"\nSubject:", f"\nCc: {EVA}\nSubject:".encode(), 1), MONDAY + DAY)


def test_what_somebody_in_cc_writes_stays_in_the_conversation_and_does_nothing():
    reply = with_eva_in_cc()
    before = MessageEvent.objects.count()
    inbound = came(said_back(reply, "Ik bel u.", sender=f"Eva <{EVA}>"), MONDAY + DAY)
    assert (inbound.kind, inbound.state, inbound.message) == ("reply", "done", reply.message)
    assert inbound.outcome.endswith("by Cc. Nothing follows for the lead.")
    assert MessageEvent.objects.count() == before
    # Nor by being answered: who came in by Cc does not become the lead.
    answered(inbound, "Dag Eva.")
    later = said_back(reply, "Schrijf mij uit, geen mails meer.", sender=EVA)
    came(later.replace(b"<second@", b"<third@"), MONDAY + 2 * DAY)
    assert Suppression.objects.get().value == EVA


def test_a_person_who_says_that_somebody_in_cc_wants_no_mail_opts_out_nobody_else():
    reply = with_eva_in_cc()
    inbound = came(said_back(reply, "Liever niet.", sender=EVA), MONDAY + DAY)
    judge(inbound.pk, Intent.UNSUBSCRIBE, by=UserFactory(), now=MONDAY + DAY)
    assert Suppression.objects.get().value == EVA
    assert not MessageEvent.objects.filter(kind="unsubscribed").exists()


def test_a_colleague_of_the_lead_in_cc_speaks_for_the_company():
    reply = with_eva_in_cc()
    OutboundReply.objects.update(cc=["jan@hotel-zon.nl"])
    raw = said_back(reply, "Schrijf ons uit, geen mails meer.", sender="jan@hotel-zon.nl")
    assert came(raw, MONDAY + DAY).state == "done"
    assert Suppression.objects.count() == 2


def test_a_mail_that_names_no_reply_is_nobodys():
    answered(a_reply())
    head = "In-Reply-To: <guessed@punthelder-seo.nl>\n"
    assert came(mails.mail("Graag!", headers=head), MONDAY + DAY).state == "unmatched"
