from __future__ import annotations

import pytest

from campaigns.events import record_event
from campaigns.finishing import finish
from campaigns.models import Enrollment, Message, MessageEvent, SendingDomain
from campaigns.transport import Delivery, Outcome
from leads.models import Lead, Suppression
from mailsuite.lib import clock
from tests.campaigns.mails import at_gate, claimed, composed
from tests.tracking.answers import (
    DAY,
    HOUR,
    MONDAY,
    about,
    blocked,
    came,
    figures,
    handed_over,
    hard_bounce,
    mail_of,
    running,
    sent,
    soft_bounce,
)
from tests.tracking.reading import mails
from tracking.reading import Kind, ReadMail, Reason, Recipient, References
from tracking.receiving import receive_event

pytestmark = pytest.mark.django_db
Status = Message.Status


def enrollment() -> Enrollment:
    return Enrollment.objects.get()


def test_a_hard_bounce_is_the_end_of_message_lead_address_and_flow():
    campaign = running()
    first = sent(campaign)
    inbound = came(hard_bounce(first))
    first.refresh_from_db()
    assert (first.status, first.bounced_at) == (Status.BOUNCED, MONDAY + HOUR)
    assert Lead.objects.get().status == Lead.Status.BOUNCED
    entry = Suppression.objects.get()
    assert (entry.value, entry.reason) == ("receptie@hotel-zon.nl", "bounced")
    assert (enrollment().status, enrollment().end_reason) == ("ended", "bounced")
    assert mail_of(campaign, 2).status == mail_of(campaign, 3).status == Status.CANCELED
    assert (inbound.state, inbound.message, inbound.lead) == ("done", first, first.lead)
    # It was sent, and that is not taken back.
    assert figures(first) == {"planned": 1, "sent": 1, "bounced": 1}
    assert figures(mail_of(campaign, 2)) == {"planned": 1, "canceled": 1}
    assert not SendingDomain.objects.get().paused_at


def test_an_event_keeps_what_the_server_said():
    first = sent(running())
    came(hard_bounce(first))
    detail = MessageEvent.objects.get(kind="bounced").detail
    assert detail == {
        "hard": True,
        "verdict": "hard",
        "cause": "unknown_user",
        "status": "5.1.1",
        "reason": "550 5.1.1 User unknown",
        "address": "receptie@hotel-zon.nl",
    }


def test_a_hard_bounce_ends_the_flows_of_all_campaigns():
    first = sent(running())
    other = running("jan@elders.nl")
    Enrollment.objects.filter(campaign=other).update(lead=first.lead)
    Message.objects.filter(campaign=other).update(lead=first.lead)
    came(hard_bounce(first))
    assert {one.end_reason for one in Enrollment.objects.all()} == {"bounced"}
    assert set(Message.objects.filter(campaign=other).values_list("status", flat=True)) == {
        Status.CANCELED
    }


NEW = "balie@hotel-zon.nl"


def corrected(message: Message) -> None:
    """The lead's address, after the mail had gone to the old one."""
    assert message.recipient == "receptie@hotel-zon.nl"
    Lead.objects.update(email=NEW)


def test_a_late_hard_bounce_of_a_corrected_address_leaves_the_flows_to_the_new_one():
    campaign = running()
    first = sent(campaign)
    raw = hard_bounce(first)
    corrected(first)
    came(raw)
    first.refresh_from_db()
    assert (first.status, figures(first)) == (
        Status.BOUNCED,
        {"planned": 1, "sent": 1, "bounced": 1},
    )
    assert Suppression.objects.get().value == "receptie@hotel-zon.nl"
    assert Lead.objects.get().status == Lead.Status.ACTIVE
    assert (enrollment().status, enrollment().end_reason) == ("active", "")
    second = sent(campaign, 2, NEW)
    assert (second.status, second.recipient) == (Status.SENT, NEW)


