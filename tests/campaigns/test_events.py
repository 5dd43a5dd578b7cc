from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction

from campaigns.acceptance import mark_sent
from campaigns.events import record_event
from campaigns.gate import Verdict
from campaigns.models import DailyFigures, Enrollment, Message, MessageEvent, SendingDomain
from leads.models import Lead, Suppression
from tests.campaigns.mails import at_gate, claimed, composed, two_mail_flow
from tests.factories import EnrollmentFactory, MessageFactory, SendAttemptFactory
from tests.factories.campaigns import MONDAY
from tests.threads import in_threads

pytestmark = pytest.mark.django_db
Kind, Actor = MessageEvent.Kind, MessageEvent.Actor
HOUR = timedelta(hours=1)


def record(message: Message, kind: Kind, **fields):
    given = {"at": MONDAY + HOUR, "source_id": f"{kind}:{message.pk}"}
    return record_event(message.pk, kind, **(given | fields))


def figures(message: Message) -> dict[str, int]:
    row = DailyFigures.objects.filter(campaign=message.campaign_id, step=message.step_id)
    counts = row.values().get()
    return {
        name: value
        for name, value in counts.items()
        if value and name not in ("id", "campaign_id", "step_id", "day")
    }


def gated(message: Message) -> Message:
    claim = claimed(message)
    assert at_gate(claim, composed(message), MONDAY).verdict is Verdict.PASSED
    message.refresh_from_db()
    return message


def test_a_sent_mail_is_dated_by_its_gate_counted_and_frees_the_next_one():
    first, second = two_mail_flow()
    mark_sent([gated(first)])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.sent_at) == (Message.Status.SENT, MONDAY)
    assert second.not_before == MONDAY + timedelta(days=3)
    assert Lead.objects.get().last_emailed_at == MONDAY
    assert figures(first) == {"sent": 1}
    assert DailyFigures.objects.get().day == date(2026, 6, 1)
    assert Enrollment.objects.get().status == Enrollment.Status.ACTIVE
    assert not SendingDomain.objects.get().needs_replanning


def test_a_mail_that_left_late_pushes_the_next_one_to_its_offset():
    first, second = two_mail_flow()
    wednesday = MONDAY + timedelta(days=2)
    claim = claimed(first, wednesday)
    at_gate(claim, composed(first), wednesday)
    mark_sent([first])
    second.refresh_from_db()
    assert second.not_before == MONDAY + timedelta(days=7)  # three workdays after Wednesday
    assert SendingDomain.objects.get().needs_replanning


def test_the_last_mail_of_a_flow_completes_the_enrollment():
    mark_sent([gated(MessageFactory())])
    enrollment = Enrollment.objects.get()
    assert (enrollment.status, enrollment.ended_at) == (Enrollment.Status.COMPLETED, MONDAY)


def test_nothing_is_sent_that_passed_no_gate():
    with pytest.raises(ValueError, match="no gate"), transaction.atomic():
        mark_sent([MessageFactory()])
    assert not MessageEvent.objects.exists()


def test_the_same_source_has_one_effect():
    message = MessageFactory(sent=True)
    assert record(message, Kind.REPLIED, source_id="mail 7") is not None
    assert record(message, Kind.REPLIED, source_id="mail 7") is None
    assert MessageEvent.objects.count() == 1
    assert figures(message) == {"replied": 1}


@pytest.mark.django_db(transaction=True)
def test_the_same_source_at_the_same_moment_has_one_effect():
    message = MessageFactory(sent=True)
    results = in_threads(6, lambda: record(message, Kind.OPENED, actor=Actor.HUMAN))
    assert len([event for event in results if event]) == 1
    assert figures(message) == {"opened": 1}


@pytest.mark.django_db(transaction=True)
def test_counters_lose_nothing_when_events_of_many_mails_arrive_together():
    first = MessageFactory(sent=True)
    messages = [first] + [
        MessageFactory(sent=True, enrollment__campaign=first.campaign, step=first.step)
        for _ in range(5)
    ]
    queue = iter(messages)
    in_threads(6, lambda: record(next(queue), Kind.OPENED, actor=Actor.HUMAN))
    assert figures(first) == {"opened": 6}


def test_rates_count_people_and_machines_apart_and_each_mail_once():
    message = MessageFactory(sent=True)
    for number, actor in enumerate([Actor.PROXY, Actor.UNKNOWN, Actor.HUMAN, Actor.HUMAN]):
        record(message, Kind.OPENED, actor=actor, source_id=f"hit {number}")
    assert MessageEvent.objects.count() == 4
    assert figures(message) == {"opened": 1, "machine_opened": 1}


