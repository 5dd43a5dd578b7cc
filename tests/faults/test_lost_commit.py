"""The database's answer to a COMMIT gets lost on its way: what the sender makes of that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from campaigns import claiming
from campaigns.models import Message, SendAttempt, SendingDomain
from campaigns.sending import Sender
from mailsuite.lib import clock
from tests.factories import MessageFactory, SendingAccountFactory
from tests.factories.campaigns import MONDAY
from tests.faults.proxy import CommitProxy, Loss, commit_proxy
from tests.faults.transactions import FINISH, GATE
from tests.smtp import SmtpServer, smtp_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def proxy() -> Iterator[CommitProxy]:
    """Between this process and its database."""
    settings = connection.settings_dict
    direct = settings["HOST"], settings["PORT"]
    connection.close()
    with commit_proxy(direct[0], int(direct[1])) as proxy:
        settings["HOST"], settings["PORT"] = "127.0.0.1", proxy.port
        try:
            yield proxy
        finally:
            connection.close()
            settings["HOST"], settings["PORT"] = direct


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with smtp_server() as server, clock.frozen(MONDAY):
        yield server


def due_message(server: SmtpServer) -> Message:
    account = SendingAccountFactory(host="127.0.0.1", port=server.port)
    return MessageFactory(enrollment__domain__account=account)


def turn(message: Message) -> None:
    Sender(message.domain_id).send_due(seconds=5)
    message.refresh_from_db()


def test_a_gate_that_was_passed_is_found_passed_although_nobody_said_so(proxy, server):
    message = due_message(server)
    proxy.break_next(GATE, Loss.ANSWER)
    turn(message)
    assert (proxy.broken, message.status, len(server.accepted)) == (1, Message.Status.SENT, 1)
    assert SendAttempt.objects.get().outcome == SendAttempt.Outcome.ACCEPTED
    assert SendingDomain.objects.get().sent_today == 1


def test_a_gate_whose_commit_never_arrived_is_passed_anew_and_takes_one_slot(proxy, server):
    message = due_message(server)
    proxy.break_next(GATE, Loss.COMMIT)
    turn(message)
    assert (proxy.broken, message.status, len(server.accepted)) == (1, Message.Status.SENT, 1)
    assert SendAttempt.objects.get().outcome == SendAttempt.Outcome.ACCEPTED
    assert SendingDomain.objects.get().sent_today == 1


def test_a_gate_found_passed_after_the_lease_is_left_to_the_reaper(proxy, server, monkeypatch):
    monkeypatch.setattr("campaigns.gate.WIRE_LEASE", claiming.CLAIM_LEASE * -1)
    message = due_message(server)
    proxy.break_next(GATE, Loss.ANSWER)
    turn(message)
    assert (proxy.broken, server.accepted) == (1, [])
    assert (message.status, message.phase) == (Message.Status.SENDING, Message.Phase.WIRE)
    assert SendingDomain.objects.get().sent_today == 1
    assert claiming.reap_expired_leases(MONDAY) == (0, 1)


@pytest.mark.parametrize("loss", Loss)
def test_the_servers_answer_is_written_down_all_the_same_and_counted_once(proxy, server, loss):
    message = due_message(server)
    proxy.break_next(FINISH, loss)
    turn(message)
    assert (proxy.broken, message.status, len(server.accepted)) == (1, Message.Status.SENT, 1)
    assert message.events.count() == 1
