from __future__ import annotations

import pytest

from campaigns.models import Enrollment, MessageEvent
from leads.models import Suppression
from mailsuite.lib.errors import Conflict
from tests.factories import InboundMailFactory, UserFactory
from tests.tracking.answers import (
    about,
    away,
    came,
    figures,
    mail_of,
    running,
    sent,
    soft_bounce,
)
from tests.tracking.inbox.letters import AT_DESK, WRITER, a_reply
from tests.tracking.reading import mails
from tracking.inbox.judging import consequence, judge, mark_read, mark_unread
from tracking.models import InboundMail
from tracking.reading import Intent

pytestmark = pytest.mark.django_db


def test_a_persons_word_does_not_overwrite_the_machines():
    inbound, by = a_reply("Geen interesse."), UserFactory()
    judged = judge(inbound.pk, Intent.MEETING, by=by, now=AT_DESK)
    judged.refresh_from_db()
    assert (judged.intent, judged.intent_by_person) == ("not_interested", "meeting")
    assert (judged.intent_now, judged.intent_set_by, judged.intent_set_at) == (
        "meeting", by, AT_DESK,
    )  # fmt: skip
    assert not Suppression.objects.exists()


def test_nobody_is_opted_out_by_what_a_colleague_wrote():
    inbound = InboundMailFactory(state="ignored")
    with pytest.raises(Conflict, match="One of us wrote this mail"):
        judge(inbound.pk, Intent.UNSUBSCRIBE, by=UserFactory(), now=AT_DESK)
    assert not Suppression.objects.exists()


def test_a_word_can_be_taken_back():
    inbound = a_reply("Geen interesse.")
    judge(inbound.pk, Intent.MEETING, by=UserFactory(), now=AT_DESK)
    judge(inbound.pk, None, by=UserFactory(), now=AT_DESK)
    inbound.refresh_from_db()
    assert (inbound.intent_by_person, inbound.intent_now) == ("", "not_interested")


def test_who_wants_no_more_mail_by_a_persons_word_gets_none():
    inbound = a_reply("Laat maar zitten allemaal.")
    assert not Suppression.objects.exists()
    for _ in range(2):
        judge(inbound.pk, Intent.UNSUBSCRIBE, by=UserFactory(), now=AT_DESK)
    entry = Suppression.objects.get()
    assert (entry.value, entry.reason) == (WRITER, "unsubscribed")
    event = MessageEvent.objects.get(kind="unsubscribed")
    assert (event.at, event.learned_at) == (inbound.received_at, AT_DESK)
    assert figures(inbound.message)["unsubscribed"] == 1
    assert Enrollment.objects.get().status == "ended"


def test_what_the_machine_has_read_already_counts_once():
    inbound = a_reply("Schrijft u mij uit, geen mails meer.")
    assert inbound.kind == "unsubscribe"
    judge(inbound.pk, Intent.UNSUBSCRIBE, by=UserFactory(), now=AT_DESK)
    assert MessageEvent.objects.filter(kind="unsubscribed").count() == 1
    assert figures(inbound.message)["unsubscribed"] == 1


def test_a_persons_word_opts_out_the_writer_whoever_that_is():
    """No forger says it, but somebody who has read the mail."""
    inbound = a_reply("Laat maar zitten allemaal.", sender="Piet <piet@gmail.com>")
    other = running("piet@gmail.com")
    judge(inbound.pk, Intent.UNSUBSCRIBE, by=UserFactory(), now=AT_DESK)
    assert set(Suppression.objects.values_list("value", "reason")) == {
        (WRITER, "unsubscribed"), ("piet@gmail.com", "unsubscribed"),
    }  # fmt: skip
    ended = Enrollment.objects.get(campaign=other)
    assert (ended.end_reason, ended.ended_at) == ("unsubscribed", AT_DESK)
    assert figures(mail_of(other, 1, "piet@gmail.com")) == {"planned": 1, "canceled": 1}
    assert figures(inbound.message)["unsubscribed"] == 1


def test_a_person_opts_out_the_writer_whom_the_machine_did_not_know():
    inbound = a_reply("Schrijft u mij uit, geen mails meer.", sender="Piet <piet@gmail.com>")
    assert Suppression.objects.get().value == WRITER
    for _ in range(2):
        judge(inbound.pk, Intent.UNSUBSCRIBE, by=UserFactory(), now=AT_DESK)
    assert Suppression.objects.filter(value="piet@gmail.com", reason="unsubscribed").exists()
    assert MessageEvent.objects.filter(kind="unsubscribed").count() == 1


def test_a_server_that_reports_a_bounce_is_opted_out_of_nothing():
    inbound = came(soft_bounce(sent(running())))
    judge(inbound.pk, Intent.UNSUBSCRIBE, by=UserFactory(), now=AT_DESK)
    assert Suppression.objects.get().value == WRITER


