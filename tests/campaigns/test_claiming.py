from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from campaigns import claiming
from campaigns.claiming import claim_due, reap_expired_leases
from campaigns.models import DailyFigures, Enrollment, Message, SendAttempt
from leads.models import Lead
from tests.campaigns.mails import claimed
from tests.factories import MessageFactory
from tests.factories.campaigns import MONDAY
from tests.threads import Meanwhile, in_threads

pytestmark = pytest.mark.django_db
Status = Message.Status


def test_a_due_message_is_claimed_with_a_lease_and_an_attempt():
    message = MessageFactory()
    claim = claimed(message)
    message.refresh_from_db()
    assert (message.status, message.phase) == (Status.SENDING, Message.Phase.CLAIMED)
    assert message.attempt_id == claim.attempt_id
    assert Message.objects.filter(lease_until__gt=Now()).count() == 1
    attempt = SendAttempt.objects.get()
    assert (attempt.attempt_id, attempt.started_at) == (claim.attempt_id, MONDAY)
    assert attempt.gated_at is None


def test_the_message_that_has_waited_longest_goes_first():
    later = MessageFactory(scheduled_at=MONDAY)
    earlier = MessageFactory(
        enrollment__domain=later.domain, scheduled_at=MONDAY - timedelta(minutes=20)
    )
    (claim,) = claim_due(later.domain_id, MONDAY)
    assert claim.message_id == earlier.pk


@pytest.mark.parametrize(
    "change",
    [
        {"scheduled_at": MONDAY + timedelta(seconds=1)},
        {"not_before": None},
        {"not_before": MONDAY + timedelta(seconds=1)},
        {"status": Status.CANCELED},
        {"campaign__status": "paused"},
        {"domain__is_active": False},
        {"domain__paused_at": MONDAY},
    ],
    ids=lambda change: "-".join(f"{k}={v}" for k, v in change.items()),
)
def test_what_is_not_due_is_not_claimed(change):
    message = MessageFactory()
    for path, value in change.items():
        owner, _, field = path.rpartition("__")
        row = getattr(message, owner) if owner else message
        setattr(row, field, value)
        row.save()
    assert claim_due(message.domain_id, MONDAY) == []
    assert not SendAttempt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_never_claim_the_same_message():
    domain = MessageFactory().domain
    MessageFactory.create_batch(3, enrollment__domain=domain)
    claims = in_threads(8, lambda: claim_due(domain.pk, MONDAY))
    taken = [claim.message_id for turn in claims for claim in turn]
    assert len(taken) == len(set(taken)) <= 4
    assert SendAttempt.objects.count() == len(taken)


def test_a_message_put_back_is_as_it_was_and_its_attempt_is_closed():
    message = MessageFactory()
    claim = claimed(message)
    assert claiming.put_back(claim, SendAttempt.Outcome.WITHHELD, "not now", MONDAY)
    message.refresh_from_db()
    assert (message.status, message.attempt_id, message.lease_until) == (Status.QUEUED, None, None)
    assert (message.retries, message.not_before) == (0, MONDAY)
    assert SendAttempt.objects.get().outcome == SendAttempt.Outcome.WITHHELD


def test_a_claim_that_was_lost_can_put_nothing_back():
    message = MessageFactory()
    stale = claimed(message)
    claiming.put_back(stale, SendAttempt.Outcome.WITHHELD, "", MONDAY)
    fresh = claimed(message)
    assert not claiming.put_back(stale, SendAttempt.Outcome.WITHHELD, "", MONDAY)
    message.refresh_from_db()
    assert (message.status, message.attempt_id) == (Status.SENDING, fresh.attempt_id)


@pytest.mark.parametrize("settled", Message.FINAL)
def test_what_is_settled_is_not_put_back_by_the_attempt_that_it_still_names(settled):
    message = MessageFactory()
    claim = claimed(message)
    Message.objects.update(status=settled, sent_at=MONDAY)
    assert not claiming.put_back(claim, SendAttempt.Outcome.DEFERRED, "451", MONDAY)
    message.refresh_from_db()
    assert (message.status, message.attempt_id) == (settled, claim.attempt_id)


