"""Mail that we wrote ourselves and find in our own mailboxes.

A copy in a Sent folder, a colleague's answer from the alias, a campaign mail that somebody's
forwarding rule sends back: none of them is anybody's answer.
"""

from __future__ import annotations

from campaigns.models import Message, SenderAlias
from tracking.reading import Kind, ReadMail

# A mail server of our own reports in the name of our domain, and is believed by its references.
_REPORTS = (Kind.BOUNCE, Kind.COMPLAINT)


def is_from_ourselves(mail: ReadMail) -> bool:
    if mail.kind in _REPORTS:
        return False
    if mail.message_id and Message.objects.filter(smtp_message_id=mail.message_id).exists():
        return True
    return _is_alias(mail.from_address)


def _is_alias(address: str) -> bool:
    name, _, domain = address.lower().rpartition("@")
    if SenderAlias.objects.filter(name__iexact=name, domain__name=domain).exists():
        return True
    return bool(address) and SenderAlias.objects.filter(reply_to__iexact=address).exists()
