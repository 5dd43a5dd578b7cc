"""Somebody answered a mail of ours; what the tests of the inbox begin with."""

from __future__ import annotations

from campaigns.models import Message, MessageContent, SendingAccount
from tests.factories import UserFactory
from tests.smtp import SmtpServer
from tests.tracking.answers import HOUR, MONDAY, came, reply, running, sent
from tracking.inbox.answering import answer
from tracking.models import InboundMail, OutboundReply

WRITER = "receptie@hotel-zon.nl"
# When the person at the desk sits down.
AT_DESK = MONDAY + 2 * HOUR
WORDS = "Beste Piet,\n\nMorgen om tien uur?\nIk bel u."


def a_reply(body: str = "Graag, belt u mij morgen even?", **fields: str) -> InboundMail:
    """To the first mail of a campaign, read by nobody yet."""
    return came(reply(sent(running()), body, **fields))


def answered(inbound: InboundMail, text: str = WORDS, **fields: object) -> OutboundReply:
    return answer(inbound.pk, text=text, by=fields.pop("by", None) or UserFactory(),
                  now=AT_DESK, **fields)  # fmt: skip


def leaves_by(server: SmtpServer) -> None:
    """All mail from here on."""
    SendingAccount.objects.update(host="127.0.0.1", port=server.port, security="none")


def kept_subject(message: Message) -> str:
    return MessageContent.objects.get(message=message).subject
