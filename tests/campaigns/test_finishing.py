"""Answers that come late, twice, or for a message that is somebody else's by now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.decisions import Verdict
from campaigns.finishing import finish, give_up
from campaigns.models import Enrollment, Message, MessageEvent, SendAttempt
from campaigns.transport import Delivery, Outcome
from mailsuite.lib import clock
from tests.campaigns.mails import at_gate, claimed, composed
from tests.factories import MessageFactory
from tests.factories.campaigns import MONDAY

pytestmark = pytest.mark.django_db
Status, Attempt = Message.Status, SendAttempt.Outcome
ACCEPTED = Delivery(Outcome.ACCEPTED, 250, "taken")
DEFERRED = Delivery(Outcome.DEFERRED, 451, "later")


@pytest.fixture(autouse=True)
def frozen_clock():
    with clock.frozen(MONDAY) as frozen:
        yield frozen


def on_the_wire(**fields):
    message = MessageFactory(**fields)
    claim = claimed(message)
    assert at_gate(claim, composed(message)).verdict is Verdict.PASSED
    return message, claim


@pytest.mark.parametrize("settled", [Status.CANCELED, Status.FAILED, Status.BOUNCED])
def test_a_late_yes_does_not_undo_what_was_settled_meanwhile(settled):
    message, claim = on_the_wire()
    Message.objects.update(status=settled)
    finish([(claim, ACCEPTED)])
    message.refresh_from_db()
    assert (message.status, message.sent_at) == (settled, None)
    assert SendAttempt.objects.get().outcome == Attempt.ACCEPTED
    assert not MessageEvent.objects.exists()


def test_a_yes_to_an_attempt_that_passed_no_gate_is_not_believed():
    message = MessageFactory()
    finish([(claimed(message), ACCEPTED)])
    message.refresh_from_db()
    assert message.status == Status.SENDING
    assert not MessageEvent.objects.exists()


def test_a_yes_among_others_closes_its_own_attempt_with_its_own_words():
    (first, first_claim), (second, second_claim) = on_the_wire(), on_the_wire()
    finish([
        (first_claim, ACCEPTED),
        (second_claim, Delivery(Outcome.ACCEPTED, None, "queued as 7")),
    ])  # fmt: skip
    rows = SendAttempt.objects.order_by("pk")
    assert list(rows.values_list("message", "outcome", "reply_code", "detail", "finished_at")) == [
        (first.pk, Attempt.ACCEPTED, 250, "taken", MONDAY),
        (second.pk, Attempt.ACCEPTED, None, "queued as 7", MONDAY),
    ]


def test_what_a_provider_calls_the_mail_is_kept_with_its_own_attempt():
    (_, first), (_, second) = on_the_wire(), on_the_wire()
    finish([
        (first, Delivery(Outcome.ACCEPTED, provider_id="<a\0b@mg.example>")),
        (second, ACCEPTED),
    ])  # fmt: skip
    ids = SendAttempt.objects.order_by("pk").values_list("provider_message_id", flat=True)
    assert list(ids) == ["<a\N{REPLACEMENT CHARACTER}b@mg.example>", ""]


def test_words_of_a_server_are_cut_to_what_the_ledger_holds():
    _, claim = on_the_wire()
    finish([(claim, Delivery(Outcome.ACCEPTED, 250, "x" * 1_001))])
    assert SendAttempt.objects.get().detail == "x" * 1_000


@pytest.mark.parametrize(("retries", "minutes"), [(0, 10), (1, 30)])
def test_each_retry_waits_three_times_as_long(retries, minutes):
    message, claim = on_the_wire(retries=retries)
    finish([(claim, DEFERRED)])
    message.refresh_from_db()
    assert (message.status, message.retries) == (Status.QUEUED, retries + 1)
    assert message.not_before == MONDAY + timedelta(minutes=minutes)


def replaced(message: Message) -> None:
    """Somebody else's by now."""
    Message.objects.filter(pk=message.pk).update(status=Status.QUEUED, attempt_id=None)
    claimed(message)


@pytest.mark.parametrize("answer", [DEFERRED, Delivery(Outcome.REFUSED, 550, "5.1.1 unknown")])
def test_a_no_to_an_attempt_that_was_replaced_fails_nothing(answer):
    message, stale = on_the_wire(retries=2)
    replaced(message)
    finish([(stale, answer)])
    message.refresh_from_db()
    assert message.status == Status.SENDING
    assert Enrollment.objects.get().status == Enrollment.Status.ACTIVE
    assert not MessageEvent.objects.exists()


def test_who_lost_a_message_can_not_give_it_up():
    message = MessageFactory()
    stale = claimed(message)
    replaced(message)
    give_up(stale, Attempt.NOT_COMPOSED, "no company")
    message.refresh_from_db()
    assert message.status == Status.SENDING
    assert set(SendAttempt.objects.values_list("outcome", flat=True)) == {Attempt.UNDER_WAY}
