"""What a person makes of a mail: read or not, and what its writer wants."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from campaigns.events import record_event
from campaigns.models import MessageEvent
from campaigns.opting_out import opt_out
from mailsuite.lib.errors import Conflict
from tracking.deadlocks import through_deadlocks
from tracking.effects.writers import writers_besides
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

    “unsubscribe” opts out whom we wrote to and whoever answered, at once and for good: to say so
    and to go on mailing would be worse than not to say it. Raises Conflict where that is not
    possible, InboundMail.DoesNotExist.
    """
    return through_deadlocks(lambda: _judge(inbound_id, intent, by, now))


@transaction.atomic
def _judge(inbound_id: int, intent: Intent | None, by: User, now: datetime) -> InboundMail:
    if InboundMail.objects.own().filter(pk=inbound_id).exists():
        raise Conflict("One of us wrote this mail: it wants nothing of us.", code="own_mail")
    if intent is Intent.UNSUBSCRIBE:
        mails = InboundMail.objects.slim().select_related("message__lead")
        _opt_out(mails.get(pk=inbound_id), by, now)
    inbound = InboundMail.objects.slim().select_for_update(of=("self",), no_key=True)
    row: InboundMail = inbound.get(pk=inbound_id)
    row.intent_by_person = "" if intent is None else intent.value
    row.intent_set_by, row.intent_set_at = by, now
    row.save(update_fields=["intent_by_person", "intent_set_by", "intent_set_at"])
    return row


def _opt_out(inbound: InboundMail, by: User, now: datetime) -> None:
    """Before the row is locked: addresses, leads and messages come first."""
    message = inbound.message
    if message is None:
        raise Conflict(
            "This mail belongs to no message of ours, so nobody can be opted out by it. Tie it to "
            "its message first, or put the address on the suppression list.",
            code="not_tied",
        )
    # Who reports a bounce or a complaint is a machine, and nobody who opts out.
    writer = inbound.from_address if inbound.is_answerable else ""
    writers = writers_besides(message, writer, is_vouched=True)
    at = max(now, inbound.received_at)
    event = record_event(
        message.pk,
        MessageEvent.Kind.UNSUBSCRIBED,
        at=inbound.received_at,
        learned_at=at,
        # Of the same name as where the machine has read it: once is enough.
        source_id=f"inbound:{inbound.pk}:{MessageEvent.Kind.UNSUBSCRIBED}",
        actor=MessageEvent.Actor.HUMAN,
        detail={"by": "person", "user": by.get_username()},
        also_opted_out=writers,
    )
    if event is None and writers:
        # The machine may have known the writer as nobody of ours.
        opt_out(writers, at)
