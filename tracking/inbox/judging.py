"""What a person makes of a mail: read or not, and what its writer wants."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from campaigns.events import record_event
from campaigns.models import Enrollment, MessageEvent
from campaigns.opting_out import opt_out
from mailsuite.lib.errors import Conflict
from tracking.deadlocks import through_deadlocks
from tracking.effects.bystanders import bystander_at
from tracking.effects.writers import writers_besides
from tracking.models import InboundMail
from tracking.reading import Intent, Kind

# What machines send, as far as a machine can tell; and what only people want.
_OF_MACHINES = (Kind.AUTO_REPLY, Kind.OTHER)
_OF_PEOPLE = (Intent.INTERESTED, Intent.MEETING, Intent.NOT_INTERESTED)
_OUTCOMES = dict.fromkeys(_OF_PEOPLE, "A reply, says a person: the flow has ended.") | {
    Intent.UNSUBSCRIBE: "Wants no more mail, says a person: suppressed, all flows have ended."
}
_JUDGED = [
    "intent_by_person", "intent_set_by", "intent_set_at", "kind", "outcome", "state",
    "settled_by", "settled_at",
]  # fmt: skip


def mark_read(inbound_ids: Collection[int], now: datetime) -> int:
    """How many of them were unread. `now` is business time."""
    return InboundMail.objects.filter(pk__in=inbound_ids, read_at=None).update(read_at=now)


def mark_unread(inbound_ids: Collection[int]) -> int:
    return InboundMail.objects.filter(pk__in=inbound_ids, read_at__isnull=False).update(
        read_at=None
    )


def judge(inbound_id: int, intent: Intent | None, *, by: User, now: datetime) -> InboundMail:
    """Say what the writer wants, beside what the machine has read; None takes that back.

    “unsubscribe” opts out whom we wrote to and whoever answered (whoever had an answer of ours by
    Cc alone, only them), at once and for good: to say so
    and to go on mailing would be worse than not to say it. So with the words that only people
    send, of a mail that was taken for a machine's: it becomes a reply, and the flow ends. Neither
    is undone by another word. Raises Conflict where an opt-out is not possible,
    InboundMail.DoesNotExist.
    """
    return through_deadlocks(lambda: _judge(inbound_id, intent, by, now))


def consequence(inbound: InboundMail) -> str:
    """What follows from a person's word, for people; of a mail that judge() has answered."""
    if inbound.intent_by_person == Intent.UNSUBSCRIBE:
        return "They are opted out."
    if inbound.intent_by_person == Intent.OUT_OF_OFFICE and inbound.message is not None:
        if inbound.message.enrollment.status == Enrollment.Status.ENDED:
            return "Their flow has ended, and stays so: this word takes nothing back."
        return "This word holds nothing: the flow goes on as planned. Stop the lead, if it should."
    return inbound.outcome if inbound.outcome in _OUTCOMES.values() else ""


@transaction.atomic
def _judge(inbound_id: int, intent: Intent | None, by: User, now: datetime) -> InboundMail:
    """What follows comes before the row is locked: addresses, leads and messages are first."""
    if InboundMail.objects.own().filter(pk=inbound_id).exists():
        raise Conflict("One of us wrote this mail: it wants nothing of us.", code="own_mail")
    mails = InboundMail.objects.slim().select_related("message__lead")
    if intent is Intent.UNSUBSCRIBE:
        _opt_out(mails.get(pk=inbound_id), by, now)
    elif intent in _OF_PEOPLE:
        _reply_after_all(mails.get(pk=inbound_id), intent, by, now)
    inbound = mails.select_related("message__enrollment")
    row: InboundMail = inbound.select_for_update(of=("self",), no_key=True).get(pk=inbound_id)
    if intent in _OUTCOMES and _is_taken_for_a_machines(row):
        _take_for_a_persons(row, intent, by, now)
    row.intent_by_person = "" if intent is None else intent.value
    row.intent_set_by, row.intent_set_at = by, now
    row.save(update_fields=_JUDGED)
    return row


def _is_taken_for_a_machines(inbound: InboundMail) -> bool:
    """What names recipients is a server's report: no person's words are in it. Of whoever had an
    answer of ours by Cc no word counts for the lead, be it a machine's or not."""
    if inbound.message is None or inbound.recipients or inbound.kind not in _OF_MACHINES:
        return False
    return not bystander_at(inbound.message, inbound.from_address)


def _take_for_a_persons(row: InboundMail, intent: Intent, by: User, now: datetime) -> None:
    """It belongs into the inbox; and whoever has judged it leaves no question open."""
    row.kind = Kind.UNSUBSCRIBE if intent is Intent.UNSUBSCRIBE else Kind.REPLY
    row.outcome = _OUTCOMES[intent]
    if row.state == InboundMail.State.TO_REVIEW:
        row.state = InboundMail.State.SETTLED
        row.settled_by, row.settled_at = by, now


def _reply_after_all(inbound: InboundMail, intent: Intent, by: User, now: datetime) -> None:
    """Ticket systems, and people's own rules, send words of people with the marks of a machine."""
    if _is_taken_for_a_machines(inbound):
        _record(inbound, MessageEvent.Kind.REPLIED, by, now, intent=intent.value)


def _record(
    inbound: InboundMail,
    kind: MessageEvent.Kind,
    by: User,
    now: datetime,
    *,
    also_opted_out: Collection[str] = (),
    **detail: str,
) -> MessageEvent | None:
    """Of the same name as where the machine has read it: once is enough."""
    assert inbound.message is not None  # noqa: S101  asked by whoever comes here
    return record_event(
        inbound.message.pk,
        kind,
        at=inbound.received_at,
        learned_at=max(now, inbound.received_at),
        source_id=f"inbound:{inbound.pk}:{kind}",
        actor=MessageEvent.Actor.HUMAN,
        detail={"by": "person", "user": by.get_username()} | detail,
        also_opted_out=also_opted_out,
    )


def _opt_out(inbound: InboundMail, by: User, now: datetime) -> None:
    if inbound.message is None:
        raise Conflict(
            "This mail belongs to no message of ours, so nobody can be opted out by it. Tie it to "
            "its message first, or put the address on the suppression list.",
            code="not_tied",
        )
    # Who reports a bounce or a complaint is a machine, and nobody who opts out.
    writer = inbound.from_address if inbound.is_answerable else ""
    if alone := bystander_at(inbound.message, writer):
        opt_out([alone], max(now, inbound.received_at))
        return
    writers = writers_besides(inbound.message, writer, is_vouched=True)
    event = _record(inbound, MessageEvent.Kind.UNSUBSCRIBED, by, now, also_opted_out=writers)
    if event is None and writers:
        # The machine may have known the writer as nobody of ours.
        opt_out(writers, max(now, inbound.received_at))
