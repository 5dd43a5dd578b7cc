from __future__ import annotations

import pytest

from mailsuite.lib.errors import Conflict
from tests.factories import OutboundReplyFactory
from tests.factories.campaigns import MONDAY
from tests.tracking.inbox.letters import AT_DESK
from tracking.inbox.settling import assume_sent, send_again

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
