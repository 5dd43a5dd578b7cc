"""What follows from a server's yes, for several mails in one go."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from campaigns.acceptance import mark_sent
from campaigns.message_lock import lock_messages
from campaigns.models import (
    DailyFigures,
    Enrollment,
    FlowStep,
    Message,
    MessageEvent,
    SendingDomain,
    SendingPolicy,
)
from leads.models import Lead
from tests.campaigns.mails import two_mail_flow
from tests.factories import LeadFactory, MessageFactory, SendAttemptFactory
from tests.factories.campaigns import MONDAY

pytestmark = pytest.mark.django_db
Status = Message.Status
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def gated(message: Message, at: datetime = MONDAY) -> Message:
    SendAttemptFactory(message=message, gated_at=at)
    return message


def accepted(*messages: Message, **options: object) -> list[Message]:
    locked = list(lock_messages([message.pk for message in messages]).values())
    mark_sent(locked, **options)
    for message in messages:
        message.refresh_from_db()
    return locked


def test_of_many_each_has_its_own_time_event_count_and_next_mail():
    (first, after_first), (second, after_second) = two_mail_flow(), two_mail_flow()
    FlowStep.objects.filter(version=second.step.version, kind="wait").update(delay=1)
    accepted(gated(first), gated(second, MONDAY + DAY))
    after_first.refresh_from_db()
    after_second.refresh_from_db()
    assert (first.sent_at, second.sent_at) == (MONDAY, MONDAY + DAY)
    assert (after_first.not_before, after_second.not_before) == (MONDAY + 3 * DAY, MONDAY + 2 * DAY)
    assert list(MessageEvent.objects.values_list("message", "kind", "source_id", "at")) == [
        (first.pk, "sent", f"sent:{first.pk}", MONDAY),
        (second.pk, "sent", f"sent:{second.pk}", MONDAY + DAY),
    ]
    counted = DailyFigures.objects.order_by("day").values_list("campaign", "step", "day", "sent")
    assert list(counted) == [
        (first.campaign_id, first.step_id, date(2026, 6, 1), 1),
        (second.campaign_id, second.step_id, date(2026, 6, 2), 1),
    ]
    emailed = Lead.objects.order_by("pk").values_list("last_emailed_at", flat=True)
    assert list(emailed) == [MONDAY, MONDAY + DAY]


def test_nothing_is_left_of_the_attempt_in_the_row_nor_in_the_callers_hands():
    message = gated(MessageFactory(status=Status.UNKNOWN, error="no answer", lease_until=MONDAY))
    (in_hand,) = accepted(message)
    for one in (message, in_hand):
        assert (one.status, one.sent_at) == (Status.SENT, MONDAY)
        assert (one.error, one.lease_until) == ("", None)


def test_it_was_sent_when_it_last_passed_the_gate():
    message = MessageFactory()
    for at in (MONDAY, MONDAY + HOUR, None):
        SendAttemptFactory(message=message, gated_at=at)
    accepted(message)
    assert message.sent_at == MONDAY + HOUR


def test_what_is_known_to_be_sent_counts_once_beside_what_is_new():
    known, new = gated(MessageFactory()), gated(MessageFactory())
    accepted(known)
    Message.objects.filter(pk=known.pk).update(sent_at=MONDAY - HOUR)
    accepted(known, new)
    assert MessageEvent.objects.count() == 2
    assert [row.sent for row in DailyFigures.objects.all()] == [1, 1]
    assert (known.sent_at, new.sent_at) == (MONDAY - HOUR, MONDAY)


def test_who_said_so_is_recorded():
    accepted(gated(MessageFactory()), actor=MessageEvent.Actor.HUMAN)
    assert MessageEvent.objects.get().actor == MessageEvent.Actor.HUMAN


@pytest.mark.parametrize(
    ("fields", "is_late"),
    [
        ({"status": Status.UNKNOWN}, True),
        ({"status": Status.QUEUED}, True),
        ({"status": Status.SENDING, "attempt_id": "7d8c3a1e-5a3f-4d47-9d5e-0c8a6f0f9b11"}, False),
    ],
    ids=str,
)
def test_what_was_planned_around_a_mail_of_unknown_fate_is_planned_anew(fields, is_late):
    accepted(gated(MessageFactory(lease_until=MONDAY, **fields)))
    assert SendingDomain.objects.get().needs_replanning is is_late


def test_a_lead_was_emailed_when_the_latest_of_its_mails_left():
    lead = LeadFactory(last_emailed_at=MONDAY - HOUR)
    accepted(
        gated(MessageFactory(enrollment__lead=lead), MONDAY + HOUR),
        gated(MessageFactory(enrollment__lead=lead)),
    )
    lead.refresh_from_db()
    assert lead.last_emailed_at == MONDAY + HOUR
    accepted(gated(MessageFactory(enrollment__lead=lead)))
    lead.refresh_from_db()
    assert lead.last_emailed_at == MONDAY + HOUR


def test_a_mail_counts_on_the_day_of_its_domain():
    message = MessageFactory()
    SendingPolicy.objects.update(timezone="Australia/Sydney")
    accepted(gated(message, MONDAY - 8 * HOUR))  # Sunday in UTC
    assert DailyFigures.objects.get().day == date(2026, 6, 1)


def third_mail(first: Message) -> Message:
    return MessageFactory(enrollment=first.enrollment, mail_number=3, not_before=None)


def test_only_the_next_mail_is_freed():
    first, second = two_mail_flow()
    third = third_mail(first)
    accepted(gated(first))
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.not_before, third.not_before) == (MONDAY + 3 * DAY, None)


def test_a_mail_before_it_is_not_freed_by_a_later_one():
    first, second = two_mail_flow()
    third = third_mail(first)
    Message.objects.filter(pk=first.pk).update(not_before=None)
    accepted(gated(second))
    first.refresh_from_db()
    third.refresh_from_db()
    assert (first.not_before, third.not_before) == (None, MONDAY)


def test_the_next_mail_is_the_next_that_is_still_queued():
    first, second = two_mail_flow()
    third = third_mail(first)
    Message.objects.filter(pk=second.pk).update(status=Status.CANCELED)
    accepted(gated(first))
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.not_before, third.not_before) == (None, MONDAY)  # its own wait, of none


@pytest.mark.parametrize("slot", [MONDAY + 3 * DAY - timedelta(seconds=1), MONDAY + 3 * DAY])
def test_a_slot_too_early_for_the_mail_that_follows_is_planned_anew(slot):
    first, second = two_mail_flow(
        status=Status.SENDING,
        attempt_id="7d8c3a1e-5a3f-4d47-9d5e-0c8a6f0f9b11",
        lease_until=MONDAY,
    )
    Message.objects.filter(pk=second.pk).update(scheduled_at=slot)
    accepted(gated(first))
    assert SendingDomain.objects.get().needs_replanning is (slot < MONDAY + 3 * DAY)


def test_a_mail_that_is_gone_is_recorded_under_rules_that_leave_no_day():
    first, second = two_mail_flow()
    SendingPolicy.objects.update(send_days=[])
    accepted(gated(first))
    second.refresh_from_db()
    assert (first.status, second.not_before) == (Status.SENT, MONDAY + DAY)


def test_the_last_mail_completes_its_own_flow_only():
    last, (first, _) = gated(MessageFactory()), two_mail_flow()
    accepted(last, gated(first))
    ended = Enrollment.objects.order_by("pk").values_list("status", "ended_at")
    assert list(ended) == [("completed", MONDAY), ("active", None)]


def test_a_flow_that_has_ended_is_not_completed():
    message = gated(MessageFactory())
    Enrollment.objects.update(status="ended", end_reason="replied", ended_at=MONDAY - HOUR)
    accepted(message)
    enrollment = Enrollment.objects.get()
    assert (enrollment.status, enrollment.ended_at) == ("ended", MONDAY - HOUR)
