from __future__ import annotations

import pytest

from campaigns.models import MessageEvent
from leads.models import Suppression
from tests.tracking.answers import DAY, MONDAY, about, came, figures
from tests.tracking.inbox.letters import a_reply, answered
from tests.tracking.reading import mails
from tracking.models import OutboundReply

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


def test_a_mail_that_names_no_reply_is_nobodys():
    answered(a_reply())
    head = "In-Reply-To: <guessed@punthelder-seo.nl>\n"
    assert came(mails.mail("Graag!", headers=head), MONDAY + DAY).state == "unmatched"