def a_ticket(body: str = "Geen interesse, wij hebben al een partij.") -> InboundMail:
    """A person's words in a mail that a ticket system marks as its own."""
    marks = f"In-Reply-To: <{mails.OUR_ID}>\nAuto-Submitted: auto-generated\n"
    marks += "X-Auto-Response-Suppress: All\n"
    inbound = came(about(sent(running()), mails.mail(body, headers=marks)))
    assert (inbound.kind, inbound.auto_reply) == ("auto_reply", "acknowledgement")
    return inbound


@pytest.mark.parametrize("intent", [Intent.INTERESTED, Intent.MEETING, Intent.NOT_INTERESTED])
def test_an_automatic_mail_is_a_reply_once_a_person_has_read_a_persons_words(intent: Intent):
    inbound = a_ticket()
    assert Enrollment.objects.get().status == "active"
    for _ in range(2):
        judged = judge(inbound.pk, intent, by=UserFactory(), now=AT_DESK)
    inbound.refresh_from_db()
    assert (inbound.kind, inbound.intent_now) == ("reply", intent)
    assert consequence(judged) == inbound.outcome == "A reply, says a person: the flow has ended."
    assert list(InboundMail.objects.for_marketers()) == [inbound]
    ended = Enrollment.objects.get()
    assert (ended.end_reason, ended.ended_at) == ("replied", AT_DESK)
    event = MessageEvent.objects.get(kind="replied")
    assert (event.at, event.learned_at) == (inbound.received_at, AT_DESK)
    assert figures(inbound.message) == {"planned": 1, "sent": 1, "replied": 1}
    assert mail_of(inbound.message.campaign, 2).status == "canceled"
    assert not Suppression.objects.exists()


def test_an_automatic_mail_by_which_somebody_opts_out_leaves_both_queues_of_machines():
    body = "Ik ben tot 8 juni afwezig. Schrijft u mij uit, geen mails meer."
    inbound = came(away(sent(running()), body))
    assert (inbound.kind, inbound.state) == ("auto_reply", "to_review")
    judge(inbound.pk, Intent.UNSUBSCRIBE, by=UserFactory(), now=AT_DESK)
    inbound.refresh_from_db()
    assert (inbound.kind, inbound.state) == ("unsubscribe", "settled")
    assert Suppression.objects.get().value == WRITER


def test_other_words_about_an_automatic_mail_leave_the_flow():
    inbound = a_ticket()
    for intent in (Intent.OUT_OF_OFFICE, Intent.NONE, None):
        judge(inbound.pk, intent, by=UserFactory(), now=AT_DESK)
    inbound.refresh_from_db()
    assert (inbound.kind, Enrollment.objects.get().status) == ("auto_reply", "active")


def test_a_persons_word_about_a_bounce_makes_no_reply_of_it():
    inbound = came(soft_bounce(sent(running())))
    judge(inbound.pk, Intent.MEETING, by=UserFactory(), now=AT_DESK)
    inbound.refresh_from_db()
    assert (inbound.kind, Enrollment.objects.get().status) == ("bounce", "active")


def test_a_persons_word_about_a_servers_report_of_a_delay_makes_no_reply_of_it():
    first = sent(running())
    inbound = came(about(first, mails.dsn(mails.group(action="delayed", status="4.4.1"))))
    assert inbound.kind == "other"
    judge(inbound.pk, Intent.INTERESTED, by=UserFactory(), now=AT_DESK)
    inbound.refresh_from_db()
    assert (inbound.kind, Enrollment.objects.get().status) == ("other", "active")
    assert figures(first) == {"planned": 1, "sent": 1}


def test_a_reply_that_is_called_out_of_office_leaves_its_flow_ended_and_says_so():
    inbound = a_reply("Ik ben er even niet.")
    judged = judge(inbound.pk, Intent.OUT_OF_OFFICE, by=UserFactory(), now=AT_DESK)
    assert Enrollment.objects.get().status == "ended"
    assert consequence(judged) == (
        "Their flow has ended, and stays so: this word takes nothing back."
    )


def test_another_word_takes_no_opt_out_back():
    inbound = a_reply("Schrijft u mij uit, geen mails meer.")
    judge(inbound.pk, Intent.INTERESTED, by=UserFactory(), now=AT_DESK)
    assert Suppression.objects.get().reason == "unsubscribed"


def test_nobody_is_opted_out_by_a_mail_that_is_tied_to_nothing():
    """Anybody can write such a mail in anybody's name."""
    inbound = came(mails.mail("Stop ermee.", sender=WRITER, subject="Hallo"))
    with pytest.raises(Conflict, match="Tie it to its message first"):
        judge(inbound.pk, Intent.UNSUBSCRIBE, by=UserFactory(), now=AT_DESK)
    inbound.refresh_from_db()
    assert inbound.intent_by_person == ""
    assert not Suppression.objects.exists()


def test_reading_counts_what_was_unread_and_keeps_the_first_time():
    inbound = a_reply()
    assert mark_read([inbound.pk], AT_DESK) == 1
    assert mark_read([inbound.pk], AT_DESK.replace(year=2027)) == 0
    assert InboundMail.objects.get().read_at == AT_DESK
    assert (mark_unread([inbound.pk]), mark_unread([inbound.pk])) == (1, 0)
    assert InboundMail.objects.get().is_unread
