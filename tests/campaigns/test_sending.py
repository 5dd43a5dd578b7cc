"""One domain's turn against a real SMTP server, with every way in which that can go wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection

from campaigns import claiming
from campaigns.claiming import Claim
from campaigns.decisions import Decision, Verdict
from campaigns.events import record_event
from campaigns.finishing import finish
from campaigns.gate import wait_at_gate
from campaigns.mail import ComposedMail
from campaigns.models import (
    DailyFigures,
    Enrollment,
    Message,
    MessageEvent,
    SendAttempt,
    SenderAlias,
    SendingAccount,
    SendingDomain,
    SendingPolicy,
)
from campaigns.resending import resend_unknown
from campaigns.sending import Sender
from campaigns.standing import Departure
from campaigns.transport import Delivery, Outcome, TransportUnavailableError
from campaigns.transport import connection as smtp_connection
from campaigns.transport.smtp import SmtpTransport
from leads.models import Lead, Suppression
from leads.suppression import suppress
from mailsuite.lib import clock
from tests.campaigns.mails import at_gate, claimed, composed, two_mail_flow
from tests.factories import MessageFactory, SenderAliasFactory, SendingAccountFactory
from tests.factories.campaigns import MONDAY
from tests.smtp import DROP, SILENCE, SmtpServer, smtp_server
from tests.threads import in_threads

pytestmark = pytest.mark.django_db(transaction=True)
Status, Attempt = Message.Status, SendAttempt.Outcome
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def short_timeouts(settings, monkeypatch):
    settings.SMTP_TIMEOUT_SECONDS = 0.3
    monkeypatch.setattr(smtp_connection, "COMMAND_TIMEOUT_SECONDS", 0.3)


@pytest.fixture
def frozen_clock():
    with clock.frozen(MONDAY) as frozen:
        yield frozen


def due_message(server: SmtpServer, **fields) -> Message:
    account = SendingAccountFactory(host="127.0.0.1", port=server.port)
    return MessageFactory(enrollment__domain__account=account, **fields)


def turn(message: Message) -> int:
    turn = Sender(message.domain_id).send_due(seconds=5)
    message.refresh_from_db()
    return turn.sent


def test_a_due_mail_leaves_once_and_the_ledger_says_so(frozen_clock):
    with smtp_server() as server:
        message = due_message(server)
        assert turn(message) == 1
        assert turn(message) == 0
    (mail,) = server.accepted
    assert mail.recipient == message.lead.email
    assert mail.message["Message-ID"] == f"<{message.smtp_message_id}>"
    assert mail.message["X-Campaign-Message-ID"] == message.smtp_message_id
    assert (message.status, message.sent_at) == (Status.SENT, MONDAY)
    attempt = SendAttempt.objects.get()
    assert (attempt.outcome, attempt.reply_code) == (Attempt.ACCEPTED, 250)
    assert MessageEvent.objects.get().kind == MessageEvent.Kind.SENT


def test_a_domain_sends_one_mail_an_interval(frozen_clock):
    with smtp_server() as server:
        first = due_message(server)
        MessageFactory.create_batch(3, enrollment__domain=first.domain, alias=first.alias)
        turn(first)
        assert len(server.accepted) == 1
        for slot in range(1, 6):
            frozen_clock.move_to(MONDAY + slot * 20 * MINUTE - MINUTE)
            turn(first)
            frozen_clock.move_to(MONDAY + slot * 20 * MINUTE)
            turn(first)
            assert len(server.accepted) == min(4, slot + 1)
    assert Message.objects.filter(status=Status.SENT).count() == 4


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "BODY"])
def test_a_mail_that_is_deferred_is_tried_again_later_and_arrives_once(frozen_clock, verb):
    replies = {"MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "BODY": "250 taken"}
    with smtp_server(**{verb: ["451 greylisted", replies[verb]]}) as server:
        message = due_message(server)
        turn(message)
        assert (message.status, message.retries) == (Status.QUEUED, 1)
        assert message.not_before == MONDAY + 10 * MINUTE
        assert message.error == "greylisted"
        frozen_clock.advance(20 * MINUTE)
        turn(message)
    assert (message.status, message.error) == (Status.SENT, "")
    assert len(server.accepted) == 1
    outcomes = list(SendAttempt.objects.values_list("outcome", flat=True))
    assert outcomes == [Attempt.DEFERRED, Attempt.ACCEPTED]


def test_after_two_retries_it_has_failed(frozen_clock):
    with smtp_server(RCPT=["451 never ready"]) as server:
        message = due_message(server)
        for _ in range(5):
            turn(message)
            frozen_clock.advance(60 * MINUTE)
    assert message.status == Status.FAILED
    assert SendAttempt.objects.count() == 3
    assert server.accepted == []
    assert Enrollment.objects.get().end_reason == Enrollment.EndReason.FAILED
    assert Lead.objects.get().status == Lead.Status.ACTIVE


def test_an_address_that_does_not_exist_bounces_and_ends_everything_for_it(frozen_clock):
    with smtp_server(RCPT=["550 5.1.1 user unknown"]) as server:
        message = due_message(server)
        turn(message)
    assert message.status == Status.BOUNCED
    assert Lead.objects.get().status == Lead.Status.BOUNCED
    assert Suppression.objects.get().value == message.lead.email
    assert SendAttempt.objects.count() == 1


def test_a_refusal_of_the_sender_spares_the_address_and_stops_the_domain(frozen_clock):
    with smtp_server(BODY=["554 5.7.1 looks like spam"]) as server:
        message = due_message(server)
        turn(message)
    assert (message.status, message.error) == (Status.FAILED, "5.7.1 looks like spam")
    assert Lead.objects.get().status == Lead.Status.ACTIVE
    assert not Suppression.objects.exists()
    domain = SendingDomain.objects.get()
    assert (domain.paused_at, "5.7.1 looks like spam" in domain.pause_reason) == (MONDAY, True)


def test_an_objection_before_the_recipient_is_named_costs_no_lead(frozen_clock):
    with smtp_server(MAIL=["550 5.7.1 you are blocked"]) as server:
        message = due_message(server)
        turn(message)
    assert (message.status, message.retries) == (Status.QUEUED, 0)
    assert SendingDomain.objects.get().paused_at == MONDAY
    assert Enrollment.objects.get().status == Enrollment.Status.ACTIVE


def test_an_alias_whose_server_is_down_does_not_hold_up_the_others(frozen_clock):
    with smtp_server() as server:
        blocked = due_message(server)
        with smtp_server() as gone:
            dead = SendingAccountFactory(host="127.0.0.1", port=gone.port)
        SenderAlias.objects.filter(pk=blocked.alias_id).update(account=dead)
        victor = SenderAliasFactory(domain=blocked.domain, name="victor")
        other = MessageFactory(enrollment__domain=blocked.domain, alias=victor)
        turn(blocked)
    other.refresh_from_db()
    assert (blocked.status, other.status) == (Status.QUEUED, Status.SENT)
    assert [mail.recipient for mail in server.accepted] == [other.lead.email]


def test_a_definite_answer_outlives_a_transaction_that_was_killed(frozen_clock, monkeypatch):
    message = MessageFactory()
    claim = claimed(message)
    assert at_gate(claim, composed(message)).verdict is Verdict.PASSED
    monkeypatch.setattr("campaigns.reconnecting.time.sleep", lambda seconds: None)
    killed = iter([OperationalError("deadlock detected"), OperationalError("gone"), None])

    def fail_twice(*_: object) -> None:
        if problem := next(killed, None):
            raise problem

    with connection.execute_wrapper(_before_events(fail_twice)):
        finish([(claim, Delivery(Outcome.REFUSED, 550, "5.1.1 user unknown"))])
    message.refresh_from_db()
    assert message.status == Status.BOUNCED
    assert Suppression.objects.get().value == message.lead.email


def _before_events(act):
    def wrapper(execute, sql, params, many, context):
        if 'INSERT INTO "campaigns_messageevent"' in sql:
            act()
        return execute(sql, params, many, context)

    return wrapper


def test_late_word_that_a_mail_arrived_stops_its_second_sending(frozen_clock):
    message = MessageFactory()
    claim = claimed(message)
    assert at_gate(claim, composed(message)).verdict is Verdict.PASSED
    Message.objects.update(status=Status.UNKNOWN, lease_until=None)
    SendAttempt.objects.update(outcome=Attempt.UNKNOWN)
    resend_unknown(message.pk, MONDAY)
    finish([(claim, Delivery(Outcome.ACCEPTED, 250, "taken"))])
    message.refresh_from_db()
    assert (message.status, message.sent_at) == (Status.SENT, MONDAY)


@pytest.mark.parametrize("rounds", [12])
def test_answers_and_opt_outs_of_one_campaign_at_once_kill_none_of_each_other(frozen_clock, rounds):
    first = MessageFactory()
    flow = [first] + [
        MessageFactory(
            enrollment__campaign=first.campaign,
            enrollment__domain__policy=first.domain.policy,
            step=first.step,
        )
        for _ in range(2 * rounds - 1)
    ]
    refused, leaving = flow[:rounds], flow[rounds:]
    claims = []
    for message in refused:
        claim = claimed(message)
        assert at_gate(claim, composed(message)).verdict is Verdict.PASSED
        claims.append(claim)
    Message.objects.filter(pk__in=[message.pk for message in leaving]).update(
        status=Status.SENT, sent_at=MONDAY
    )
    work = [
        lambda claim=claim: finish([(claim, Delivery(Outcome.REFUSED, 550, "5.1.1 user unknown"))])
        for claim in claims
    ] + [
        lambda pk=message.pk: record_event(
            pk, MessageEvent.Kind.UNSUBSCRIBED, at=MONDAY, source_id=f"unsubscribe:{pk}"
        )
        for message in leaving
    ]
    queue = iter(work[::2] + work[1::2])
    in_threads(2 * rounds, lambda: next(queue)())
    assert Message.objects.filter(status=Status.BOUNCED).count() == rounds
    assert Suppression.objects.count() == 2 * rounds


@pytest.mark.parametrize("fault", [DROP, SILENCE])
def test_a_mail_whose_answer_was_lost_is_unknown_and_never_sent_again(frozen_clock, fault):
    with smtp_server(BODY=[fault]) as server:
        message = due_message(server)
        for _ in range(3):
            turn(message)
            frozen_clock.advance(60 * MINUTE)
    assert message.status == Status.UNKNOWN
    assert len(server.accepted) == 1
    assert SendAttempt.objects.get().outcome == Attempt.UNKNOWN


def test_a_connection_lost_before_the_mail_is_tried_again(frozen_clock):
    with smtp_server(RCPT=[DROP, "250 ok"]) as server:
        message = due_message(server)
        turn(message)
        assert (message.status, message.retries) == (Status.QUEUED, 1)
        frozen_clock.advance(20 * MINUTE)
        turn(message)
    assert message.status == Status.SENT
    assert len(server.accepted) == 1


def test_no_connection_costs_neither_a_slot_nor_a_retry(frozen_clock):
    with smtp_server() as server:
        message = due_message(server)
    turn(message)
    assert (message.status, message.retries) == (Status.QUEUED, 0)
    domain = SendingDomain.objects.get()
    assert (domain.next_allowed_at, domain.paused_at) == (None, None)


def test_a_refused_login_pauses_the_domain_and_blames_no_lead(frozen_clock):
    with smtp_server(AUTH=["535 5.7.8 no"]) as server:
        message = due_message(server)
        message.domain.account.username = "me"
        message.domain.account.secret = "hunter2"
        message.domain.account.save()
        turn(message)
    domain = SendingDomain.objects.get()
    assert domain.paused_at == MONDAY
    assert "535" in domain.pause_reason
    assert "hunter2" not in domain.pause_reason
    assert (message.status, Lead.objects.get().status) == (Status.QUEUED, Lead.Status.ACTIVE)


def test_a_mail_that_cannot_be_composed_fails_and_the_next_one_takes_its_slot(frozen_clock):
    with smtp_server() as server:
        broken = due_message(server, enrollment__lead__company="")
        good = MessageFactory(enrollment__domain=broken.domain, alias=broken.alias)
        turn(broken)
    good.refresh_from_db()
    assert (broken.status, good.status) == (Status.FAILED, Status.SENT)
    assert "company" in broken.error
    assert len(server.accepted) == 1


def test_a_lead_that_was_stopped_after_planning_gets_nothing(frozen_clock):
    with smtp_server() as server:
        message = due_message(server)
        Lead.objects.update(stopped_at=MONDAY)
        turn(message)
    assert message.status == Status.CANCELED
    assert server.accepted == []
    assert Enrollment.objects.get().end_reason == Enrollment.EndReason.STOPPED
    assert DailyFigures.objects.get().canceled == 1


def test_the_follow_up_threads_to_the_first_mail_and_waits_for_its_offset(frozen_clock):
    with smtp_server() as server:
        account = SendingAccountFactory(host="127.0.0.1", port=server.port)
        first, second = two_mail_flow(enrollment__domain__account=account)
        turn(first)
        frozen_clock.move_to(MONDAY + timedelta(days=2))
        turn(first)
        assert len(server.accepted) == 1
        frozen_clock.move_to(MONDAY + timedelta(days=3))
        turn(second)
    reply = server.accepted[1].message
    assert reply["In-Reply-To"] == f"<{first.smtp_message_id}>"
    assert reply["References"] == f"<{first.smtp_message_id}>"
    assert second.status == Status.SENT
    assert Enrollment.objects.get().status == Enrollment.Status.COMPLETED


def test_an_answer_that_comes_after_the_reaper_still_counts(frozen_clock):
    message = MessageFactory()
    claim = claimed(message)
    Message.objects.update(phase=Message.Phase.WIRE, status=Status.UNKNOWN)
    SendAttempt.objects.update(gated_at=MONDAY)
    finish([(claim, Delivery(Outcome.ACCEPTED, 250, "taken"))])
    message.refresh_from_db()
    assert message.status == Status.SENT


def test_an_answer_of_an_attempt_that_was_replaced_changes_nothing(frozen_clock):
    message = MessageFactory()
    stale = claimed(message)
    Message.objects.update(status=Status.QUEUED, attempt_id=None)
    claimed(message)
    for outcome in Outcome:
        finish([(stale, Delivery(outcome, 250, "late"))])
    message.refresh_from_db()
    assert message.status == Status.SENDING
    assert not MessageEvent.objects.exists()


def without_pause(server: SmtpServer, mails: int, **policy) -> list[Message]:
    first = due_message(server, enrollment__domain__policy__interval_minutes=0)
    SendingPolicy.objects.update(**policy)
    others = MessageFactory.create_batch(
        mails - 1, enrollment__domain=first.domain, alias=first.alias, step=first.step
    )
    return [first, *others]


def test_a_domain_without_a_pause_sends_many_in_one_turn_in_their_order(frozen_clock):
    with smtp_server() as server:
        mails = without_pause(server, 25)
        assert turn(mails[0]) == 25
    assert [mail.recipient for mail in server.accepted] == [mail.lead.email for mail in mails]
    assert server.connections == 1
    assert set(Message.objects.values_list("status", flat=True)) == {Status.SENT}
    assert SendingDomain.objects.get().sent_today == 25
    assert sum(DailyFigures.objects.values_list("sent", flat=True)) == 25


def test_a_domain_with_a_pause_takes_up_one_mail_at_a_time(frozen_clock):
    with smtp_server() as server:
        first = due_message(server)
        MessageFactory.create_batch(3, enrollment__domain=first.domain, alias=first.alias)
        turn(first)
    outcomes = SendAttempt.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == [Attempt.ACCEPTED, Attempt.WITHHELD]


def test_at_most_ten_are_past_the_gate_at_once(frozen_clock, monkeypatch):
    past_the_gate = []

    def deliver(transport, mail):
        wire = Message.objects.filter(status=Status.SENDING, phase=Message.Phase.WIRE)
        past_the_gate.append(wire.count())
        return Delivery(Outcome.ACCEPTED, 250)

    monkeypatch.setattr(SmtpTransport, "deliver", deliver)
    with smtp_server() as server:
        turn(without_pause(server, 12)[0])
    assert past_the_gate == [10] * 10 + [2, 2]


def test_the_cap_of_the_day_stops_a_domain_without_a_pause(frozen_clock):
    with smtp_server() as server:
        mails = without_pause(server, 13, daily_cap=12)
        assert turn(mails[0]) == 12
    assert len(server.accepted) == SendingDomain.objects.get().sent_today == 12
    assert Message.objects.get(status=Status.QUEUED) == mails[-1]


def test_those_claimed_with_mails_that_the_gate_stops_go_back_untouched(frozen_clock):
    with smtp_server() as server:
        mails = without_pause(server, 14, daily_cap=2)
        assert turn(mails[0]) == 2
    # The gate was asked for the first ten; the last four never came near it.
    behind = Message.objects.filter(pk__in=[mail.pk for mail in mails[10:]])
    assert set(behind.values_list("status", "retries", "attempt_id")) == {(Status.QUEUED, 0, None)}
    attempts = SendAttempt.objects.filter(message__in=behind)
    assert (
        list(attempts.values_list("outcome", "gated_at")) == [(Attempt.NOT_TRANSMITTED, None)] * 4
    )
    assert len(server.accepted) == SendingDomain.objects.get().sent_today == 2


def test_one_bad_address_among_ten_fails_alone(frozen_clock):
    with smtp_server(RCPT=["250 ok", "550 5.1.1 no such user", "451 later", "250 ok"]) as server:
        mails = without_pause(server, 10)
        turn(mails[0])
    statuses = list(Message.objects.order_by("pk").values_list("status", flat=True))
    assert statuses == [Status.SENT, Status.BOUNCED, Status.QUEUED] + [Status.SENT] * 7
    assert len(server.accepted) == 8


def test_a_mail_that_comes_to_its_turn_too_late_does_not_leave(frozen_clock, monkeypatch):
    """A worker that was stopped between gate and server, and woke up."""
    monkeypatch.setattr("campaigns.sending.HANDOVER", timedelta(0))
    with smtp_server() as server:
        message = due_message(server)
        turn(message)
    assert server.accepted == []
    assert (message.status, message.retries) == (Status.QUEUED, 0)
    outcomes = SendAttempt.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == [Attempt.NOT_TRANSMITTED, Attempt.WITHHELD]


def test_a_worker_that_was_stopped_at_the_gate_does_not_think_that_it_has_just_passed(
    frozen_clock, monkeypatch
):
    hours = [0.0]

    def stopped_there(departures: Sequence[Departure]) -> list[Decision]:
        decisions = wait_at_gate(departures)
        hours[0] += 1
        return decisions

    monkeypatch.setattr("campaigns.sending.wait_at_gate", stopped_there)
    real_time = SimpleNamespace(monotonic=lambda: 3600 * hours[0])
    monkeypatch.setattr("campaigns.sending.time", real_time)
    with smtp_server() as server:
        message = due_message(server)
        turn(message)
    assert (server.accepted, message.status) == ([], Status.QUEUED)


def test_a_server_that_wants_a_new_connection_after_each_mail_gets_it(frozen_clock):
    with smtp_server(MAIL=["250 ok", "421 4.7.0 too many mails", "250 ok"]) as server:
        mails = without_pause(server, 3)
        turn(mails[0])
    assert (len(server.accepted), server.connections) == (3, 2)
    assert set(Message.objects.values_list("retries", flat=True)) == {0}


def test_a_refused_sender_stops_those_behind_it_without_trying_them(frozen_clock):
    with smtp_server(MAIL=["530 5.7.0 authenticate first"]) as server:
        mails = without_pause(server, 3)
        turn(mails[0])
    assert server.accepted == []
    assert set(Message.objects.values_list("status", "retries")) == {(Status.QUEUED, 0)}
    assert SendAttempt.objects.filter(reply_code=530).count() == 1
    assert SendingDomain.objects.get().paused_at == MONDAY


def reaped(message: Message) -> Claim:
    """Past the gate, and given up on by the reaper."""
    claim = claimed(message)
    assert at_gate(claim, composed(message)).verdict is Verdict.PASSED
    Message.objects.update(lease_until=MONDAY)
    assert claiming.reap_expired_leases(MONDAY) == (0, 1)
    return claim


@pytest.mark.parametrize(
    ("late", "status", "paused"),
    [
        (Delivery(Outcome.DEFERRED, 451, "greylisted"), Status.QUEUED, False),
        (Delivery(Outcome.NOT_TRANSMITTED, None, "lost at RCPT"), Status.QUEUED, False),
        (Delivery(Outcome.REFUSED, 530, "no", is_account_problem=True), Status.QUEUED, True),
        (Delivery(Outcome.REFUSED, 550, "5.1.1 user unknown"), Status.BOUNCED, False),
        (Delivery(Outcome.REFUSED, 554, "5.3.0 no"), Status.FAILED, False),
    ],
    ids=str,
)
def test_a_definite_answer_after_the_reaper_is_believed(frozen_clock, late, status, paused):
    message, _ = two_mail_flow()
    finish([(reaped(message), late)])
    message.refresh_from_db()
    assert (message.status, message.sent_at) == (status, None)
    assert SendAttempt.objects.get().outcome == Attempt(late.outcome)
    assert not MessageEvent.objects.filter(kind=MessageEvent.Kind.SENT).exists()
    assert (SendingDomain.objects.get().paused_at is not None) is paused


def test_a_late_deferral_does_not_undo_what_a_proof_has_settled(frozen_clock):
    message, following = two_mail_flow(retries=2)
    claim = reaped(message)
    record_event(message.pk, MessageEvent.Kind.OPENED, at=MONDAY, source_id="pixel")
    finish([(claim, Delivery(Outcome.DEFERRED, 451, "later"))])
    message.refresh_from_db()
    following.refresh_from_db()
    assert (message.status, following.status) == (Status.SENT, Status.QUEUED)
    assert [row.failed for row in DailyFigures.objects.all()] == [0]


@pytest.mark.parametrize(
    ("verb", "reply", "status", "accepted"),
    [
        ("MAIL", "nonsense", Status.QUEUED, 0),
        ("RCPT", "nonsense", Status.QUEUED, 0),
        ("RCPT", "550 5.1.1 no\0such user", Status.BOUNCED, 0),
        ("RCPT", "451 a\0b", Status.QUEUED, 0),
        ("DATA", "nonsense", Status.QUEUED, 0),
        ("BODY", "250 ok\0", Status.SENT, 1),
        ("BODY", "nonsense", Status.UNKNOWN, 0),
    ],
)
def test_odd_words_of_a_server_are_written_down(frozen_clock, verb, reply, status, accepted):
    with smtp_server(**{verb: [reply]}) as server:
        message = due_message(server)
        turn(message)
    assert (message.status, len(server.accepted)) == (status, accepted)
    assert SendAttempt.objects.get().finished_at == MONDAY


@pytest.mark.parametrize(
    "account",
    [
        {"username": "jan", "secret": "wachtwöord"},
        {"username": "jän", "secret": "x"},
        {"host": "smtp..example.nl"},
    ],
    ids=str,
)
def test_an_account_that_cannot_be_used_pauses_its_domain(frozen_clock, account):
    with smtp_server() as server:
        message = due_message(server)
        SendingAccount.objects.update(**{k: v for k, v in account.items() if k != "secret"})
        if "secret" in account:
            row = SendingAccount.objects.get()
            row.secret = account["secret"]
            row.save()
        turn(message)
    assert server.accepted == []
    assert (message.status, message.retries) == (Status.QUEUED, 0)
    reason = SendingDomain.objects.get().pause_reason
    assert "cannot be used" in reason
    assert "wachtw" not in reason


def test_a_sender_that_no_mail_can_be_made_for_fails_no_lead(frozen_clock):
    with smtp_server() as server:
        mails = without_pause(server, 3)
        SenderAlias.objects.update(reply_to="jan@müller.nl")
        turn(mails[0])
    assert set(Message.objects.values_list("status", flat=True)) == {Status.QUEUED}
    assert "jan@müller.nl" in SendingDomain.objects.get().pause_reason


def test_a_mail_that_breaks_composing_holds_up_nobody_and_fails_in_the_end(
    frozen_clock, monkeypatch
):
    with smtp_server() as server:
        broken, *others = without_pause(server, 3)

        def compose_the_others(message: Message) -> ComposedMail:
            if message.pk == broken.pk:
                raise RuntimeError("never thought of")
            return composed(message)

        monkeypatch.setattr("campaigns.sending.compose", compose_the_others)
        for _ in range(3):
            turn(broken)
            frozen_clock.advance(60 * MINUTE)
    assert broken.status == Status.FAILED
    assert "never thought of" in broken.error
    assert len(server.accepted) == len(others)


def test_a_mail_whose_delivery_broke_off_in_our_own_code_is_unknown(frozen_clock, monkeypatch):
    def deliver(*_: object) -> None:
        raise RuntimeError("never thought of")

    monkeypatch.setattr(SmtpTransport, "deliver", deliver)
    with smtp_server() as server:
        message = due_message(server)
        turn(message)
    assert message.status == Status.UNKNOWN
    assert "never thought of" in message.error


@pytest.mark.parametrize("rounds", [6])
def test_a_bounce_and_an_opt_out_of_the_same_lead_kill_none_of_each_other(frozen_clock, rounds):
    for _ in range(rounds):
        message = MessageFactory()
        claim = claimed(message)
        assert at_gate(claim, composed(message)).verdict is Verdict.PASSED
        work = iter(
            [
                partial(finish, [(claim, Delivery(Outcome.REFUSED, 550, "5.1.1 user unknown"))]),
                partial(suppress, [message.lead.email], reason=Suppression.Reason.MANUAL),
            ]
        )
        in_threads(2, lambda work=work: next(work)())
        message.refresh_from_db()
        assert message.status == Status.BOUNCED


def test_a_refused_login_is_tried_once_however_many_mails_wait(frozen_clock):
    with smtp_server(AUTH=["535 5.7.8 no"]) as server:
        mails = without_pause(server, 10)
        account = mails[0].domain.account
        account.username, account.secret = "me", "hunter2"
        account.save()
        turn(mails[0])
    assert server.connections == 1
    assert set(Message.objects.values_list("status", "retries")) == {(Status.QUEUED, 0)}


def test_a_silent_account_ahead_of_a_healthy_one_costs_it_one_try(frozen_clock):
    with smtp_server(CONNECT=[SILENCE]) as silent, smtp_server() as server:
        mails = without_pause(server, 10)
        victor = SenderAliasFactory(domain=mails[0].domain, name="victor")
        victor.account = SendingAccountFactory(host="127.0.0.1", port=silent.port)
        victor.save()
        Message.objects.filter(pk__in=[mail.pk for mail in mails[:5]]).update(alias=victor)
        turn(mails[0])
    assert silent.connections == 1
    assert [mail.recipient for mail in server.accepted] == [mail.lead.email for mail in mails[5:]]


def test_a_server_that_is_slow_to_connect_to_leaves_the_claims_behind_it_their_time(
    frozen_clock, monkeypatch
):
    monkeypatch.setattr("campaigns.sending.CLAIM_LEASE", timedelta(0))
    with smtp_server() as server:
        mails = without_pause(server, 3)
        Sender(mails[0].domain_id).send_due(seconds=0.2)
    assert server.accepted == []
    assert set(Message.objects.values_list("status", flat=True)) == {Status.QUEUED}


def test_what_cannot_be_put_back_loses_no_answer_of_the_others(frozen_clock, monkeypatch):
    def deliver(transport: SmtpTransport, mail: ComposedMail) -> Delivery:
        if mail.recipient == gone.lead.email:
            raise TransportUnavailableError("no new connection")
        return Delivery(Outcome.ACCEPTED, 250)

    def cannot(*_: object, **__: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(SmtpTransport, "deliver", deliver)
    monkeypatch.setattr("campaigns.reconnecting.time.sleep", lambda seconds: None)
    with smtp_server() as server:
        *sent, gone = without_pause(server, 6)
        monkeypatch.setattr("campaigns.finishing.claiming.put_back", cannot)
        with pytest.raises(OperationalError):
            turn(sent[0])
    assert Message.objects.filter(status=Status.SENT).count() == len(sent)
    gone.refresh_from_db()
    assert gone.status == Status.SENDING


def test_a_mail_that_the_gate_cannot_store_holds_up_nobody(frozen_clock, monkeypatch):
    def keep_the_others(mails: dict[int, ComposedMail]) -> None:
        if broken.pk in mails:
            raise RuntimeError("never thought of")

    with smtp_server() as server:
        broken, *others = without_pause(server, 3)
        monkeypatch.setattr("campaigns.gate.keep", keep_the_others)
        turn(broken)
    assert (broken.status, broken.retries) == (Status.QUEUED, 1)
    assert len(server.accepted) == len(others)
    assert SendingDomain.objects.get().sent_today == len(others)


def test_half_a_character_fails_its_own_mail_and_no_other(frozen_clock):
    with smtp_server() as server:
        mails = without_pause(server, 3)
        version = mails[1].template_version
        version.text = 'Beste {{ lead.title|default("\\ud800 collega") }}'
        version.pk = None
        version.number += 1
        version.save()
        Message.objects.filter(pk=mails[1].pk).update(template_version=version)
        turn(mails[1])
    assert mails[1].status == Status.FAILED
    assert "half a character" in mails[1].error
    assert len(server.accepted) == 2


def test_both_acceptances_of_a_mail_that_left_twice_stand_in_the_ledger(frozen_clock):
    message = MessageFactory()
    first = reaped(message)
    resend_unknown(message.pk, MONDAY)
    SendingDomain.objects.update(next_allowed_at=None)
    second = claimed(message)
    again = replace(composed(message), is_kept=True)
    assert at_gate(second, again).verdict is Verdict.PASSED
    for claim in (first, second):
        finish([(claim, Delivery(Outcome.ACCEPTED, 250, "taken"))])
    outcomes = SendAttempt.objects.values_list("outcome", flat=True)
    assert list(outcomes) == [Attempt.ACCEPTED, Attempt.ACCEPTED]
    assert sum(DailyFigures.objects.values_list("sent", flat=True)) == 1


def test_a_bounce_that_is_quicker_than_its_own_senders_answer_counts_as_sent_and_bounced(
    frozen_clock,
):
    message = MessageFactory()
    claim = claimed(message)
    assert at_gate(claim, composed(message)).verdict is Verdict.PASSED
    record_event(
        message.pk, MessageEvent.Kind.BOUNCED, at=MONDAY, source_id="dsn", detail={"hard": True}
    )
    finish([(claim, Delivery(Outcome.ACCEPTED, 250, "taken"))])
    message.refresh_from_db()
    assert (message.status, message.sent_at) == (Status.BOUNCED, MONDAY)
    assert SendAttempt.objects.get().outcome == Attempt.ACCEPTED
    figures = DailyFigures.objects.get()
    assert (figures.sent, figures.bounced) == (1, 1)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Delivery(Outcome.ACCEPTED, 250, "taken"), Status.SENT),
        (Delivery(Outcome.DEFERRED, 451, "later"), Status.CANCELED),
        (Delivery(Outcome.REFUSED, 550, "5.1.1 user unknown"), Status.BOUNCED),
        (Delivery(Outcome.UNKNOWN, None, "lost"), Status.UNKNOWN),
    ],
    ids=str,
)
def test_an_opt_out_while_the_mail_is_on_the_wire_leaves_the_word_to_its_server(
    frozen_clock, answer, status
):
    message = MessageFactory()
    claim = claimed(message)
    assert at_gate(claim, composed(message)).verdict is Verdict.PASSED
    record_event(message.pk, MessageEvent.Kind.UNSUBSCRIBED, at=MONDAY, source_id="opt-out")
    finish([(claim, answer)])
    message.refresh_from_db()
    assert message.status == status
    assert (message.sent_at is not None) is answer.is_accepted
    attempt = SendAttempt.objects.get()
    assert (attempt.outcome, attempt.finished_at) == (Attempt(answer.outcome), MONDAY)


@pytest.mark.parametrize(
    "broken", ["campaigns.finishing.record_event", "campaigns.acceptance._count"]
)
def test_one_answer_that_cannot_be_written_costs_no_other(frozen_clock, monkeypatch, broken):
    mails = MessageFactory.create_batch(3)
    claims = [claimed(message) for message in mails]
    for claim, message in zip(claims, mails, strict=True):
        assert at_gate(claim, composed(message)).verdict is Verdict.PASSED

    def cannot(*_: object, **__: object) -> None:
        raise RuntimeError("never thought of")

    monkeypatch.setattr(broken, cannot)
    answers = [
        Delivery(Outcome.ACCEPTED, 250),
        Delivery(Outcome.REFUSED, 550, "5.1.1 user unknown"),
        Delivery(Outcome.DEFERRED, 451, "a\ud800b"),
    ]
    with pytest.raises(RuntimeError):
        finish(list(zip(claims, answers, strict=True)))
    written = {
        "campaigns.finishing.record_event": [Status.SENT, Status.SENDING, Status.QUEUED],
        "campaigns.acceptance._count": [Status.SENDING, Status.BOUNCED, Status.QUEUED],
    }
    statuses = Message.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == written[broken]
