from __future__ import annotations

import pytest

from campaigns.models import Enrollment, Message, MessageEvent
from campaigns.transport import Outcome
from leads.models import Lead, Suppression
from mailsuite.lib import clock
from mailsuite.lib.tokens import Purpose, sign
from tests.tracking.answers import (
    DAY,
    HOUR,
    MONDAY,
    about,
    came,
    figures,
    handed_over,
    mail_of,
    reply,
    running,
    sent,
)
from tests.tracking.reading import mails
from tracking.models import InboundMail
from tracking.receiving import receive

pytestmark = pytest.mark.django_db
Status = Message.Status
BOSS, CLERK, GUEST = "baas@hotel-zon.nl", "balie@hotel-zon.nl", "jan@elders.nl"


def reasons() -> dict[str, str]:
    """Address → why its flow ended."""
    return dict(Enrollment.objects.values_list("lead__email", "end_reason"))


def test_a_reply_ends_the_flow_and_counts_once():
    campaign = running()
    first = sent(campaign)
    inbound = came(reply(first, "Klinkt goed, kunt u mij bellen?"))
    first.refresh_from_db()
    assert (first.status, first.replied_at) == (Status.SENT, MONDAY + HOUR)
    assert reasons() == {"receptie@hotel-zon.nl": "replied"}
    assert mail_of(campaign, 2).error == "the lead replied"
    assert figures(first) == {"planned": 1, "sent": 1, "replied": 1}
    assert figures(mail_of(campaign, 2)) == {"planned": 1, "canceled": 1}
    assert (inbound.state, inbound.text) == ("done", "Klinkt goed, kunt u mij bellen?")
    assert not Suppression.objects.exists()
    came(reply(first, "O ja, na tienen graag."), MONDAY + 2 * HOUR)
    assert figures(first)["replied"] == 1
    assert MessageEvent.objects.filter(kind="replied").count() == 2


def test_a_reply_from_another_address_in_the_thread_is_one():
    first = sent(running())
    came(reply(first, "Ik neem dit over.", sender="Piet <piet@hotel-zon.nl>"))
    assert reasons() == {"receptie@hotel-zon.nl": "replied"}


def test_a_reply_leaves_the_flows_of_other_campaigns():
    first = sent(running())
    other = running(GUEST)
    Enrollment.objects.filter(campaign=other).update(lead=first.lead)
    Message.objects.filter(campaign=other).update(lead=first.lead)
    came(reply(first))
    assert Enrollment.objects.get(campaign=other).status == "active"


def test_a_reply_settles_a_mail_of_unknown_fate():
    first = handed_over(mail_of(running()), Outcome.UNKNOWN)
    came(reply(first))
    first.refresh_from_db()
    assert (first.status, first.sent_at) == (Status.SENT, MONDAY)
    assert figures(first) == {"planned": 1, "sent": 1, "replied": 1}


def test_colleagues_go_on_where_the_campaign_does_not_say_otherwise():
    first = sent(running(BOSS, CLERK), to=BOSS)
    came(reply(first))
    assert reasons() == {BOSS: "replied", CLERK: ""}


def test_a_reply_ends_the_flows_of_colleagues_where_the_campaign_says_so():
    campaign = running(BOSS, CLERK, GUEST, stop_colleagues=True)
    first = sent(campaign, to=BOSS)
    came(reply(first))
    assert reasons() == {BOSS: "replied", CLERK: "company_replied", GUEST: ""}
    assert mail_of(campaign, 1, CLERK).error == "the lead's colleague replied"
    assert mail_of(campaign, 1, GUEST).status == Status.QUEUED
    # The reply is one, and the colleague's mails are canceled ones.
    assert figures(first) == {"planned": 3, "sent": 1, "replied": 1, "canceled": 1}
    assert Lead.objects.get(email=CLERK).is_mailable


def test_colleagues_in_another_campaign_go_on():
    campaign = running(BOSS, stop_colleagues=True)
    running(CLERK, stop_colleagues=True)
    came(reply(sent(campaign, to=BOSS)))
    assert reasons() == {BOSS: "replied", CLERK: ""}


@pytest.mark.parametrize("provider", ["gmail.com", "ziggo.nl", "outlook.be", "hotmail.co.uk"])
def test_people_at_a_public_provider_are_nobodys_colleagues(provider):
    one, other = f"jan@{provider}", f"piet@{provider}"
    first = sent(running(one, other, stop_colleagues=True), to=one)
    came(reply(first))
    assert reasons() == {one: "replied", other: ""}


