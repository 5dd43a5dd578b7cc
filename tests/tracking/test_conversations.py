"""Answers to mails that mailsuite has not sent, in a conversation that it began."""

from __future__ import annotations

import pytest

from campaigns.models import Message, MessageEvent
from leads.models import Lead, Suppression
from tests.tracking.answers import DAY, HOUR, MONDAY, about, came, reply, running, sent
from tests.tracking.reading import mails
from tracking.models import InboundMail

pytestmark = pytest.mark.django_db
FIRST, COLLEAGUES = "first@hotel-zon.nl", "own@punthelder-seo.nl"


def mail_to(
    answered: str, body: str = "Nog iets.", *, sender: str = mails.RECIPIENT, own_id: str = ""
) -> bytes:
    """One that names `answered` alone."""
    raw = mails.mail(body, sender=sender, headers=f"In-Reply-To: <{answered}>\n")
    return raw.replace(b"theirs@hotel-zon.nl", (own_id or f"re.{answered}").encode())


def colleague_wrote(message: Message, answered: str) -> InboundMail:
    return came(mail_to(answered, "Ik bel u.", sender=message.alias.address, own_id=COLLEAGUES))


def lead_wrote(message: Message) -> InboundMail:
    return came(reply(message).replace(b"theirs@hotel-zon.nl", FIRST.encode()))


def test_an_answer_to_a_colleague_belongs_to_the_conversation_and_ends_the_flow():
    first = sent(running())
    assert colleague_wrote(first, first.smtp_message_id).state == "ignored"
    first.enrollment.refresh_from_db()
    assert first.enrollment.status == "active"
    inbound = came(mail_to(COLLEAGUES, "Goed, tot dan."), MONDAY + DAY)
    assert (inbound.state, inbound.message, inbound.lead) == ("done", first, first.lead)
    first.enrollment.refresh_from_db()
    assert first.enrollment.status == "ended"


def test_an_opt_out_in_answer_to_a_colleague_counts():
    first = sent(running())
    colleague_wrote(first, first.smtp_message_id)
    came(mail_to(COLLEAGUES, "Schrijft u mij uit, geen mails meer graag."), MONDAY + DAY)
    assert Suppression.objects.get().value == mails.RECIPIENT


def test_who_answers_the_own_earlier_mail_goes_on_with_the_conversation():
    first = sent(running())
    lead_wrote(first)
    inbound = came(mail_to(FIRST), MONDAY + DAY)
    assert (inbound.state, inbound.message) == ("done", first)
    again = came(mail_to(f"re.{FIRST}", "En dit."), MONDAY + DAY + HOUR)
    assert (again.state, again.message) == ("done", first)


def test_a_colleague_who_answers_the_leads_mail_is_in_the_conversation():
    first = sent(running())
    lead_wrote(first)
    assert colleague_wrote(first, FIRST).message == first


@pytest.mark.parametrize(
    ("sender", "state"),
    [
        ("jan@hotel-zon.nl", "done"),
        ("boekhouder@elders.nl", "unmatched"),
        ("piet@gmail.com", "done"),  # has answered before
        ("jan@gmail.com", "unmatched"),
    ],
)
def test_only_who_takes_part_is_believed(sender: str, state: str):
    """Everybody in Cc knows the id of a colleague's mail."""
    first = sent(running())
    colleague_wrote(first, first.smtp_message_id)
    came(about(first, mails.reply("Vanaf mijn eigen adres.", sender="Piet <piet@gmail.com>")))
    inbound = came(mail_to(COLLEAGUES, "Geen mails meer graag.", sender=sender), MONDAY + DAY)
    assert inbound.state == state
    assert Suppression.objects.exists() is (state == "done")


def test_people_at_a_public_provider_are_no_colleagues():
    first = sent(running("anna@gmail.com"), to="anna@gmail.com")
    colleague_wrote(first, first.smtp_message_id)
    assert came(mail_to(COLLEAGUES, sender="bram@gmail.com")).state == "unmatched"
    assert came(mail_to(COLLEAGUES, sender="anna@gmail.com"), MONDAY + DAY).message == first


def test_a_bounce_of_a_colleagues_mail_is_held_against_nobody():
    first = sent(running())
    colleague_wrote(first, first.smtp_message_id)
    returned = mails.dsn(mails.group()).replace(mails.OUR_ID.encode(), COLLEAGUES.encode())
    answers = b"In-Reply-To: <" + COLLEAGUES.encode() + b">\nReturn-Path: <>\n"
    inbound = came(returned.replace(b"Return-Path: <>\n", answers, 1), MONDAY + DAY)
    assert (inbound.kind, inbound.state, inbound.message) == ("bounce", "unmatched", None)
    assert not MessageEvent.objects.filter(kind="bounced").exists()
    assert not Suppression.objects.exists()
    assert Lead.objects.get().status == "active"


def test_an_id_that_belongs_to_two_conversations_proves_none():
    """A machine that gives all its mails one Message-ID."""
    campaign = running("receptie@hotel-zon.nl", "jan@hotel-zon.nl")
    for to in ("receptie@hotel-zon.nl", "jan@hotel-zon.nl"):
        lead_wrote(sent(campaign, to=to))
    assert InboundMail.objects.filter(own_message_id=FIRST).count() == 2
    assert came(mail_to(FIRST), MONDAY + DAY).state == "unmatched"


def test_a_mail_that_was_never_tied_leads_nowhere():
    sent(running())
    came(mail_to("guessed@punthelder-seo.nl", own_id=FIRST))
    assert came(mail_to(FIRST), MONDAY + DAY).state == "unmatched"