@pytest.mark.django_db(transaction=True)
def test_who_waited_to_put_back_a_message_that_was_taken_over_leaves_it_alone():
    message = MessageFactory()
    stale = claimed(message)
    with transaction.atomic():
        Lead.objects.select_for_update().get()
        other = Meanwhile(
            lambda: claiming.put_back(stale, SendAttempt.Outcome.DEFERRED, "451", MONDAY)
        )
        assert other.waits()
        Message.objects.update(attempt_id=uuid.uuid4())
    assert not other.result()
    message.refresh_from_db()
    assert message.status == Status.SENDING


@pytest.mark.django_db(transaction=True)
def test_a_message_that_another_worker_is_claiming_is_not_waited_for():
    first = MessageFactory()
    second = MessageFactory(enrollment__domain=first.domain)
    with transaction.atomic():
        claimed(first)
        other = Meanwhile(lambda: claim_due(first.domain_id, MONDAY))
        assert not other.waits()
        (claim,) = other.result()
    assert claim.message_id == second.pk


def test_a_canceled_claim_is_counted():
    message = MessageFactory()
    assert claiming.cancel(claimed(message), "the lead was stopped", MONDAY)
    message.refresh_from_db()
    assert message.status == Status.CANCELED
    assert DailyFigures.objects.get().canceled == 1


def expire_lease() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE campaigns_message SET lease_until = now() - interval '1 second'")


def test_a_lease_that_has_not_run_out_is_left_alone():
    message = MessageFactory()
    claimed(message)
    assert reap_expired_leases(MONDAY) == (0, 0)
    message.refresh_from_db()
    assert message.status == Status.SENDING


def test_a_worker_that_died_before_the_gate_leaves_the_message_due():
    message = MessageFactory()
    claimed(message)
    expire_lease()
    assert reap_expired_leases(MONDAY) == (1, 0)
    assert SendAttempt.objects.get().outcome == SendAttempt.Outcome.ABANDONED
    assert claimed(message)


def test_a_worker_that_died_after_the_gate_leaves_it_unknown_for_good():
    message = MessageFactory()
    claim = claimed(message)
    Message.objects.update(phase=Message.Phase.WIRE)
    expire_lease()
    assert reap_expired_leases(MONDAY) == (0, 1)
    message.refresh_from_db()
    assert (message.status, message.attempt_id) == (Status.UNKNOWN, claim.attempt_id)
    assert claim_due(message.domain_id, MONDAY) == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_comes_back_while_the_reaper_waits_for_it_keeps_its_message():
    message = MessageFactory()
    claim = claimed(message)
    expire_lease()
    with transaction.atomic():
        Lead.objects.select_for_update().get()
        other = Meanwhile(lambda: reap_expired_leases(MONDAY))
        assert other.waits()
        Message.objects.update(lease_until=Now() + timedelta(minutes=1))
    assert other.result() == (0, 0)
    message.refresh_from_db()
    assert (message.status, message.attempt_id) == (Status.SENDING, claim.attempt_id)
    assert SendAttempt.objects.get().outcome == SendAttempt.Outcome.UNDER_WAY


@pytest.mark.parametrize("way_back", ["put back", "reaped"])
def test_a_message_whose_flow_ended_while_it_was_claimed_is_canceled_on_its_way_back(way_back):
    message = MessageFactory()
    claim = claimed(message)
    Enrollment.objects.update(status="ended", end_reason="campaign_stopped")
    if way_back == "put back":
        claiming.put_back(claim, SendAttempt.Outcome.DEFERRED, "451", MONDAY)
    else:
        expire_lease()
        reap_expired_leases(MONDAY)
    message.refresh_from_db()
    assert message.status == Status.CANCELED
    assert DailyFigures.objects.get().canceled == 1
