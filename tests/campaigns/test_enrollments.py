from datetime import UTC, datetime

import pytest

from campaigns.enrollments import cancel_queued, end_enrollments
from campaigns.models import Enrollment, Message
from tests.factories import EnrollmentFactory, MessageFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)


def queued(**fields: object) -> Message:
    return MessageFactory(status="queued", sent_at=None, **fields)


@pytest.mark.parametrize(
    ("reason", "words"),
    [("stopped", "the lead was stopped"), ("campaign_stopped", "the campaign was stopped")],
)
def test_a_canceled_mail_says_why(reason: str, words: str) -> None:
    message, other = queued(error="421 later"), queued()
    end_enrollments(
        Enrollment.objects.filter(pk=message.enrollment_id), Enrollment.EndReason(reason), NOW
    )
    message.refresh_from_db()
    other.refresh_from_db()
    assert (message.status, message.error) == ("canceled", words)
    assert (other.status, other.error) == ("queued", "")


@pytest.mark.parametrize("reason", Enrollment.EndReason)
def test_every_end_of_a_flow_has_its_words(reason: Enrollment.EndReason) -> None:
    message = queued()
    end_enrollments(Enrollment.objects.all(), reason, NOW)
    message.refresh_from_db()
    assert message.error.startswith(("the ", "a mail "))


def test_a_mail_of_a_flow_that_goes_on_keeps_what_was_said_of_it() -> None:
    message = queued(enrollment=EnrollmentFactory(), error="421 later")
    assert cancel_queued("id", [message.pk], NOW) == 1
    message.refresh_from_db()
    assert (message.status, message.error) == ("canceled", "421 later")
