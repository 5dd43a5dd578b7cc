"""The whole way: a campaign mail, a real Postfix that returns it, its pipe, and what follows."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from campaigns.models import Enrollment, Message, SendingDomain
from campaigns.sending import Sender
from leads.models import Suppression
from mailsuite.lib import clock
from tests.campaigns.drafts import a_domain
from tests.factories import SendingAccountFactory
from tests.postfix import Postfix, postfix, why_not
from tests.smtp import smtp_server
from tests.tracking.answers import MONDAY, mail_of, running
from tests.tracking.reading import mails
from tracking.models import InboundMail

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(why_not()), reason=f"left out, a real Postfix: {why_not()}"),
]
ROOT = Path(__file__).parents[2]
OURS = "punthelder-seo.nl"


class Pipe:
    """What Postfix's pipe calls: manage.py receive_mail on the database of this test."""

    def __init__(self) -> None:
        place = connection.settings_dict
        self.database = (
            f"postgres://{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}"
            f"/{place['NAME']}"
        )
        self.statuses: list[int] = []
        self.environment: dict[str, str] = {}

    def __call__(self, raw: bytes) -> tuple[int, bytes]:
        given = {"DJANGO_SETTINGS_MODULE": "mailsuite.settings", "DATABASE_URL": self.database}
        done = subprocess.run(
            [sys.executable, "manage.py", "receive_mail"],
            input=raw,
            cwd=ROOT,
            env=os.environ | given | self.environment,
            capture_output=True,
            timeout=60,
            check=False,
        )
        self.statuses.append(done.returncode)
        return done.returncode, done.stderr


def sent_through(server: Postfix) -> Message:
    """Mail 1 of a campaign, taken by Postfix for its recipient."""
    account = SendingAccountFactory(host="127.0.0.1", port=server.port)
    campaign = running(domain=a_domain(name=OURS, account=account))
    with clock.frozen(MONDAY):
        assert Sender(SendingDomain.objects.get().pk).send_due(seconds=5).sent == 1
    return mail_of(campaign)


def came_back(server: Postfix, message: Message) -> InboundMail:
    server.waits_for("delivered via mailsuite service")
    inbound = InboundMail.objects.get()
    assert (inbound.kind, inbound.state, inbound.message) == ("bounce", "done", message)
    message.refresh_from_db()
    return inbound


@pytest.fixture
def returned() -> Iterator[Callable[..., Message]]:
    """A campaign mail that its recipient's server refused with these words, when it came back."""

    def send(reply: str) -> Message:
        with (
            smtp_server(RCPT=[reply]) as recipients,
            postfix(Pipe(), our_domain=OURS, recipients_port=recipients.port, days=0) as server,
        ):
            message = sent_through(server)
            came_back(server, message)
            return message

    yield send


def test_a_mail_to_nobody_comes_back_as_a_hard_bounce(returned):
    message = returned("550 5.1.1 <receptie@hotel-zon.nl>: Recipient address rejected: unknown")
    assert message.status == Message.Status.BOUNCED
    assert Suppression.objects.get().value == "receptie@hotel-zon.nl"
    assert Enrollment.objects.get().end_reason == "bounced"


def test_a_mail_to_a_full_mailbox_comes_back_as_a_soft_bounce(returned):
    message = returned("452 4.2.2 The mailbox is full")
    assert message.status == Message.Status.SENT
    assert not Suppression.objects.exists()
    assert Enrollment.objects.get().status == "active"


def test_a_mail_from_a_blocked_sender_comes_back_and_stops_the_domain(returned):
    message = returned("554 5.7.1 Client host blocked using zen.spamhaus.org")
    assert message.status == Message.Status.SENT
    assert "blocked using zen.spamhaus.org" in SendingDomain.objects.get().pause_reason
    assert not Suppression.objects.exists()


def hand_in(server: Postfix, raw: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", server.port) as client:
        client.sendmail("jan@elders.nl", [f"christian@{OURS}"], raw)


def test_a_mail_waits_in_the_queue_as_long_as_the_database_is_away():
    pipe = Pipe()
    pipe.environment = {"DATABASE_URL": "postgres://127.0.0.1:1/nobody"}
    with postfix(pipe, our_domain=OURS) as server:
        hand_in(server, mails.mail("Hallo"))
        server.waits_for("status=deferred")
        assert not InboundMail.objects.exists()
        pipe.environment = {}
        server.waits_for("delivered via mailsuite service")
        assert "status=bounced" not in server.log()
    assert InboundMail.objects.count() == 1
    assert pipe.statuses[0] == os.EX_TEMPFAIL
    assert pipe.statuses[-1] == os.EX_OK


def test_a_mail_that_is_too_large_goes_back_to_its_sender():
    pipe = Pipe()
    pipe.environment = {"INBOUND_MAX_BYTES": "2000"}
    with (
        smtp_server() as sender,
        postfix(pipe, our_domain=OURS, recipients_port=sender.port) as server,
    ):
        hand_in(server, mails.mail("Hallo\n" * 1000))
        server.waits_for("to=<jan@elders.nl>")
        assert "dsn=5.3.4, status=bounced (A mail may have 2,000 bytes here" in server.log()
        server.waits_for("dsn=2.0.0, status=sent")
    assert b"A mail may have 2,000 bytes here" in sender.accepted[0].message.as_bytes()
    assert not InboundMail.objects.exists()
