"""Mail that we wrote ourselves and find in our own mailboxes.

A copy in a Sent folder, a colleague who joins in the thread, a campaign mail that somebody's
forwarding rule sends back: none of them is anybody's answer. A colleague that a campaign was sent
to, to try it, is the exception: what he answers to his own mail counts.

What a colleague writes in a conversation belongs to it all the same, so that nobody answers a
second time.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q
from django.db.models.functions import Lower

from campaigns.models import Message, SenderAlias, SendingDomain
from tracking.conversations import message_continued
from tracking.matching import message_of
from tracking.models import InboundMail, Mailbox, OutboundReply
from tracking.own_replies import reply_named
from tracking.reading import Kind, ReadMail

# A mail server of our own reports in the name of our domain, and is believed by its references.
_REPORTS = (Kind.BOUNCE, Kind.COMPLAINT)


def is_from_ourselves(mail: ReadMail) -> bool:
    if mail.kind in _REPORTS:
        return False
    if _left_by_mailsuite(mail):
        return True
    address = mail.from_address.lower()
    if not address:
        return False
    return is_alias(address) or (_is_colleague(address) and not _was_written_to(address, mail))


def message_of_own(mail: ReadMail) -> Message | None:
    """Of the conversation that a mail of our own goes on with; None for one that it has already:
    a copy of what mailsuite sent, or of the same mail by a way that has rewritten it."""
    if _left_by_mailsuite(mail):
        return None
    reply = reply_named(mail.references)
    message = message_of(mail.references) or (reply and reply.message)
    message = message or message_continued(mail.references)
    return None if message is None or _is_there(mail, message) else message


def _left_by_mailsuite(mail: ReadMail) -> bool:
    sent = (Message.objects, OutboundReply.objects)
    return bool(mail.message_id) and any(
        mails.filter(smtp_message_id=mail.message_id).exists() for mails in sent
    )


def _is_there(mail: ReadMail, message: Message) -> bool:
    in_conversation = InboundMail.objects.own().filter(message__enrollment=message.enrollment_id)
    return (
        bool(mail.message_id)
        and in_conversation.filter(own_message_id=mail.message_id[:255]).exists()
    )


def is_alias(address: str) -> bool:
    """A sender of ours, or where the answers to one go. `address` in lower case."""
    return bool(aliases_among([address]))


def aliases_among(addresses: Collection[str]) -> set[str]:
    """Those of them for which is_alias() holds, by one query."""
    parts = [address.rpartition("@") for address in addresses]
    is_sender = Q(lower_name__in={name for name, _, _ in parts})
    is_sender &= Q(domain__name__in={domain for _, _, domain in parts})
    lower = SenderAlias.objects.annotate(
        lower_name=Lower("name"), answers_to=Lower("reply_to")
    ).filter(is_sender | Q(answers_to__in=addresses))
    rows = lower.values_list("lower_name", "domain__name", "answers_to")
    ours = {one for name, domain, to in rows for one in (f"{name}@{domain}", to)}
    return ours & set(addresses)


def _is_colleague(address: str) -> bool:
    """At a domain that we send from, or the owner of a mailbox that we read."""
    domain = address.rpartition("@")[2]
    if SendingDomain.objects.filter(name=domain).exists():
        return True
    return Mailbox.objects.filter(username__iexact=address).exists()


def _was_written_to(address: str, mail: ReadMail) -> bool:
    message = message_of(mail.references)
    if message is None:
        return False
    return address in (message.recipient.lower(), message.lead.email.lower())
