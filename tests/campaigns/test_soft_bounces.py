"""How the count goes by what came back: tests/tracking/effects/test_bounces.py."""

from __future__ import annotations

import pytest

from campaigns.soft_bounces import in_a_row, wait_after
from tests.factories import MessageEventFactory, MessageFactory
from tests.factories.campaigns import MONDAY
from tests.tracking.answers import DAY

pytestmark = pytest.mark.django_db


def test_the_wait_grows_with_each_one_and_ends_at_a_month():
    assert [wait_after(count).days for count in range(1, 6)] == [1, 3, 9, 27, 30]
    assert wait_after(10_000).days == 30


def row(*verdicts: str | None) -> int:
    """How many in a row the last of these mails makes; None: nothing bad was heard of it."""
    first = MessageFactory(sent=True)
    for number, verdict in enumerate(verdicts, start=1):
        message = first
        if number > 1:
            at = MONDAY + number * DAY
            enrollment = first.enrollment
            message = MessageFactory(
                sent=True, enrollment=enrollment, mail_number=number, scheduled_at=at
            )
        if verdict is not None:
            detail = {"hard": verdict == "hard", "verdict": verdict}
            MessageEventFactory(message=message, kind="bounced", detail=detail)
    return in_a_row(message)


@pytest.mark.parametrize(
    ("verdicts", "count"),
    [
        (["soft"], 1),
        (["soft", "soft", "soft"], 3),
        ([None, "soft", "soft"], 2),
        (["soft", None, "soft"], 1),
        (["soft", "hard", "soft"], 1),
        (["soft", "sender_problem", "soft"], 2),
        (["soft", "soft", None], 3),  # it is the one that is reported at this moment
    ],
)
def test_only_a_delivered_mail_breaks_the_row(verdicts: list[str | None], count: int):
    assert row(*verdicts) == count


def test_mails_to_another_address_of_the_lead_do_not_count():
    first = MessageFactory(sent=True, recipient="oud@hotel-zon.nl")
    MessageEventFactory(message=first, kind="bounced", detail={"verdict": "soft"})
    second = MessageFactory(sent=True, enrollment=first.enrollment, mail_number=2)
    assert in_a_row(second) == 1
