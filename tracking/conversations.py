"""Mails that name no mail of a campaign, but one of the conversation that it began.

A colleague goes on in a mail program of his own, and the lead answers that; or the lead adds
something to a mail that the lead wrote before. Programs that name the last mail only, without the
References before it, leave nothing of ours in such a mail.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from campaigns.models import Message
from mailsuite.lib.storable import storable
from tracking.effects.writers import is_theirs
from tracking.models import InboundMail
from tracking.reading import Kind, ReadMail, References

# What somebody wrote. A bounce that names only such a mail is about that one, not about ours.
_WRITTEN = (Kind.REPLY, Kind.UNSUBSCRIBE, Kind.AUTO_REPLY)
_REPORTS = (Kind.BOUNCE, Kind.COMPLAINT)
# Some machines give all their mails one Message-ID.
_MOST = 50


def message_continued(references: References) -> Message | None:
    """Of the conversation that one of these mails belongs to; None where they belong to none, or
    to several."""
    return _the_only(_mails_named(references))


def message_answered(mail: ReadMail) -> Message | None:
    """The same for a mail of somebody else's, if its sender takes part in that conversation.

    Unlike those of mails that we sent, such an id is not ours to keep secret: everybody in Cc has
    it, and nobody in Cc speaks for the lead.
    """
    if mail.kind not in _WRITTEN:
        return None
    sender = mail.from_address
    return _the_only(one for one in _mails_named(mail.references) if _takes_part(sender, one))


def _mails_named(references: References) -> list[InboundMail]:
    """Those that are tied to a message, the best proof first."""
    ids = [one for one in references.thread if storable(one) == one]
    if not ids:
        return []
    named = InboundMail.objects.slim().filter(own_message_id__in=ids, message__isnull=False)
    found = named.exclude(kind__in=_REPORTS).select_related("message__lead").order_by("-id")
    return sorted(found[:_MOST], key=lambda one: ids.index(one.own_message_id))


def _the_only(mails: Iterable[InboundMail]) -> Message | None:
    messages = [one.message for one in mails if one.message is not None]
    conversations = {message.enrollment_id for message in messages}
    return messages[0] if len(conversations) == 1 else None


def _takes_part(sender: str, named: InboundMail) -> bool:
    """Who was written to, a colleague at the same company, or somebody whose answer named a mail
    of ours."""
    message = named.message
    if message is None or not sender:
        return False
    if is_theirs(message, sender):
        return True
    earlier = InboundMail.objects.filter(
        Q(from_address=sender, message__enrollment=message.enrollment_id), ~Q(kind__in=_REPORTS)
    )
    return earlier.exclude(state=InboundMail.State.IGNORED).exists()
