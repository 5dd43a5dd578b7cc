from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from campaigns.events import record_event
from campaigns.models import DailyFigures, Enrollment, Message, MessageEvent
from leads.models import Lead, Suppression
from tests.factories import EnrollmentFactory, LeadFactory, MessageFactory, SendAttemptFactory
from tracking.opt_out import opt_out, recipient_of
from tracking.visitor import Visitor

NOON = datetime(2026, 6, 1, 10, tzinfo=UTC)
VISITOR = Visitor(method="POST", user_agent="Gmail", ip_address="198.51.100.7")

pytestmark = pytest.mark.django_db


def test_it_is_recorded_with_who_asked_and_counted_once() -> None:
    message = MessageFactory(sent=True)

    for _ in range(3):
        opt_out(recipient_of(message.pk), VISITOR, at=NOON)

    event = MessageEvent.objects.get()
    assert (event.kind, event.source_id) == ("unsubscribed", f"unsubscribe:{message.pk}")
    assert (event.at, event.user_agent, event.ip_address) == (NOON, "Gmail", "198.51.100.7")
    assert DailyFigures.objects.get().unsubscribed == 1
    assert Suppression.objects.get().reason == Suppression.Reason.UNSUBSCRIBED


def test_the_address_that_got_the_mail_is_suppressed_though_the_lead_has_moved() -> None:
    message = MessageFactory(sent=True, enrollment__lead__email="old@hotel.nl")
    Lead.objects.update(email="new@hotel.nl")
    heir = EnrollmentFactory(lead=LeadFactory(email="old@hotel.nl"))

    opt_out(recipient_of(message.pk), VISITOR, at=NOON)

    assert set(Suppression.objects.values_list("value", flat=True)) == {
        "old@hotel.nl",
        "new@hotel.nl",
    }
    heir.refresh_from_db()
    assert heir.status == Enrollment.Status.ENDED


def test_the_old_link_works_again_after_somebody_lifted_the_opt_out() -> None:
    message = MessageFactory(sent=True)
    opt_out(recipient_of(message.pk), VISITOR, at=NOON)
    Suppression.objects.all().delete()
    Lead.objects.update(status=Lead.Status.ACTIVE)
    again = MessageFactory(enrollment=EnrollmentFactory(lead=message.lead))

    opt_out(recipient_of(message.pk), VISITOR, at=NOON)

    again.refresh_from_db()
    assert again.status == Message.Status.CANCELED
    assert Suppression.objects.count() == 1
    assert Lead.objects.get(pk=message.lead_id).status == Lead.Status.SUPPRESSED


def test_the_old_link_opts_the_new_address_out_again_though_its_event_is_known() -> None:
    message = MessageFactory(sent=True, enrollment__lead__email="old@hotel.nl")
    opt_out(recipient_of(message.pk), VISITOR, at=NOON)
    Suppression.objects.all().delete()
    Lead.objects.update(email="new@hotel.nl", status=Lead.Status.ACTIVE)

    opt_out(recipient_of(message.pk), VISITOR, at=NOON)

    assert set(Suppression.objects.values_list("value", flat=True)) == {
        "old@hotel.nl",
        "new@hotel.nl",
    }
    assert Lead.objects.get().status == Lead.Status.SUPPRESSED


def test_it_proves_that_a_mail_of_unknown_fate_arrived() -> None:
    message = MessageFactory(status=Message.Status.UNKNOWN)
    SendAttemptFactory(message=message, gated_at=NOON, outcome="unknown")

    opt_out(recipient_of(message.pk), VISITOR, at=NOON)

    message.refresh_from_db()
    assert message.status == Message.Status.SENT


def test_a_lead_held_for_review_is_not_left_waiting() -> None:
    message = MessageFactory(sent=True)
    held = EnrollmentFactory(lead=message.lead, status=Enrollment.Status.HELD)

    opt_out(recipient_of(message.pk), VISITOR, at=NOON)

    held.refresh_from_db()
    assert held.end_reason == Enrollment.EndReason.UNSUBSCRIBED


def test_a_deadlock_with_another_transaction_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = MessageFactory(sent=True)
    problems = [deadlock(), deadlock()]
    monkeypatch.setattr("tracking.opt_out.record_event", failing_first(problems))

    opt_out(recipient_of(message.pk), VISITOR, at=NOON)

    assert not problems
    assert Suppression.objects.count() == 1
    assert MessageEvent.objects.count() == 1


def test_any_other_problem_undoes_the_opt_out_and_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = MessageFactory(sent=True)
    problems = [OperationalError("disk full")]
    monkeypatch.setattr("tracking.opt_out.record_event", failing_first(problems))

    with pytest.raises(OperationalError, match="disk full"):
        opt_out(recipient_of(message.pk), VISITOR, at=NOON)

    assert not Suppression.objects.exists()


def deadlock() -> OperationalError:
    error = OperationalError("deadlock detected")
    error.__cause__ = DeadlockDetected()
    return error


def failing_first(problems: list[OperationalError]) -> Callable[..., MessageEvent | None]:
    def record_or_fail(*args: Any, **kwargs: Any) -> MessageEvent | None:
        if problems:
            raise problems.pop()
        return record_event(*args, **kwargs)

    return record_or_fail
