"""Mailboxes of the tests' servers, and mails for them."""

from __future__ import annotations

from campaigns.models import Message
from tests.factories import MessageFactory
from tests.imap import PASSWORD, ImapServer
from tests.tracking.reading.mails import mail
from tracking.mailboxes.turns import Turn, read_mailbox
from tracking.mailboxes.values import Patience
from tracking.models import InboundMail, Mailbox

HASTY = Patience(connect=2, read=10)


def a_mailbox(server: ImapServer, user: str, **changes: object) -> Mailbox:
    given = {
        "name": user,
        "host": "127.0.0.1",
        "port": server.port,
        "security": Mailbox.Security.NONE,
        "username": user,
        "secret": PASSWORD,
        "read_from": None,
    }
    return Mailbox.objects.create(**given | changes)


def read(mailbox: Mailbox, seconds: float = 45) -> Turn:
    turn = read_mailbox(mailbox.pk, seconds=seconds, patience=HASTY)
    mailbox.refresh_from_db()
    return turn


def answered(message: Message, number: int = 1) -> bytes:
    """A person's answer to it; another number is another mail."""
    headers = f"In-Reply-To: <{message.smtp_message_id}>\n"
    raw = mail(f"Bel mij maar even, {number}.", headers=headers)
    return raw.replace(b"<theirs@", b"<theirs-%d@" % number)


def unrelated(number: int) -> bytes:
    return mail(f"Nieuwsbrief {number}").replace(b"<theirs@", b"<news-%d@" % number)


def a_sent_message() -> Message:
    return MessageFactory(sent=True)


def texts() -> list[str]:
    """What was read, in the order of reading."""
    return list(InboundMail.objects.order_by("pk").values_list("text", flat=True))
