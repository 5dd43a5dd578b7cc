"""Mails about what a person here wrote back (OutboundReply), which is no campaign mail.

An answer to it belongs to the conversation that the reply is part of. A bounce of it is told to
who wrote it, and held against neither the lead nor the campaign mail, which had arrived.
"""

from __future__ import annotations

from mailsuite.lib.storable import storable
from tracking.models import OutboundReply
from tracking.reading import ReadMail, References

Status = OutboundReply.Status
_LONGEST_DETAIL = 1000


def reply_named(references: References) -> OutboundReply | None:
    """The reply of ours, with its message, that a mail names. Those in Cc of it know its id
    too; what they say is their own (tracking/effects/bystanders.py)."""
    ids = [one for one in references.message_ids if storable(one) == one]
    replies = OutboundReply.objects.select_related("message__lead")
    return replies.filter(smtp_message_id__in=ids).order_by("-id").first() if ids else None


def note_bounce(reply: OutboundReply, mail: ReadMail) -> str:
    """It has not arrived after all; in words for people."""
    said = next((one.diagnostic for one in mail.recipients if one.diagnostic), "no reason given")
    if copies := _only_copies(reply, mail):
        words = f"It came back from {', '.join(copies)}: {said}"[:_LONGEST_DETAIL]
        OutboundReply.objects.filter(pk=reply.pk).update(cc_detail=words)
        return "A reply of ours came back from somebody in Cc. Nothing follows for the campaign."
    detail = f"It came back: {said}"[:_LONGEST_DETAIL]
    OutboundReply.objects.filter(pk=reply.pk).update(
        status=Status.FAILED, lease_until=None, detail=detail
    )
    return "A reply of ours came back. Nothing follows for the campaign."


def _only_copies(reply: OutboundReply, mail: ReadMail) -> list[str]:
    """Those in Cc that a report names, where it does not name the recipient, and that alone."""
    named = {one.address for one in mail.recipients} | {
        one.final_address for one in mail.recipients
    }
    is_of_recipient = reply.recipient in named
    return [] if is_of_recipient else [one for one in reply.cc if one in named]


def note_arrival(reply: OutboundReply) -> None:
    """Whoever names it has it."""
    OutboundReply.objects.filter(pk=reply.pk, status=Status.UNKNOWN).update(status=Status.SENT)
