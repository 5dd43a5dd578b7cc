from __future__ import annotations

import pytest

from mailsuite.lib.errors import Conflict
from tests.factories import OutboundReplyFactory
from tests.factories.campaigns import MONDAY
from tests.tracking.inbox.letters import AT_DESK
from tracking.inbox.settling import assume_sent, prove_delivery, send_again

pytestmark = pytest.mark.django_db


def test_an_unknown_one_is_assumed_sent():
    reply = OutboundReplyFactory(status="unknown", sent_at=MONDAY)
    settled = assume_sent(reply.pk)
    assert (settled.status, settled.sent_at) == ("sent", MONDAY)


@pytest.mark.parametrize("status", ["failed", "unknown"])
def test_one_that_stopped_is_sent_again(status: str):
    reply = OutboundReplyFactory(status=status, retries=2, detail="550 no", sent_at=MONDAY)
    again = send_again(reply.pk, AT_DESK)
    assert (again.status, again.retries, again.detail) == ("queued", 0, "")
    assert (again.next_try_at, again.sent_at) == (AT_DESK, None)


@pytest.mark.parametrize("status", ["queued", "sent"])
def test_the_others_are_left_alone(status: str):
    reply = OutboundReplyFactory(status=status, sent_at=MONDAY)
    with pytest.raises(Conflict):
        assume_sent(reply.pk)
    with pytest.raises(Conflict):
        send_again(reply.pk, AT_DESK)
    reply.refresh_from_db()
    assert reply.status == status


def test_who_names_a_reply_has_it():
    unknown = OutboundReplyFactory(status="unknown", sent_at=MONDAY)
    failed = OutboundReplyFactory(status="failed")
    named = ["x@y.nl", unknown.smtp_message_id, failed.smtp_message_id]
    assert prove_delivery(named) == 1
    unknown.refresh_from_db()
    failed.refresh_from_db()
    assert (unknown.status, failed.status) == ("sent", "failed")
