"""Mail that we wrote ourselves and find in our own mailboxes.

A copy in a Sent folder, a colleague who joins in the thread, a campaign mail that somebody's
forwarding rule sends back: none of them is anybody's answer. A colleague that a campaign was sent
to, to try it, is the exception: what he answers to his own mail counts.
"""

from __future__ import annotations

from campaigns.models import Message, SenderAlias, SendingDomain
from tracking.matching import message_of
from tracking.models import Mailbox
from tracking.reading import Kind, ReadMail

# A mail server of our own reports in the name of our domain, and is believed by its references.
_REPORTS = (Kind.BOUNCE, Kind.COMPLAINT)


def is_from_ourselves(mail: ReadMail) -> bool:
    if mail.kind in _REPORTS:
        return False
    if mail.message_id and Message.objects.filter(smtp_message_id=mail.message_id).exists():
        return True
    address = mail.from_address.lower()
    if not address:
        return False
    return _is_alias(address) or (_is_colleague(address) and not _was_written_to(address, mail))


def _is_alias(address: str) -> bool:
    name, _, domain = address.rpartition("@")
    if SenderAlias.objects.filter(name__iexact=name, domain__name=domain).exists():
        return True
    return SenderAlias.objects.filter(reply_to__iexact=address).exists()


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
