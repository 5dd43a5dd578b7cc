"""The same mail by a way that has rewritten it.

A provider that hands answers on in pieces, or a server that encodes them anew, changes what a
fingerprint is made of. The Message-ID and the Date, to the second, stay; both together tell one
mail from another also where a program gives all its mails one Message-ID.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from campaigns.models import Message
from tracking.models import InboundMail
from tracking.reading import ReadMail


def wait_for_copies(mail: ReadMail) -> None:
    """Until this transaction ends, a copy that comes by another way at the same moment waits."""
    if mail.message_id:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"inbound mail {mail.message_id}"],
            )


def copied(mail: ReadMail, inbound: InboundMail) -> InboundMail | None:
    """The one that came first of which `inbound`, read as `mail` and not yet saved, is a copy."""
    if not (mail.message_id and mail.date and mail.from_address):
        return None
    for first in _like(inbound):
        came_alike = (first.source, first.mailbox_id) == (inbound.source, inbound.mailbox_id)
        if not came_alike or _said(first) == _said(inbound):
            return first
    return None


def _said(inbound: InboundMail) -> tuple[list[str], list[dict[str, str]]]:
    return inbound.text.split(), inbound.recipients


def _like(inbound: InboundMail) -> QuerySet[InboundMail]:
    """Of the same kind: an opt-out is never lost to a reply. And tied to no other message: the
    first may have come without what names ours."""
    found = InboundMail.objects.defer("raw").filter(
        own_message_id=inbound.own_message_id,
        from_address=inbound.from_address,
        written_at=inbound.written_at,
        kind=inbound.kind,
    )
    message: Message | None = inbound.message
    if message is not None:
        found = found.filter(message=message)
    return found.exclude(state=InboundMail.State.IGNORED).order_by("id")
