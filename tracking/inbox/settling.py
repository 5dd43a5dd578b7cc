"""A person's word on a reply of ours that stopped."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mailsuite.lib.errors import Conflict
from tracking.inbox.answering import queue_again
from tracking.models import OutboundReply

Status = OutboundReply.Status


@transaction.atomic
def assume_sent(reply_id: int) -> OutboundReply:
    """An unknown one has arrived. Raises Conflict for any other, OutboundReply.DoesNotExist."""
    reply = _locked(reply_id)
    if reply.status != Status.UNKNOWN:
        raise Conflict(
            f"This reply is {reply.status}; only an unknown one can be settled.", code="not_unknown"
        )
    reply.status = Status.SENT
    reply.save(update_fields=["status"])
    return reply


@transaction.atomic
def send_again(reply_id: int, now: datetime) -> OutboundReply:
    """One that failed, or an unknown one, which may then arrive twice. Raises Conflict for any
    other, OutboundReply.DoesNotExist."""
    reply = _locked(reply_id)
    if reply.status not in (Status.FAILED, Status.UNKNOWN):
        raise Conflict(
            f"This reply is {reply.status}; only one that failed or is unknown can be sent again.",
            code="not_stopped",
        )
    return queue_again(reply, now)


def _locked(reply_id: int) -> OutboundReply:
    return OutboundReply.objects.select_for_update(no_key=True).get(pk=reply_id)