def test_words_of_opting_out_suppress_and_are_a_reply_too():
    campaign = running()
    first = sent(campaign)
    inbound = came(reply(first, "Graag geen mails meer sturen."))
    assert (inbound.kind, inbound.intent) == ("unsubscribe", "unsubscribe")
    entry = Suppression.objects.get()
    assert (entry.value, entry.reason) == ("receptie@hotel-zon.nl", "unsubscribed")
    assert reasons() == {"receptie@hotel-zon.nl": "unsubscribed"}
    assert Lead.objects.get().status == Lead.Status.SUPPRESSED
    assert figures(first) == {"planned": 1, "sent": 1, "replied": 1, "unsubscribed": 1}


def test_a_wish_to_be_left_alone_beside_another_one_suppresses_nobody_and_asks_a_person():
    first = sent(running())
    inbound = came(reply(first, "Haal mij van de nieuwsbrief maar stuur mij wel de offerte."))
    assert (inbound.kind, inbound.state) == ("reply", "to_review")
    assert "no more mail: read it" in inbound.outcome
    assert reasons() == {"receptie@hotel-zon.nl": "replied"}
    assert not Suppression.objects.exists()
    assert figures(first) == {"planned": 1, "sent": 1, "replied": 1}


def test_a_disclaimer_opts_nobody_out():
    first = sent(running())
    inbound = came(
        reply(
            first,
            "Yes please, send me a proposal!\n\nKind regards,\nJan\n\nIf you have received this "
            "email in error, please notify the sender and delete this email from your system.",
        )
    )
    assert (inbound.kind, inbound.intent, inbound.state) == ("reply", "interested", "done")
    assert not Suppression.objects.exists()


def opt_out_mail(message: Message, token: str = "") -> bytes:
    token = token or sign(Purpose.UNSUBSCRIBE, message.pk)
    return mails.mail("", subject=f"unsubscribe.{message.pk}.{token}", sender="x@elders.nl")


def test_a_mail_that_a_mail_program_wrote_opts_out_and_is_no_reply():
    first = sent(running())
    inbound = came(opt_out_mail(first))
    assert (inbound.kind, inbound.state) == ("unsubscribe", "done")
    # Whom the mail went to, not who claims to have written.
    assert Suppression.objects.get().value == "receptie@hotel-zon.nl"
    assert figures(first) == {"planned": 1, "sent": 1, "unsubscribed": 1}


STOP = "Schrijft u mij uit, geen mails meer."


def suppressed() -> dict[str, str]:
    return dict(Suppression.objects.values_list("value", "reason"))


def test_a_lead_that_opts_out_in_a_thread_of_another_is_out_too():
    """Otherwise the mails to the very address that asked for it go on."""
    campaign = running(BOSS, CLERK, GUEST)
    first = sent(campaign, to=BOSS)
    inbound = came(reply(first, STOP, sender=f"Balie <{CLERK.upper()}>"))
    assert suppressed() == {BOSS: "unsubscribed", CLERK: "unsubscribed"}
    assert reasons() == {BOSS: "unsubscribed", CLERK: "unsubscribed", GUEST: ""}
    assert mail_of(campaign, 1, CLERK).error == "the lead opted out"
    assert Lead.objects.get(email=CLERK).status == Lead.Status.SUPPRESSED
    assert mail_of(campaign, 1, GUEST).status == Status.QUEUED
    assert figures(first) == {
        "planned": 3, "sent": 1, "replied": 1, "unsubscribed": 1, "canceled": 1,
    }  # fmt: skip
    assert inbound.outcome == (
        f"Wants no more mail: {BOSS} and {CLERK} are suppressed, all flows to them have ended."
    )


def test_a_lead_elsewhere_that_opts_out_is_out_in_all_its_campaigns():
    first = sent(running(BOSS), to=BOSS)
    other = running(GUEST)
    came(reply(first, STOP, sender=GUEST))
    assert suppressed() == {BOSS: "unsubscribed", GUEST: "unsubscribed"}
    assert Enrollment.objects.get(campaign=other).end_reason == "unsubscribed"


def test_a_colleague_who_is_no_lead_yet_will_not_be_mailed_later():
    came(reply(sent(running(BOSS), to=BOSS), STOP, sender=CLERK))
    assert suppressed() == {BOSS: "unsubscribed", CLERK: "unsubscribed"}


