"""A conversation with one lead in one campaign: what we sent, what came back, what was answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaigns.models import Message
from tracking.models import InboundMail, OutboundReply

# Of each kind, the newest; nobody writes more, machines may.
_MOST = 100


class Sort(StrEnum):
    SENT = "sent"  # a mail of the campaign
    RECEIVED = "received"  # whatever came back
    ANSWERED = "answered"  # a person here wrote
    ELSEWHERE = "elsewhere"  # so did this one, in a mail program of their own


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail of the conversation; the one of the four that `sort` says is there."""

    sort: Sort
    at: datetime
    message: Message | None = None
    inbound: InboundMail | None = None
    reply: OutboundReply | None = None
    own: InboundMail | None = None

    @property
    def smtp_message_id(self) -> str:
        """Without brackets; "" for what has none."""
        if self.message is not None:
            return self.message.smtp_message_id
        if self.reply is not None:
            return self.reply.smtp_message_id
        came = self.inbound or self.own
        return came.own_message_id if came is not None else ""


def thread_of(inbound: InboundMail) -> list[Entry]:
    """The conversation that `inbound` belongs to, the oldest first; that mail alone while it is
    tied to nothing. Three statements, however long it is."""
    if inbound.message is None:
        return [Entry(Sort.RECEIVED, inbound.received_at, inbound=inbound)]
    enrollment_id = inbound.message.enrollment_id
    left = (
        Message.objects.filter(enrollment=enrollment_id)
        .filter(status__in=[Message.Status.SENT, Message.Status.BOUNCED, Message.Status.UNKNOWN])
        .select_related("content", "alias__domain")
        .order_by("-mail_number")[:_MOST]
    )
    came = (
        InboundMail.objects.slim()
        .filter(message__enrollment=enrollment_id)
        .order_by("-received_at", "-id")[:_MOST]
    )
    written = (
        OutboundReply.objects.filter(message__enrollment=enrollment_id)
        .select_related("written_by", "alias__domain")
        .order_by("-written_at", "-id")[:_MOST]
    )
    return sorted(_entries(left, came, written), key=lambda entry: entry.at)


def ids_before(inbound: InboundMail) -> list[str]:
    """Message-IDs of the conversation up to `inbound`, the oldest first."""
    return [
        entry.smtp_message_id
        for entry in thread_of(inbound)
        if entry.at <= inbound.received_at
        and entry.smtp_message_id
        # Bounces belong to the conversation and are no mail that anybody can answer.
        and (entry.inbound is None or entry.inbound.is_answerable)
    ]


def _entries(
    left: Iterable[Message], came: Iterable[InboundMail], written: Iterable[OutboundReply]
) -> list[Entry]:
    return [
        *(Entry(Sort.SENT, one.sent_at or one.scheduled_at, message=one) for one in left),
        *map(_entry_of, came),
        *(Entry(Sort.ANSWERED, one.written_at, reply=one) for one in written),
    ]


def _entry_of(came: InboundMail) -> Entry:
    if came.is_own:
        return Entry(Sort.ELSEWHERE, came.received_at, own=came)
    return Entry(Sort.RECEIVED, came.received_at, inbound=came)