def test_a_corrected_address_is_not_given_up_for_the_old_one(settings):
    settings.SOFT_BOUNCES_IN_A_ROW = 1
    campaign = running()
    first = sent(campaign)
    raw = soft_bounce(first)
    corrected(first)
    came(raw)
    assert Suppression.objects.get().value == "receptie@hotel-zon.nl"
    assert enrollment().status == "active"
    assert mail_of(campaign, 2, NEW).status == Status.QUEUED


def test_a_refusal_of_a_corrected_address_at_the_door_ends_the_flow_that_waits_for_that_mail():
    campaign = running()
    first = mail_of(campaign)
    claim = claimed(first, MONDAY)
    at_gate(claim, composed(first), MONDAY)
    Lead.objects.update(email=NEW)
    with clock.frozen(MONDAY):
        finish([(claim, Delivery(Outcome.REFUSED, 550, "5.1.1 user unknown"))])
    assert (enrollment().status, enrollment().end_reason) == ("ended", "bounced")
    assert mail_of(campaign, 2, NEW).status == Status.CANCELED


def test_a_hard_bounce_of_a_mail_of_unknown_fate_settles_it():
    first = handed_over(mail_of(running()), Outcome.UNKNOWN)
    assert first.status == Status.UNKNOWN
    came(hard_bounce(first))
    first.refresh_from_db()
    assert (first.status, first.sent_at) == (Status.BOUNCED, MONDAY)
    assert figures(first) == {"planned": 1, "sent": 1, "bounced": 1}


def test_a_second_report_of_one_hard_bounce_counts_no_more():
    first = sent(running())
    came(hard_bounce(first))
    came(about(first, mails.dsn(mails.group(diagnostic="smtp; 550 no such user"))))
    assert MessageEvent.objects.filter(kind="bounced").count() == 2
    assert figures(first)["bounced"] == 1


def test_a_soft_bounce_holds_the_flow_for_a_day_and_changes_nothing_else():
    campaign = running()
    first = sent(campaign)
    # Thursday, the planned day of mail 2, is a day too soon.
    inbound = came(soft_bounce(first), MONDAY + 3 * DAY - HOUR)
    first.refresh_from_db()
    second = mail_of(campaign, 2)
    assert (first.status, first.bounced_at) == (Status.SENT, None)
    assert (second.status, second.not_before) == (Status.QUEUED, MONDAY + 4 * DAY)
    assert enrollment().waits_until == MONDAY + 4 * DAY
    assert second.error == "the mail before could not be delivered"
    assert SendingDomain.objects.get().needs_replanning
    assert (enrollment().status, Lead.objects.get().status) == ("active", "active")
    assert not Suppression.objects.exists()
    assert figures(first) == {"planned": 1, "sent": 1}
    assert inbound.outcome == "Not delivered this time: the flow waits and then goes on."


def test_a_soft_bounce_settles_a_mail_of_unknown_fate_as_sent():
    first = handed_over(mail_of(running()), Outcome.UNKNOWN)
    came(soft_bounce(first))
    first.refresh_from_db()
    assert (first.status, figures(first)) == (Status.SENT, {"planned": 1, "sent": 1})


def test_soft_bounces_in_a_row_wait_longer_each_time_then_suppress(settings):
    settings.SOFT_BOUNCES_IN_A_ROW = 3
    campaign = running(mails=4)
    waits = []
    for number in (1, 2):
        message = sent(campaign, number)
        came(soft_bounce(message), message.sent_at + HOUR)
        following = mail_of(campaign, number + 1)
        Message.objects.filter(pk=following.pk).update(scheduled_at=following.not_before)
        waits.append((following.not_before - message.sent_at).days)
    assert waits == [3, 5]  # the flow's own three workdays; three days and a weekend
    assert not Suppression.objects.exists()
    third = sent(campaign, 3)
    inbound = came(soft_bounce(third), third.sent_at + HOUR)
    assert inbound.outcome == "Not delivered 3 times in a row: the address is suppressed."
    assert Suppression.objects.get().reason == "bounced"
    assert Lead.objects.get().status == Lead.Status.BOUNCED
    assert (enrollment().end_reason, mail_of(campaign, 4).status) == ("bounced", Status.CANCELED)
    third.refresh_from_db()
    assert (third.status, figures(third)) == (Status.SENT, {"planned": 1, "sent": 1})


