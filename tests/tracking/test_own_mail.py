"""Who of those that write in a thread is one of us, and whose answer counts."""

from __future__ import annotations

import pytest

from campaigns.models import Message, MessageEvent
from leads.models import Suppression
from tests.tracking.answers import about, came, hard_bounce, reply, running, sent
from tests.tracking.inbox.letters import answered
from tests.tracking.reading import mails
from tracking.models import InboundMail, Mailbox

pytestmark = pytest.mark.django_db


def written_by(address: str, message: Message, text: str = "Graag, belt u mij?") -> InboundMail:
    headers = f"In-Reply-To: <{mails.OUR_ID}>\n"
    return came(about(message, mails.mail(text, sender=f"Iemand <{address}>", headers=headers)))


def events() -> list[str]:
    kinds = MessageEvent.objects.exclude(kind=MessageEvent.Kind.SENT)
    return list(kinds.values_list("kind", flat=True))


@pytest.mark.parametrize("text", ["Graag, belt u mij?", "Graag geen mails meer sturen."])
@pytest.mark.parametrize("name", ["info", "Collega.Jan"])
def test_a_colleague_at_a_sending_domain_ends_no_flow_and_opts_nobody_out(name: str, text: str):
    first = sent(running())
    inbound = written_by(f"{name}@{first.domain.name.upper()}", first, text)
    assert (inbound.state, inbound.intent) == ("ignored", "none")
    assert events() == []
    assert not Suppression.objects.exists()
    first.enrollment.refresh_from_db()
    assert first.enrollment.status == "active"


def ids_in_box(box: str) -> list[str]:
    mails = InboundMail.objects.all()
    found = {"inbox": mails.for_marketers, "machines": mails.by_machines, "own": mails.own}[box]()
    return list(found.values_list("own_message_id", flat=True))


@pytest.mark.parametrize("text", ["Graag, belt u mij?", "Graag geen mails meer sturen."])
def test_what_a_colleague_writes_belongs_to_the_conversation_and_to_no_box(text: str):
    first = sent(running())
    inbound = written_by(f"collega@{first.domain.name}", first, text)
    assert (inbound.message, inbound.lead) == (first, first.lead)
    assert [ids_in_box(box) for box in ("inbox", "machines", "own")] == [
        [], [], ["theirs@hotel-zon.nl"],
    ]  # fmt: skip


def test_what_mailsuite_sent_is_not_in_its_conversation_twice():
    """A rule sends back the second mail, and a copy of an answer; both name the first mail."""
    first = sent(running())
    reply_of_ours = answered(came(reply(first)))
    for ours in (first.smtp_message_id, reply_of_ours.smtp_message_id):
        raw = about(first, mails.reply("Dag", sender=mails.ALIAS))
        inbound = came(raw.replace(b"theirs@hotel-zon.nl", ours.encode()))
        assert (inbound.state, inbound.message) == ("ignored", None)


def test_the_same_mail_of_a_colleague_by_two_ways_is_in_the_conversation_once():
    first = sent(running())
    colleague = f"collega@{first.domain.name}"
    written_by(colleague, first)
    again = written_by(colleague, first, "Graag, belt u mij?\n\nGescand op virussen.")
    assert (again.state, again.message) == ("ignored", None)


def test_the_owner_of_a_mailbox_that_is_read_is_one_of_us():
    first = sent(running())
    Mailbox.objects.create(name="own", host="imap.invalid", username="Jan@Elders.example")
    assert written_by("jan@elders.example", first).state == "ignored"
    assert written_by("piet@elders.example", first).state == "done"
    assert events() == ["replied"]


def test_a_colleague_whom_a_campaign_was_sent_to_answers_like_anybody():
    name = sent(running()).domain.name
    own = f"proef@{name}"
    Mailbox.objects.create(name="own", host="imap.invalid", username=own)
    first = Message.objects.get(status="sent")
    first.lead.email = own
    first.lead.save()
    assert written_by(f"Proef@{name}", first).state == "done"
    assert events() == ["replied"]
    assert written_by(f"ander@{name}", first).state == "ignored"


def test_a_server_at_our_domain_is_believed_when_it_reports_a_bounce():
    first = sent(running())
    raw = hard_bounce(first)
    domain = first.domain.name.encode()
    sender = next(line for line in raw.splitlines() if line.startswith(b"From:"))
    assert came(raw.replace(sender, b"From: MAILER-DAEMON@" + domain)).state == "done"
    assert events() == ["bounced"]


def test_the_lead_is_none_of_us():
    first = sent(running())
    assert came(reply(first)).state == "done"
    assert events() == ["replied"]