def test_a_scanners_click_is_kept_and_not_counted():
    message = MessageFactory(sent=True)
    record(message, Kind.CLICKED, actor=Actor.SCANNER)
    message.refresh_from_db()
    assert message.clicked_at is None
    assert not DailyFigures.objects.exists()


@pytest.mark.parametrize(
    ("kind", "detail", "reason", "lead_status"),
    [
        (Kind.UNSUBSCRIBED, {}, "unsubscribed", Lead.Status.SUPPRESSED),
        (Kind.COMPLAINED, {}, "complaint", Lead.Status.SUPPRESSED),
        (Kind.BOUNCED, {"hard": True}, "bounced", Lead.Status.BOUNCED),
    ],
)
def test_what_condemns_an_address_suppresses_it_and_ends_every_flow_of_the_lead(
    kind, detail, reason, lead_status
):
    first, second = two_mail_flow(sent=True)
    elsewhere = MessageFactory(enrollment=EnrollmentFactory(lead=first.lead))
    record(first, kind, detail=detail)
    assert Suppression.objects.get().reason == reason
    assert Lead.objects.get().status == lead_status
    for message in (second, elsewhere):
        message.refresh_from_db()
        assert message.status == Message.Status.CANCELED
    assert set(Enrollment.objects.values_list("status", flat=True)) == {Enrollment.Status.ENDED}
    assert figures(second) == {"canceled": 1}


def test_a_reply_ends_this_flow_and_no_other_and_suppresses_nobody():
    first, second = two_mail_flow(sent=True)
    elsewhere = MessageFactory(enrollment=EnrollmentFactory(lead=first.lead))
    record(first, Kind.REPLIED)
    second.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (second.status, elsewhere.status) == (Message.Status.CANCELED, Message.Status.QUEUED)
    assert not Suppression.objects.exists()
    assert Lead.objects.get().status == Lead.Status.ACTIVE


def test_a_soft_bounce_condemns_nobody():
    first, second = two_mail_flow(sent=True)
    record(first, Kind.BOUNCED, detail={"hard": False})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (Message.Status.SENT, Message.Status.QUEUED)
    assert not Suppression.objects.exists()


def test_a_late_hard_bounce_corrects_a_sent_mail():
    message = MessageFactory(sent=True)
    record(message, Kind.BOUNCED, detail={"hard": True})
    message.refresh_from_db()
    assert (message.status, message.bounced_at) == (Message.Status.BOUNCED, MONDAY + HOUR)
    assert figures(message) == {"bounced": 1}


@pytest.mark.parametrize("kind", [Kind.OPENED, Kind.CLICKED, Kind.REPLIED, Kind.UNSUBSCRIBED])
def test_any_sign_of_arrival_resolves_an_unknown_mail_to_sent(kind):
    message = MessageFactory(status=Message.Status.UNKNOWN)
    SendAttemptFactory(message=message, gated_at=MONDAY)
    record(message, kind)
    message.refresh_from_db()
    assert (message.status, message.sent_at) == (Message.Status.SENT, MONDAY)
    assert MessageEvent.objects.filter(kind=Kind.SENT).count() == 1
    assert figures(message)["sent"] == 1


def test_a_failed_mail_ends_its_flow_with_the_reason():
    first, second = two_mail_flow()
    record(first, Kind.FAILED, detail={"reason": "554 no"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.error) == (Message.Status.FAILED, "554 no")
    assert second.status == Message.Status.CANCELED
    assert Enrollment.objects.get().end_reason == Enrollment.EndReason.FAILED


def test_settling_an_old_mail_leaves_the_date_of_a_newer_one():
    message = MessageFactory(status=Message.Status.UNKNOWN)
    SendAttemptFactory(message=message, gated_at=MONDAY)
    Lead.objects.update(last_emailed_at=MONDAY + timedelta(days=2))
    mark_sent([message])
    assert Lead.objects.get().last_emailed_at == MONDAY + timedelta(days=2)
    assert SendingDomain.objects.get().needs_replanning


def test_a_gateway_that_looked_at_a_deferred_mail_proves_no_arrival():
    message = MessageFactory(status=Message.Status.QUEUED)
    SendAttemptFactory(message=message, gated_at=MONDAY, outcome="deferred")
    record(message, Kind.OPENED)
    message.refresh_from_db()
    assert message.status == Message.Status.QUEUED
