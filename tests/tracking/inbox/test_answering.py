from __future__ import annotations

from datetime import datetime

import pytest

from campaigns.models import DailyFigures, Message, SendingDomain
from leads.models import Lead, Suppression
from leads.suppression import suppress
from mailsuite.lib import clock
from mailsuite.lib.errors import Conflict, Refusal
from tests.factories import UserFactory
from tests.threads import in_threads
from tests.tracking.answers import MONDAY, about, away, came, hard_bounce, running, sent
from tests.tracking.inbox.letters import AT_DESK, WORDS, WRITER, a_reply, answered, kept_subject
from tests.tracking.reading import mails
from tracking.inbox.answering import answers_to
from tracking.models import InboundMail, OutboundReply

pytestmark = pytest.mark.django_db


def test_an_answer_leaves_from_the_alias_that_was_written_to_and_in_the_thread():
    inbound = a_reply()
    by = UserFactory()
    reply = answered(inbound, by=by)
    message = Message.objects.get(mail_number=1)
    assert (reply.alias, reply.recipient) == (message.alias, WRITER)
    assert reply.subject == "Re: Vindbaarheid van Hotel Zon"
    assert reply.in_reply_to == "theirs@hotel-zon.nl"
    assert reply.references == f"{message.smtp_message_id} theirs@hotel-zon.nl"
    assert reply.smtp_message_id.endswith(f"@{message.domain.name}")
    assert (reply.text, reply.written_by, reply.written_at) == (WORDS, by, AT_DESK)
    assert (reply.status, reply.next_try_at) == ("queued", AT_DESK)
    inbound.refresh_from_db()
    assert inbound.read_at == AT_DESK


def test_a_mail_without_a_subject_gets_that_of_ours():
    inbound = a_reply(subject="")
    message = Message.objects.get(mail_number=1)
    assert answered(inbound).subject == f"Re: {kept_subject(message)}"


def test_an_answer_settles_what_waited_for_a_person():
    left = came(away(sent(running()), "Piet werkt niet meer bij ons."))
    assert left.state == "to_review"
    by = UserFactory()
    answered(left, by=by)
    left.refresh_from_db()
    assert (left.state, left.settled_by, left.settled_at) == ("settled", by, AT_DESK)


def test_an_answer_leaves_what_waited_for_nobody_as_it_was():
    inbound = a_reply()
    answered(inbound)
    inbound.refresh_from_db()
    assert (inbound.state, inbound.settled_by) == ("done", None)


def test_an_answer_touches_neither_campaign_nor_throttle():
    inbound = a_reply()
    before = list(DailyFigures.objects.values()), list(SendingDomain.objects.values())
    answered(inbound)
    assert (list(DailyFigures.objects.values()), list(SendingDomain.objects.values())) == before


@pytest.mark.parametrize("again", [WORDS, WORDS.replace("\n", "\r\n"), f"  {WORDS}\n"])
def test_the_same_words_to_the_same_mail_are_one_answer(again: str):
    inbound = a_reply()
    first = answered(inbound)
    assert answered(inbound, again, replies_seen=0) == first
    assert OutboundReply.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_answer():
    inbound, by = a_reply(), UserFactory()
    made = in_threads(6, lambda: answered(inbound, by=by, replies_seen=0).pk)
    assert set(made) == {OutboundReply.objects.get().pk}


def test_other_words_are_another_answer():
    inbound = a_reply()
    answered(inbound)
    answered(inbound, "Nog iets: neemt u uw laptop mee?", replies_seen=1)
    assert OutboundReply.objects.count() == 2


def test_nobody_answers_over_a_colleague_unseen():
    inbound = a_reply()
    answered(inbound, "Dag Piet, komt eraan.")
    with pytest.raises(Conflict, match="answered this mail while you wrote"):
        answered(inbound, replies_seen=0)
    assert OutboundReply.objects.count() == 1


def colleague_wrote(inbound: InboundMail, at: datetime = AT_DESK) -> InboundMail:
    head = f"In-Reply-To: <{inbound.own_message_id}>\n"
    raw = mails.mail("Ik bel u.", sender=inbound.message.alias.address, headers=head)
    return came(raw.replace(b"Message-ID: <theirs@", b"Message-ID: <own@"), at)


