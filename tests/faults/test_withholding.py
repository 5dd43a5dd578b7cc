"""Mails that pass the gate together with one that must not: what goes wrong with that one."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Enrollment, Message
from campaigns.sending import Sender
from leads.models import Lead
from mailsuite.lib import clock
from tests.campaigns.mails import two_mail_flow
from tests.factories import MessageFactory, SendingAccountFactory
from tests.factories.campaigns import MONDAY
from tests.smtp import smtp_server

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_mail_that_has_passed_leaves_whatever_becomes_of_the_others(monkeypatch):
    def killed(*_: object) -> None:
        raise OperationalError("deadlock detected")

    monkeypatch.setattr("campaigns.sending.withhold", killed)
    with smtp_server() as server, clock.frozen(MONDAY):
        account = SendingAccountFactory(host="127.0.0.1", port=server.port)
        stopped = MessageFactory(
            enrollment__domain__account=account,
            enrollment__domain__policy__interval_minutes=0,
            enrollment__lead__stopped_at=MONDAY,
        )
        passed = MessageFactory(enrollment__domain=stopped.domain, alias=stopped.alias)
        with pytest.raises(OperationalError):
            Sender(stopped.domain_id).send_due(seconds=5)
    passed.refresh_from_db()
    stopped.refresh_from_db()
    assert [mail.recipient for mail in server.accepted] == [passed.lead.email]
    assert (passed.status, stopped.status) == (Message.Status.SENT, Message.Status.SENDING)


def test_ending_a_flow_at_the_gate_locks_all_its_mails_before_domain_and_figures():
    with smtp_server() as server, clock.frozen(MONDAY):
        account = SendingAccountFactory(host="127.0.0.1", port=server.port)
        first, second = two_mail_flow(enrollment__domain__account=account)
        Lead.objects.update(stopped_at=MONDAY)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            Sender(first.domain_id).send_due(seconds=5)
    said = [query["sql"] for query in queries]
    canceling = [place for place, sql in enumerate(said) if "status = 'canceled'" in sql]
    shared = [
        place
        for place, sql in enumerate(said)
        if sql.startswith(("UPDATE", "INSERT"))
        and ("campaigns_dailyfigures" in sql or "needs_replanning" in sql)
    ]
    assert len(canceling) == 2
    assert max(canceling) < min(shared)
    assert server.accepted == []
    assert Enrollment.objects.get().end_reason == Enrollment.EndReason.STOPPED
    assert set(Message.objects.values_list("status", flat=True)) == {Message.Status.CANCELED}
    assert second.pk > first.pk