def three_sent(settings) -> list[Message]:
    settings.SOFT_BOUNCES_IN_A_ROW = 3
    campaign = running(mails=4)
    return [sent(campaign, number) for number in (1, 2, 3)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_the_order_in_which_soft_bounces_are_reported_does_not_matter(order, settings):
    messages = three_sent(settings)
    at = messages[-1].sent_at
    for place in order[:2]:
        came(soft_bounce(messages[place]), at + HOUR)
        assert not Suppression.objects.exists()
    came(soft_bounce(messages[order[2]]), at + HOUR)
    assert Suppression.objects.get().value == "receptie@hotel-zon.nl"


def test_a_delivered_mail_between_them_begins_a_new_row(settings):
    settings.SOFT_BOUNCES_IN_A_ROW = 2
    messages = three_sent(settings)
    settings.SOFT_BOUNCES_IN_A_ROW = 2
    at = messages[-1].sent_at + HOUR
    came(soft_bounce(messages[0]), at)
    came(soft_bounce(messages[2]), at)
    assert not Suppression.objects.exists()


def test_a_mail_that_was_opened_after_all_begins_a_new_row(settings):
    messages = three_sent(settings)
    settings.SOFT_BOUNCES_IN_A_ROW = 2
    at = messages[-1].sent_at + HOUR
    came(soft_bounce(messages[0]), at)
    record_event(messages[0].pk, "opened", at=at, source_id="open", actor="human")
    came(soft_bounce(messages[1]), at)
    assert not Suppression.objects.exists()


def test_one_soft_bounce_reported_twice_is_one():
    first = sent(running())
    came(soft_bounce(first))
    came(soft_bounce(first).replace(b"Mailbox full", b"Mailbox is full"))
    counts = MessageEvent.objects.filter(kind="bounced").values_list("detail__in_a_row", flat=True)
    assert list(counts) == [1, 1]
    assert not Suppression.objects.exists()


def test_a_refusal_of_the_sender_stops_the_domain_and_leaves_the_address():
    campaign = running()
    first = sent(campaign)
    inbound = came(blocked(first))
    domain = SendingDomain.objects.get()
    assert domain.paused_at == MONDAY + HOUR
    assert domain.pause_reason == (
        "A server refuses this sender: 550 5.7.1 Service unavailable; client host blocked using "
        "Spamhaus"
    )
    first.refresh_from_db()
    assert (first.status, Lead.objects.get().status) == (Status.SENT, Lead.Status.ACTIVE)
    assert (enrollment().status, enrollment().waits_until) == ("active", None)
    assert mail_of(campaign, 2).status == Status.QUEUED
    assert not Suppression.objects.exists()
    assert figures(first) == {"planned": 1, "sent": 1}
    assert inbound.state == "done"


def test_a_recipient_who_takes_no_mail_from_us_is_no_objection_to_the_sender():
    """A group for colleagues only, somebody who has blocked us: the others may well be mailed."""
    campaign = running()
    first = sent(campaign)
    ours = first.lead.email
    said = "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup"
    reason = Reason.RESTRICTED
    refusal = Recipient(ours, ours, "5.7.133", "failed", reason, reason.verdict, said)
    named = References(returned=(first.smtp_message_id,))
    mail = ReadMail(kind=Kind.BOUNCE, recipients=(refusal,), references=named)
    at = MONDAY + 3 * DAY - HOUR
    with clock.frozen(at):
        inbound = receive_event(mail, source_key="1", received_at=at)
    assert inbound.state == "done"
    detail = MessageEvent.objects.get(kind="bounced").detail
    assert (detail["verdict"], detail["cause"]) == ("soft", "restricted")
    assert SendingDomain.objects.get().paused_at is None
    assert not Suppression.objects.exists()
    assert enrollment().waits_until == mail_of(campaign, 2).not_before == MONDAY + 4 * DAY


PROSE = "<receptie@hotel-zon.nl>: 550 5.7.1 Service unavailable; blocked using Spamhaus\n\n"


@pytest.mark.parametrize(
    "sender", ["Mail Delivery System <grapjas@gmail.com>", "MAILER-DAEMON@x.nl"]
)
def test_words_about_the_sender_that_anybody_could_have_written_wait_for_a_person(sender):
    campaign = running()
    first = sent(campaign)
    inbound = came(about(first, mails.prose_bounce(PROSE + mails.RETURNED, sender=sender)))
    assert (inbound.kind, inbound.message, inbound.state) == ("bounce", first, "to_review")
    assert inbound.recipients[0]["verdict"] == "sender_problem"
    assert inbound.outcome.endswith("nothing has stopped. If it is right, pause the domain.")
    assert SendingDomain.objects.get().paused_at is None
    assert (enrollment().status, enrollment().waits_until) == ("active", None)
    assert not Suppression.objects.exists()


def test_a_report_that_is_only_dressed_as_one_stops_nothing():
    """The fields of RFC 3464 as a plain text."""
    first = sent(running())
    said = "smtp; 550 5.7.1 blocked using Spamhaus"
    fields = mails.group(status="5.7.1", diagnostic=said)
    came(about(first, mails.prose_bounce(f"{fields}\n\n{mails.RETURNED}")))
    assert MessageEvent.objects.get(kind="bounced").detail["verdict"] == "sender_problem"
    assert SendingDomain.objects.get().paused_at is None


def test_words_about_the_address_are_believed_for_only_it_is_at_stake():
    first = sent(running())
    gone = "<receptie@hotel-zon.nl>: 550 5.1.1 User unknown\n\n"
    inbound = came(about(first, mails.prose_bounce(gone + mails.RETURNED)))
    assert inbound.state == "done"
    assert Suppression.objects.get().value == "receptie@hotel-zon.nl"


def test_a_sender_that_could_not_be_verified_stops_the_domain_and_condemns_no_lead():
    """Exim quotes what our server said of the alias: "550 5.1.1 User unknown"."""
    first = sent(running())
    said = (
        f"smtp; 550-Verification failed for <{mails.ALIAS}> 550-Called: 192.0.2.7 550-Sent: "
        f"RCPT TO:<{mails.ALIAS}> 550-Response: 550 5.1.1 User unknown 550 Sender verify failed"
    )
    came(about(first, mails.dsn(mails.group(status="5.1.1", diagnostic=said))))
    assert SendingDomain.objects.get().paused_at == MONDAY + HOUR
    assert not Suppression.objects.exists()
    assert enrollment().status == "active"


def test_a_refusal_of_the_sender_from_before_a_person_let_the_domain_go_on_stops_nothing():
    first = sent(running())
    SendingDomain.objects.update(resumed_at=MONDAY + HOUR)
    came(blocked(first), MONDAY + 2 * HOUR)
    assert SendingDomain.objects.get().paused_at is None


def test_the_first_reason_of_a_paused_domain_stays():
    first = sent(running())
    SendingDomain.objects.update(paused_at=MONDAY, pause_reason="by hand")
    came(blocked(first))
    assert SendingDomain.objects.get().pause_reason == "by hand"


def of_another(message: Message, **said: str) -> bytes:
    """A report that names an address behind ours."""
    return about(message, mails.dsn(mails.group("weg@hotel-zon.nl", **said)))


def test_a_dead_member_of_a_list_changes_nothing():
    campaign = running()
    first = sent(campaign)
    inbound = came(of_another(first))
    assert (inbound.recipients[0]["verdict"], inbound.state) == ("hard", "done")
    first.refresh_from_db()
    assert (first.status, Lead.objects.get().status) == (Status.SENT, Lead.Status.ACTIVE)
    assert not Suppression.objects.exists()
    assert not MessageEvent.objects.filter(kind="bounced").exists()
    assert (enrollment().status, enrollment().waits_until) == ("active", None)
    assert mail_of(campaign, 2).not_before == MONDAY + 3 * DAY


def test_a_dead_member_of_a_list_proves_that_the_list_has_the_mail():
    first = handed_over(mail_of(running()), Outcome.UNKNOWN)
    came(of_another(first))
    assert figures(first) == {"planned": 1, "sent": 1}


def test_a_list_with_a_dead_member_is_never_given_up(settings):
    messages = three_sent(settings)
    for message in messages:
        came(of_another(message), messages[-1].sent_at + HOUR)
    assert not Suppression.objects.exists()
    assert enrollment().status == "active"


def test_a_dead_member_of_a_list_ends_a_row_of_soft_bounces(settings):
    messages = three_sent(settings)
    settings.SOFT_BOUNCES_IN_A_ROW = 2
    at = messages[-1].sent_at + HOUR
    came(of_another(messages[1]), at)
    came(soft_bounce(messages[0]), at)
    came(soft_bounce(messages[2]), at)
    assert not Suppression.objects.exists()


def test_what_breaks_when_somebody_forwards_our_mail_does_not_stop_the_domain():
    first = sent(running())
    said = "smtp; 550-5.7.26 Unauthenticated: SPF did not pass for hotel-zon.nl"
    inbound = came(of_another(first, status="5.7.26", diagnostic=said))
    assert inbound.recipients[0]["verdict"] == "sender_problem"
    assert SendingDomain.objects.get().paused_at is None
    assert not MessageEvent.objects.filter(kind="bounced").exists()


def test_where_the_report_says_that_it_was_forwarded_the_address_is_still_ours():
    first = sent(running())
    dead = mails.group("weg@elders.nl", original=mails.RECIPIENT)
    came(about(first, mails.dsn(dead)))
    assert Suppression.objects.get().value == "receptie@hotel-zon.nl"


def test_of_several_recipients_ours_decides():
    first = sent(running())
    dead, full = mails.group("weg@hotel-zon.nl"), mails.group(status="4.2.2", diagnostic="")
    came(about(first, mails.dsn(dead, full)))
    assert not Suppression.objects.exists()
    assert MessageEvent.objects.get(kind="bounced").detail["verdict"] == "soft"


def test_a_forged_bounce_has_no_effect():
    first = sent(running())
    raw = mails.dsn(mails.group(), returned=mails.RETURNED)  # of a Message-ID that we never gave
    inbound = came(raw)
    assert (inbound.kind, inbound.state, inbound.message) == ("bounce", "unmatched", None)
    assert inbound.lead == first.lead  # a guess, for whoever looks at it
    first.refresh_from_db()
    assert (first.status, Lead.objects.get().status) == (Status.SENT, Lead.Status.ACTIVE)
    assert not Suppression.objects.exists()
    assert not MessageEvent.objects.filter(kind="bounced").exists()


def test_a_delay_is_no_bounce_and_proves_that_the_mail_is_on_its_way():
    first = handed_over(mail_of(running()), Outcome.UNKNOWN)
    raw = about(first, mails.dsn(mails.group(action="delayed", status="4.4.1")))
    inbound = came(raw)
    first.refresh_from_db()
    assert (inbound.kind, inbound.state) == ("other", "done")
    assert (first.status, figures(first)) == (Status.SENT, {"planned": 1, "sent": 1})
    assert enrollment().waits_until is None