def test_nobody_answers_over_a_colleague_who_wrote_in_a_mail_program():
    inbound = a_reply()
    assert answers_to(inbound) == 0
    colleague_wrote(inbound)
    with pytest.raises(Conflict, match="answered this mail while you wrote"):
        answered(inbound, replies_seen=0)
    assert answers_to(inbound) == 1
    assert answered(inbound, replies_seen=1).status == "queued"
    assert answers_to(inbound) == 2


def test_what_a_colleague_wrote_before_a_mail_is_no_answer_to_it():
    inbound = a_reply()
    colleague_wrote(inbound, MONDAY)
    assert answers_to(inbound) == 0


def test_a_mail_of_a_colleague_is_not_answered():
    own = colleague_wrote(a_reply())
    with pytest.raises(Conflict, match="One of us wrote this mail"):
        answered(own)


def test_an_answer_that_failed_is_sent_again_by_the_same_words():
    inbound = a_reply()
    first = answered(inbound)
    OutboundReply.objects.update(status="failed", retries=2, detail="550 no")
    again = answered(inbound)
    assert (again.pk, again.status, again.retries, again.detail) == (first.pk, "queued", 0, "")


@pytest.mark.parametrize("status", ["sent", "unknown", "sending"])
def test_one_that_may_have_arrived_is_not_sent_again_by_the_same_words(status: str):
    inbound = a_reply()
    answered(inbound)
    OutboundReply.objects.update(
        status=status, attempt_id="00000000-0000-0000-0000-000000000001",
        lease_until=AT_DESK, sent_at=AT_DESK,
    )  # fmt: skip
    assert answered(inbound).status == status


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("unsubscribed", "receptie@hotel-zon.nl opted out on {day}, and gets no mail"),
        ("complaint", "receptie@hotel-zon.nl complained about our mails on {day}, and gets"),
        ("erased", "This person had their data erased on {day}, and gets no mail"),
    ],
)
def test_nobody_answers_who_wants_no_more_mail(reason: str, words: str):
    inbound = a_reply()
    with clock.frozen(AT_DESK):
        suppress([WRITER], reason=Suppression.Reason(reason))
    with pytest.raises(Refusal, match=words.format(day=f"{AT_DESK:%d %B %Y}")):
        answered(inbound)
    assert not OutboundReply.objects.exists()


def test_nobody_answers_a_company_that_opted_out():
    inbound = a_reply()
    suppress(["hotel-zon.nl"], reason=Suppression.Reason.UNSUBSCRIBED, scope="domain")
    with pytest.raises(Refusal, match=r"hotel-zon\.nl opted out"):
        answered(inbound)


@pytest.mark.parametrize("reason", ["manual", "bounced"])
def test_who_wrote_may_be_answered_though_no_campaign_mails_them(reason: str):
    inbound = a_reply()
    suppress([WRITER], reason=Suppression.Reason(reason))
    Lead.objects.update(stopped_at=AT_DESK)
    assert answered(inbound).status == "queued"


def test_an_opt_out_from_one_address_holds_for_the_other():
    """They were mailed at the one, opted out there, and write from the other."""
    inbound = a_reply(sender="Piet <piet@gmail.com>")
    suppress([WRITER], reason=Suppression.Reason.UNSUBSCRIBED)
    with pytest.raises(Refusal, match=r"receptie@hotel-zon\.nl opted out"):
        answered(inbound)


def test_an_answer_goes_where_the_writer_wants_it():
    inbound = came(
        about(sent(running()), mails.mail(
            "Mail mijn collega.",
            headers=f"In-Reply-To: <{mails.OUR_ID}>\nReply-To: Jan <Jan@hotel-zon.nl>\n",
        ))
    )  # fmt: skip
    assert answered(inbound).recipient == "jan@hotel-zon.nl"
    InboundMail.objects.update(raw=None)
    assert answered(inbound, "Nog iets.").recipient == WRITER


def test_a_mail_that_is_tied_to_nothing_is_not_answered():
    inbound = came(mails.mail("Graag!", sender="piet@elders.nl"))
    with pytest.raises(Conflict, match="Tie it to one first"):
        answered(inbound)


def test_a_bounce_is_not_answered():
    inbound = came(hard_bounce(sent(running())))
    with pytest.raises(Conflict, match="comes from a machine"):
        answered(inbound)


@pytest.mark.parametrize("text", ["", "  \r\n ", "x" * 20_001])
def test_nothing_and_too_much_are_no_answer(text: str):
    inbound = a_reply()
    with pytest.raises(Refusal) as refusal:
        answered(inbound, text)
    assert set(refusal.value.fields) == {"text"}