@pytest.mark.parametrize("writer", ["jan@elders.nl", "piet@gmail.com", "niemand", BOSS])
def test_a_stranger_who_opts_out_takes_the_recipient_off_and_nobody_else(writer: str):
    """Anybody can write any From: it puts no address on the list that we know nothing of."""
    came(reply(sent(running(BOSS), to=BOSS), STOP, sender=writer))
    assert suppressed() == {BOSS: "unsubscribed"}


def test_people_at_a_public_provider_do_not_opt_each_other_out():
    first = sent(running("jan@ziggo.nl"), to="jan@ziggo.nl")
    came(reply(first, STOP, sender="piet@ziggo.nl"))
    assert suppressed() == {"jan@ziggo.nl": "unsubscribed"}


def test_a_lead_whose_name_stands_on_a_mail_that_answers_none_of_ours_goes_on():
    """A forged From alone opts nobody out."""
    running(BOSS)
    inbound = came(mails.mail(STOP, sender=BOSS))
    assert (inbound.state, suppressed(), reasons()) == ("unmatched", {}, {BOSS: ""})


def test_a_reply_from_a_colleague_opts_nobody_out():
    came(reply(sent(running(BOSS, CLERK), to=BOSS), sender=CLERK))
    assert (suppressed(), reasons()) == ({}, {BOSS: "replied", CLERK: ""})


def test_a_forged_token_opts_nobody_out():
    first = sent(running())
    inbound = came(opt_out_mail(first, "A" * 22))
    assert (inbound.kind, inbound.state, inbound.message) == ("unsubscribe", "unmatched", None)
    assert not Suppression.objects.exists()


def test_words_of_opting_out_without_a_mail_of_ours_wait_for_a_person():
    first = sent(running())
    inbound = came(mails.mail("Graag geen mails meer sturen.", sender=first.lead.email))
    assert (inbound.state, inbound.lead) == ("unmatched", first.lead)
    assert not Suppression.objects.exists()
    assert reasons() == {"receptie@hotel-zon.nl": ""}


def test_an_opt_out_settles_a_mail_of_unknown_fate():
    first = handed_over(mail_of(running()), Outcome.UNKNOWN)
    came(opt_out_mail(first))
    assert figures(first) == {"planned": 1, "sent": 1, "unsubscribed": 1}


def test_a_complaint_suppresses():
    campaign = running()
    first = sent(campaign)
    inbound = came(about(first, mails.complaint()))
    assert (inbound.kind, inbound.state) == ("complaint", "done")
    assert Suppression.objects.get().reason == "complaint"
    assert reasons() == {"receptie@hotel-zon.nl": "complained"}
    assert figures(first) == {"planned": 1, "sent": 1, "complained": 1}


def test_a_complaint_in_words_alone_opts_out_and_is_not_held_against_the_domain():
    """Anybody can write one; with few mails one complaint stops a domain."""
    first = sent(running())
    pasted = f"X-HmXmrOriginalRecipient: {mails.RECIPIENT}\n{mails.RETURNED}\nGoedemorgen"
    raw = mails.mail(
        f"An abuse report.\n\n----- Original message -----\n{pasted}",
        sender="feedback@gmail.com",
        subject="complaint about message from 192.0.2.7",
    )
    inbound = came(about(first, raw))
    assert (inbound.kind, inbound.state) == ("complaint", "to_review")
    assert Suppression.objects.get().reason == "unsubscribed"
    assert not MessageEvent.objects.filter(kind="complained").exists()
    assert figures(first) == {"planned": 1, "sent": 1, "unsubscribed": 1}


def test_an_opt_out_by_feedback_is_no_complaint():
    first = sent(running())
    came(about(first, mails.complaint("opt-out")))
    assert Suppression.objects.get().reason == "unsubscribed"
    assert figures(first) == {"planned": 1, "sent": 1, "unsubscribed": 1}


def test_a_report_on_authentication_is_no_complaint():
    first = sent(running())
    came(about(first, mails.complaint("auth-failure")))
    assert not Suppression.objects.exists()
    assert reasons() == {"receptie@hotel-zon.nl": ""}


def test_an_answer_that_lay_in_its_mailbox_ends_the_flow_when_it_is_read():
    campaign = running()
    first, second = sent(campaign), mail_of(campaign, 2)
    sent(campaign, 2)
    raw = reply(first)
    learned = second.scheduled_at + DAY
    with clock.frozen(learned):
        receive(raw, source=InboundMail.Source.IMAP, source_key="1:1:1", received_at=MONDAY + HOUR)
    event = MessageEvent.objects.get(kind="replied")
    assert (event.at, event.learned_at) == (MONDAY + HOUR, learned)
    assert Enrollment.objects.get().ended_at == learned
