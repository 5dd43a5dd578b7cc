"""What a person makes of a mail: read or not, and what its writer wants."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from campaigns.events import record_event
from campaigns.models import MessageEvent
from mailsuite.lib.errors import Conflict
from tracking.deadlocks import through_deadlocks
from tracking.models import InboundMail
from tracking.reading import Intent


def mark_read(inbound_ids: Collection[int], now: datetime) -> int:
    """How many of them were unread. `now` is business time."""
    return InboundMail.objects.filter(pk__in=inbound_ids, read_at=None).update(read_at=now)


def mark_unread(inbound_ids: Collection[int]) -> int:
    return InboundMail.objects.filter(pk__in=inbound_ids, read_at__isnull=False).update(
        read_at=None
    )


def judge(inbound_id: int, intent: Intent | None, *, by: User, now: datetime) -> InboundMail:
    """Say what the writer wants, beside what the machine has read; None takes that back.

    “unsubscribe” opts the writer out, at once and for good, as if the machine had read it: to say
    so and to go on mailing would be worse than not to say it. Raises Conflict where that is not
    possible, InboundMail.DoesNotExist.
    """
    return through_deadlocks(lambda: _judge(inbound_id, intent, by, now))


@transaction.atomic
def _judge(inbound_id: int, intent: Intent | None, by: User, now: datetime) -> InboundMail:
    if intent is Intent.UNSUBSCRIBE:
        _opt_out(InboundMail.objects.slim().get(pk=inbound_id), by, now)
    inbound = InboundMail.objects.slim().select_for_update(of=("self",), no_key=True)
    row: InboundMail = inbound.get(pk=inbound_id)
    row.intent_by_person = "" if intent is None else intent.value
    row.intent_set_by, row.intent_set_at = by, now
    row.save(update_fields=["intent_by_person", "intent_set_by", "intent_set_at"])
    return row


def _opt_out(inbound: InboundMail, by: User, now: datetime) -> None:
    """Before the row is locked: addresses, leads and messages come first."""
    if inbound.message_id is None:
        raise Conflict(
            "This mail belongs to no message of ours, so nobody can be opted out by it. Tie it to "
            "its message first, or put the address on the suppression list.",
            code="not_tied",
        )
    record_event(
        inbound.message_id,
        MessageEvent.Kind.UNSUBSCRIBED,
        at=inbound.received_at,
        learned_at=max(now, inbound.received_at),
        # Of the same name as where the machine has read it: once is enough.
        source_id=f"inbound:{inbound.pk}:{MessageEvent.Kind.UNSUBSCRIBED}",
        actor=MessageEvent.Actor.HUMAN,
        detail={"by": "person", "user": by.get_username()},
    )
