"""A mail of unknown fate and each way out of that: what the recipient does with it, or a person's
word in the API or the admin. The flow waits until then, and nothing is sent twice by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client

from campaigns.dispatch import domains_due
from campaigns.models import Message, SendAttempt
from campaigns.sending import Sender
from mailsuite.lib import clock
from tests.admin.conftest import press
from tests.campaigns.mails import two_mail_flow
from tests.clients import client_in_group
from tests.factories import SendingAccountFactory, UserFactory
from tests.factories.campaigns import MONDAY
from tests.smtp import DROP, SmtpServer, smtp_server
from tests.tracking.signed import IPHONE
from tracking.digest import digest_hits

pytestmark = pytest.mark.django_db(transaction=True)
THREE_WORKDAYS_LATER = MONDAY + timedelta(days=3)
Resolve = Callable[[Message, SmtpServer], None]


@pytest.fixture
def frozen_clock() -> Iterator[clock.FrozenClock]:
    with clock.frozen(MONDAY) as frozen:
        yield frozen


def lost_answer(server: SmtpServer) -> tuple[Message, Message]:
    """Two mails of one flow; the server took the first and hung up without a word."""
    account = SendingAccountFactory(host="127.0.0.1", port=server.port)
    first, second = two_mail_flow(
        enrollment__domain__account=account,
        step__template__version__html='<p>Dag, <a href="https://punthelder.nl/">lees</a></p>',
    )
    turn(first)
    del server.script["BODY"]
    assert (first.status, len(server.accepted)) == (Message.Status.UNKNOWN, 1)
    return first, second


def turn(message: Message) -> None:
    Sender(message.domain_id).send_due(seconds=5)
    message.refresh_from_db()


def address_in(server: SmtpServer, pattern: str) -> str:
    html = server.accepted[0].message.get_body(("html",)).get_content()
    found = re.search(pattern, html.replace("&amp;", "&"))
    assert found is not None, html
    return found[1]


def follow(server: SmtpServer, pattern: str) -> None:
    answer = Client(HTTP_USER_AGENT=IPHONE).get(address_in(server, pattern))
    assert answer.status_code in (200, 302)
    digest_hits(clock.now() + timedelta(minutes=2))


def opened(_message: Message, server: SmtpServer) -> None:
    follow(server, r'src="[^"]+?(/track/open\.gif[^"]+)"')


def clicked(_message: Message, server: SmtpServer) -> None:
    follow(server, r'href="[^"]+?(/track/click[^"]+)"')


def said_in_the_api(message: Message, _server: SmtpServer) -> None:
    answer = client_in_group("marketer").post(
        f"/api/v1/messages/{message.pk}/resolve", {"as": "sent"}
    )
    assert answer.status_code == 200, answer.content


def said_in_the_admin(message: Message, _server: SmtpServer) -> None:
    client = Client()
    client.force_login(UserFactory(groups=["marketer"]))
    assert press(client, message, "assume_sent_this").status_code == 302


@pytest.mark.parametrize("resolve", [opened, clicked, said_in_the_api, said_in_the_admin])
def test_a_proof_or_a_person_settles_it_and_the_flow_goes_on(resolve: Resolve, frozen_clock):
    with smtp_server(BODY=[DROP]) as server:
        first, second = lost_answer(server)
        frozen_clock.move_to(THREE_WORKDAYS_LATER)
        assert domains_due(clock.now()) == []  # neither again nor the next one
        resolve(first, server)
        first.refresh_from_db()
        assert (first.status, first.sent_at) == (Message.Status.SENT, MONDAY)
        turn(second)
        assert second.status == Message.Status.SENT
    ids = [mail.message["Message-ID"] for mail in server.accepted]
    assert ids == [f"<{first.smtp_message_id}>", f"<{second.smtp_message_id}>"]
    assert SendAttempt.objects.count() == 2


def test_a_person_who_has_it_sent_again_sends_the_same_mail_once_more(frozen_clock):
    with smtp_server(BODY=[DROP]) as server:
        first, _ = lost_answer(server)
        frozen_clock.advance(timedelta(hours=1))
        answer = client_in_group("marketer").post(
            f"/api/v1/messages/{first.pk}/resolve", {"as": "resend"}
        )
        assert answer.status_code == 200, answer.content
        turn(first)
        assert first.status == Message.Status.SENT
    before, after = server.accepted
    assert before.message["Message-ID"] == after.message["Message-ID"]
    assert before.message["Subject"] == after.message["Subject"]
