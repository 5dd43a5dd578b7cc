"""What is stored takes effect: on messages, flows, addresses and figures, each once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import OperationalError
from django.test import override_settings

from campaigns.integrity import check_integrity
from campaigns.models import Enrollment, Message, MessageEvent, SendAttempt
from campaigns.transport import Outcome
from leads.models import Lead, Suppression
from mailsuite.lib import clock
from mailsuite.lib.clock import FrozenClock
from mailsuite.tasks import housekeeping
from tests.factories import InboundMailFactory, OutboundReplyFactory
from tests.threads import in_threads
from tests.tracking.answers import (
    DAY,
    HOUR,
    MONDAY,
    figures,
    handed_over,
    mail_of,
    running,
    sent,
)
from tests.tracking.webhooks import payloads
from tests.tracking.webhooks.calls import Caller, caller, stored
from tests.tracking.webhooks.payloads import About, about
from tracking.models import InboundMail, ProviderEvent
from tracking.tasks import process_webhooks
from tracking.webhooks import processing, reports
from tracking.webhooks.processing import process_waiting

pytestmark = pytest.mark.django_db

NOW = MONDAY + HOUR
GONE = "550 5.1.1 User unknown"
FULL = "452 4.2.2 over quota"
LISTED = "550 5.7.1 client host blocked using Spamhaus"


@pytest.fixture(autouse=True)
def now() -> Iterator[FrozenClock]:
    with clock.frozen(NOW) as frozen:
        yield frozen


@pytest.fixture
def brevo() -> Caller:
    return caller("brevo")


@pytest.fixture
def mail() -> Message:
    return sent(running())


def told(event: str, mail: Message, **more: Any) -> dict[str, Any]:
    return payloads.brevo(event, about(mail, at=NOW - timedelta(minutes=1)), **more)


def outcomes() -> list[str]:
    return [state for state, _ in stored()]


def test_a_hard_bounce_ends_the_flow_and_suppresses_the_address(brevo, mail):
    brevo.tell(told("hard_bounce", mail, reason=GONE))
    mail.refresh_from_db()
    assert mail.status == Message.Status.SENT  # stored, and no more
    assert process_webhooks() == 1
    mail.refresh_from_db()
    assert (mail.status, mail.bounced_at) == (Message.Status.BOUNCED, NOW - timedelta(minutes=1))
    assert mail.enrollment.end_reason == Enrollment.EndReason.BOUNCED
    assert mail.lead.status == Lead.Status.BOUNCED
    assert Suppression.objects.get().value == mail.recipient
    assert figures(mail)["bounced"] == 1
    inbound = InboundMail.objects.get()
    assert (inbound.source, inbound.kind, inbound.state) == ("webhook", "bounce", "done")
    assert (inbound.message, inbound.raw) == (mail, None)
    assert stored() == [("done", inbound.outcome)]


def test_a_soft_bounce_leaves_the_address_alone(brevo, mail):
    brevo.tell(told("soft_bounce", mail, reason=FULL))
    process_waiting(NOW)
    mail.refresh_from_db()
    assert mail.enrollment.status == Enrollment.Status.ACTIVE
    assert not Suppression.objects.exists()
    event = MessageEvent.objects.get(kind=MessageEvent.Kind.BOUNCED)
    assert (event.detail["hard"], event.detail["cause"]) == (False, "mailbox_full")
    assert (event.detail["status"], event.detail["reason"]) == ("4.2.2", FULL)


def test_a_block_is_the_domains_trouble_and_not_the_addresss(brevo, mail):
    brevo.tell(told("hard_bounce", mail, reason=LISTED))
    process_waiting(NOW)
    mail.domain.refresh_from_db()
    assert mail.domain.paused_at is not None
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("event", "kind", "reason"),
    [("spam", "complained", "complaint"), ("unsubscribe", "unsubscribed", "unsubscribed")],
)
def test_who_complains_or_opts_out_gets_no_more(brevo, mail, event, kind, reason):
    brevo.tell(told(event, mail))
    process_waiting(NOW)
    assert Suppression.objects.get().reason == reason
    assert MessageEvent.objects.filter(kind=kind).count() == 1
    later = Message.objects.filter(campaign=mail.campaign, mail_number__gt=1)
    assert {one.status for one in later} == {Message.Status.CANCELED}


@pytest.mark.parametrize("event", ["delivered", "unique_opened", "click", "deferred", "request"])
def test_signs_of_life_prove_a_mail_of_unknown_fate_and_change_nothing_else(brevo, event):
    mail = handed_over(mail_of(running()), Outcome.UNKNOWN)
    assert mail.status == Message.Status.UNKNOWN
    brevo.tell(told(event, mail))
    process_waiting(NOW)
    mail.refresh_from_db()
    assert mail.status == Message.Status.SENT
    brevo.tell(told(event, mail, again=1))
    process_waiting(NOW)
    kinds = MessageEvent.objects.values_list("kind", flat=True)
    assert list(kinds) == [MessageEvent.Kind.SENT]
    assert (mail.opened_at, mail.clicked_at) == (None, None)
    assert not InboundMail.objects.exists()
    assert outcomes() == ["done", "done"]


def test_an_event_about_a_mail_that_is_being_sent_waits_for_the_answer(brevo):
    mail = mail_of(running())
    Message.objects.filter(pk=mail.pk).update(
        status="sending", attempt_id="0" * 32, lease_until=NOW + HOUR, recipient=mail.lead.email
    )
    mail.refresh_from_db()
    brevo.tell(told("delivered", mail))
    process_waiting(NOW)
    assert outcomes() == ["waiting"]
    Message.objects.filter(pk=mail.pk).update(status="sent", sent_at=NOW)
    process_waiting(NOW + timedelta(seconds=59))
    assert outcomes() == ["waiting"]
    process_waiting(NOW + timedelta(minutes=1))
    assert outcomes() == ["done"]


# --- Whose it is ---


def test_the_providers_id_finds_the_mail_where_ours_did_not_go_along(mail):
    SendAttempt.objects.update(provider_message_id="5fc0d003f718c9016234")
    send = caller("mailersend")
    told = About(recipient=mail.recipient, provider_id="5fc0d003f718c9016234", at=NOW)
    send.tell(payloads.mailersend("hard_bounced", told, reason=GONE))
    process_waiting(NOW)
    mail.refresh_from_db()
    assert mail.status == Message.Status.BOUNCED


@pytest.mark.parametrize("stored_as", ["<1@smtp-relay.mailin.fr>", "1@smtp-relay.mailin.fr"])
def test_an_id_is_the_same_with_brackets_and_without(brevo, mail, stored_as):
    SendAttempt.objects.update(provider_message_id=stored_as)
    for name in ("1@smtp-relay.mailin.fr", "<1@smtp-relay.mailin.fr>"):
        of = About(recipient=mail.recipient, at=NOW)
        brevo.tell(payloads.brevo("spam", of) | {"message-id": name})
    process_waiting(NOW)
    assert outcomes() == ["done", "done"]


def test_an_event_that_is_quicker_than_the_answer_waits_for_it(mail):
    send = caller("mailersend")
    told = About(recipient=mail.recipient, provider_id="id-1", at=NOW)
    send.tell(payloads.mailersend("spam_complaint", told))
    process_waiting(NOW)
    assert outcomes() == ["waiting"]
    assert not InboundMail.objects.exists()
    SendAttempt.objects.update(provider_message_id="id-1")
    process_waiting(NOW + timedelta(minutes=1))
    assert outcomes() == ["done"]
    assert Suppression.objects.count() == 1


def later(minutes: int) -> None:
    process_waiting(NOW + timedelta(minutes=minutes))


def test_what_is_about_no_mail_of_ours_changes_nothing_and_waits_for_a_person(brevo, mail):
    stranger = About(recipient=mail.recipient, own_id="other@example.org", at=NOW)
    brevo.tell(payloads.brevo("hard_bounce", stranger, reason=GONE))
    for minutes in (0, 1, 3, 8):
        later(minutes)
    assert outcomes() == ["not_ours"]
    inbound = InboundMail.objects.get()
    assert (inbound.state, inbound.message, inbound.lead) == ("unmatched", None, mail.lead)
    mail.refresh_from_db()
    assert mail.status == Message.Status.SENT
    assert not Suppression.objects.exists()


def test_an_answer_of_ours_that_comes_back_has_failed_and_is_held_against_nobody(brevo, mail):
    reply = OutboundReplyFactory(
        inbound=InboundMailFactory(message=mail, from_address=mail.lead.email),
        status="sent",
        sent_at=NOW,
    )
    answered = About(recipient=mail.lead.email, own_id=reply.smtp_message_id, at=NOW)
    brevo.tell(payloads.brevo("hard_bounce", answered, reason=GONE))
    later(0)
    assert outcomes() == ["done"]
    reply.refresh_from_db()
    assert (reply.status, reply.detail) == ("failed", f"It came back: {GONE}")
    mail.refresh_from_db()
    assert mail.status == Message.Status.SENT
    assert not Suppression.objects.exists()


def test_a_report_about_an_answer_of_ours_to_somebody_else_says_nothing_of_it(brevo, mail):
    reply = OutboundReplyFactory(
        inbound=InboundMailFactory(message=mail), status="sent", sent_at=NOW
    )
    stranger = About(recipient="boss@elders.nl", own_id=reply.smtp_message_id, at=NOW)
    brevo.tell(payloads.brevo("hard_bounce", stranger, reason=GONE))
    for minutes in (0, 1, 3, 8):
        later(minutes)
    assert outcomes() == ["not_ours"]
    reply.refresh_from_db()
    assert reply.status == "sent"


def test_news_of_other_programs_mails_are_no_work_for_people(brevo):
    brevo.tell(payloads.brevo("delivered", About(at=NOW)))
    for minutes in (0, 1, 3, 8):
        later(minutes)
    assert outcomes() == ["not_ours"]
    assert not InboundMail.objects.exists()


def test_another_recipients_bounce_condemns_nobody(brevo, mail):
    other = About(recipient="boss@hotel-zon.nl", own_id=mail.smtp_message_id, at=NOW)
    brevo.tell(payloads.brevo("hard_bounce", other, reason=GONE))
    for minutes in (0, 1, 3, 8):
        later(minutes)
    assert outcomes() == ["not_ours"]
    assert not Suppression.objects.exists()


def test_an_address_is_the_same_in_other_letters(brevo, mail):
    own = About(recipient=mail.recipient.upper(), own_id=mail.smtp_message_id, at=NOW)
    brevo.tell(payloads.brevo("hard_bounce", own, reason=GONE))
    process_waiting(NOW)
    assert outcomes() == ["done"]


# --- Once, in whatever order ---


EVENTS = [
    ("request", {}), ("delivered", {}), ("soft_bounce", {"reason": FULL}),
    ("hard_bounce", {"reason": GONE}), ("spam", {}),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_events_in_any_order_and_number_come_to_the_same(brevo, seed):
    mail = sent(running())
    calls = [told(event, mail, **more) for event, more in EVENTS] * 3
    Random(seed).shuffle(calls)
    for call in calls:
        brevo.tell(call)
        process_waiting(NOW)
    mail.refresh_from_db()
    assert mail.status == Message.Status.BOUNCED
    counts = figures(mail)
    assert (counts["sent"], counts["bounced"]) == (1, 1)
    kinds = MessageEvent.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["bounced", "bounced", "complained", "sent"]
    assert Suppression.objects.count() == 1
    assert ProviderEvent.objects.count() == len(EVENTS)
    assert check_integrity(since=MONDAY - DAY, now=NOW) == []


@pytest.mark.parametrize(("event", "kind"), [("spam", "complained"), ("soft_bounce", "bounced")])
def test_an_event_that_a_provider_tells_to_each_of_its_accounts_here_counts_once(mail, event, kind):
    for number in range(4):  # of the webhook at the provider
        caller("brevo").tell(told(event, mail, reason=FULL, id=number))
    process_waiting(NOW)
    assert outcomes() == ["done"] * 4
    assert InboundMail.objects.count() == 1
    assert MessageEvent.objects.filter(kind=kind).count() == 1


def test_events_of_two_providers_are_two(mail):
    caller("brevo").tell(told("soft_bounce", mail, reason=FULL))
    of = about(mail, at=NOW - timedelta(minutes=1))
    caller("postmark").tell(payloads.postmark("Bounce", of, Type="SoftBounce", Details=FULL))
    process_waiting(NOW)
    assert InboundMail.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_workers_that_take_the_same_event_at_once_let_it_take_effect_once():
    mail = sent(running())
    asked = caller("brevo")
    asked.tell(told("hard_bounce", mail, reason=GONE))
    event = ProviderEvent.objects.get()
    in_threads(4, lambda: processing.process(event.pk, NOW))
    assert outcomes() == ["done"]
    assert figures(mail)["bounced"] == 1
    assert MessageEvent.objects.filter(kind="bounced").count() == 1
    assert InboundMail.objects.count() == 1


def test_a_crash_before_it_is_marked_as_done_changes_nothing_twice(brevo, mail, monkeypatch):
    brevo.tell(told("hard_bounce", mail, reason=GONE))
    with monkeypatch.context() as broken:
        broken.setattr(processing, "_close", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            process_waiting(NOW)
    assert outcomes() == ["waiting"]
    process_waiting(NOW)
    assert outcomes() == ["done"]
    assert figures(mail)["bounced"] == 1
    assert MessageEvent.objects.filter(kind="bounced").count() == 1


# --- Bad and old ones ---


def test_a_bad_event_of_a_batch_costs_none_of_the_others(mail):
    spark = caller("sparkpost")
    good = payloads.sparkpost("bounce", about(mail, at=NOW), bounce_class="10", raw_reason=GONE)
    spark.tell([1, {"msys": {"a": 1, "b": 2}}, {"msys": []}, None, good, "x", {"msys": {}}])
    process_waiting(NOW)
    mail.refresh_from_db()
    assert mail.status == Message.Status.BOUNCED
    assert sorted(outcomes()) == ["done", "done", "failed", "failed", "failed", "failed", "failed"]


def test_an_event_that_nobody_expected_to_fail_is_tried_again_and_costs_no_other(
    brevo, mail, monkeypatch, caplog
):
    other = sent(running("info@hotel-maan.nl"), to="info@hotel-maan.nl")
    brevo.tell(told("hard_bounce", mail, reason=GONE))
    brevo.tell(told("hard_bounce", other, reason=GONE))
    real = reports.message_of

    def stumbles(report: Any) -> Any:
        if report.recipient == mail.recipient:
            raise RuntimeError("a slip of ours")
        return real(report)

    with monkeypatch.context() as broken:
        broken.setattr(reports, "message_of", stumbles)
        process_waiting(NOW)
    assert stored()[0] == ("waiting", "RuntimeError: a slip of ours")
    assert outcomes() == ["waiting", "done"]
    later(1)
    assert outcomes() == ["done", "done"]


def test_what_is_tried_in_vain_is_given_up_after_a_day_and_says_why(brevo, mail, monkeypatch):
    def away(*_: object) -> None:
        raise OperationalError("the database is restarting")

    brevo.tell(told("hard_bounce", mail, reason=GONE))
    monkeypatch.setattr(reports, "message_of", away)
    for _ in range(10):
        last = ProviderEvent.objects.get()
        process_waiting(last.next_try_at)
    assert last.next_try_at == NOW + timedelta(minutes=1 + 2 + 5 + 15 + 60 + 240 + 720)
    assert stored() == [("failed", "Tried in vain: the database is restarting")]


@pytest.mark.parametrize(
    ("age", "state"), [(timedelta(hours=71), "done"), (timedelta(hours=73), "refused")]
)
def test_an_event_of_long_ago_is_not_believed(brevo, mail, age, state):
    brevo.tell(payloads.brevo("hard_bounce", about(mail, at=NOW - age), reason=GONE))
    process_waiting(NOW)
    assert outcomes() == [state]
    assert Suppression.objects.exists() is (state == "done")


def test_an_event_that_waited_for_us_is_as_old_as_it_was_when_it_came(brevo, mail):
    brevo.tell(told("hard_bounce", mail, reason=GONE))
    process_waiting(NOW + 10 * DAY)
    assert outcomes() == ["done"]


def test_an_event_ahead_of_our_clock_is_of_the_moment_when_it_came(brevo, mail):
    brevo.tell(payloads.brevo("hard_bounce", about(mail, at=NOW + HOUR), reason=GONE))
    process_waiting(NOW)
    mail.refresh_from_db()
    assert mail.bounced_at == NOW


def test_old_events_are_forgotten_but_for_those_that_wait(brevo, mail):
    brevo.tell(told("hard_bounce", mail, reason=GONE))
    brevo.tell(told("delivered", mail))
    process_waiting(NOW)
    ProviderEvent.objects.filter(pk=ProviderEvent.objects.latest("id").pk).update(state="waiting")
    with clock.frozen(NOW + 31 * DAY):
        housekeeping()
    assert outcomes() == ["waiting"]


def test_many_waiting_ones_are_all_taken_in_by_one_task(brevo, monkeypatch):
    monkeypatch.setattr(processing, "_AT_ONCE", 2)
    for number in range(5):
        brevo.tell(payloads.brevo("list_addition", About(at=NOW), id=number))
    assert process_waiting(NOW) == 5
    assert outcomes() == ["done"] * 5


def test_a_turn_ends_in_time_and_the_next_goes_on(brevo):
    for number in range(3):
        brevo.tell(payloads.brevo("list_addition", About(at=NOW), id=number))
    assert process_waiting(NOW, seconds=0) == 1
    assert process_waiting(NOW) == 2


def test_one_worker_at_a_time_takes_events_in(brevo, mail):
    brevo.tell(told("spam", mail))
    with processing._alone() as is_first:
        assert is_first
        assert process_waiting(NOW) == 0
    assert process_waiting(NOW) == 1


def test_an_account_whose_key_is_lost_for_now_costs_no_event(brevo, mail):
    brevo.tell(told("spam", mail))
    with override_settings(SECRETS_KEYS=[Fernet.generate_key().decode()]):
        process_waiting(NOW)
    assert outcomes() == ["waiting"]
    later(1)
    assert outcomes() == ["done"]
