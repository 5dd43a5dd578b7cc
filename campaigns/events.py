"""The one way to record that something happened to a message.

The event, the message's own marks, the enrollment's end, the suppression and the counters
move in one transaction. A source that reports the same thing twice (a redelivered webhook,
a doubled hit) changes nothing the second time.

Lock order, here and everywhere: addresses, campaign, lead, enrollment, message, sending
domain, figures.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest

from campaigns.calendars import sending_calendar
from campaigns.delays import delay_before
from campaigns.enrollments import end_enrollments
from campaigns.message_lock import lock_message
from campaigns.models import Enrollment, Message, MessageEvent, SendAttempt
from campaigns.scheduling.errors import NoSendingDayError
from campaigns.tally import Tally
from leads.models import Lead, Suppression
from leads.suppression import suppress
from mailsuite.lib.errors import Refusal

log = structlog.get_logger(__name__)

Kind = MessageEvent.Kind
Actor = MessageEvent.Actor

# Any of these about a message whose fate was unknown proves that it arrived.
PROOF_OF_DELIVERY = (
    Kind.OPENED, Kind.CLICKED, Kind.REPLIED, Kind.BOUNCED, Kind.UNSUBSCRIBED, Kind.COMPLAINED,
)  # fmt: skip

# What takes the address off every list, and what it ends.
_SUPPRESSION_REASON: dict[str, Suppression.Reason] = {
    Kind.UNSUBSCRIBED: Suppression.Reason.UNSUBSCRIBED,
    Kind.COMPLAINED: Suppression.Reason.COMPLAINT,
    Kind.BOUNCED: Suppression.Reason.BOUNCED,
}
_END_REASON: dict[str, Enrollment.EndReason] = {
    Kind.UNSUBSCRIBED: Enrollment.EndReason.UNSUBSCRIBED,
    Kind.COMPLAINED: Enrollment.EndReason.COMPLAINED,
    Kind.BOUNCED: Enrollment.EndReason.BOUNCED,
    Kind.REPLIED: Enrollment.EndReason.REPLIED,
    Kind.FAILED: Enrollment.EndReason.FAILED,
}


@transaction.atomic
def record_event(
    message_id: int,
    kind: MessageEvent.Kind,
    *,
    at: datetime,
    source_id: str,
    actor: MessageEvent.Actor = Actor.UNKNOWN,
    link_id: int | None = None,
    user_agent: str = "",
    ip_address: str | None = None,
    detail: dict[str, Any] | None = None,
) -> MessageEvent | None:
    """Record the event and all that follows from it; None where `source_id` is known already.

    `at` is business time (UTC). `detail["hard"]` tells a bounce that condemns the address
    from one that does not. Raises Message.DoesNotExist.
    """
    detail = detail or {}
    if MessageEvent.objects.filter(source_id=source_id).exists():
        return None
    if _condemns_address(kind, detail):
        _suppress_recipient(message_id, kind)
    message = lock_message(message_id)
    tally = Tally()
    if kind in PROOF_OF_DELIVERY and may_have_arrived(message):
        _mark_sent(message, Actor.UNKNOWN, tally)
    event = MessageEvent(
        message=message,
        kind=kind,
        actor=actor,
        at=at,
        source_id=source_id,
        link_id=link_id,
        user_agent=user_agent[:500],
        ip_address=ip_address,
        detail=detail,
    )
    # The lock on the message orders two reports of one source about it; the unique index
    # also stops one that is about another message.
    if MessageEvent.objects.filter(source_id=source_id).exists():
        return None
    event.save(force_insert=True)
    _EFFECTS[kind](message, event, tally)
    tally.write()
    return event


@transaction.atomic
def mark_sent(message: Message, *, actor: MessageEvent.Actor = Actor.UNKNOWN) -> None:
    """A server has it: from the attempt under way, or known later of an `unknown` one.

    The caller holds the lock on the message. Its time is that of the gate it passed. Raises
    ValueError for a message that passed none.
    """
    tally = Tally()
    _mark_sent(message, actor, tally)
    tally.write()


def _mark_sent(message: Message, actor: MessageEvent.Actor, tally: Tally) -> None:
    attempt = _last_gated(message)
    if attempt is None or attempt.gated_at is None:
        raise ValueError(f"message {message.pk} passed no gate, so nothing can have sent it")
    if message.status != Message.Status.SENDING:
        # What follows it was planned around a mail of unknown fate.
        tally.replan(message.domain_id)
    event, is_new = MessageEvent.objects.get_or_create(
        source_id=f"sent:{message.pk}",
        defaults={"message": message, "kind": Kind.SENT, "at": attempt.gated_at, "actor": actor},
    )
    if is_new:
        _sent(message, event, tally)


def may_have_arrived(message: Message) -> bool:
    """Whether a proof decides: the fate is unknown, also where a person has since decided to
    send it again. A mail that was deferred or refused may have been looked at by a gateway and
    has arrived nowhere."""
    if message.status == Message.Status.UNKNOWN:
        return True
    if message.status != Message.Status.QUEUED:
        return False
    attempt = _last_gated(message)
    return attempt is not None and attempt.outcome == SendAttempt.Outcome.UNKNOWN


def _last_gated(message: Message) -> SendAttempt | None:
    """The attempt of the message that last passed the gate."""
    return (
        SendAttempt.objects.filter(message=message, gated_at__isnull=False).order_by("-id").first()
    )


def _condemns_address(kind: MessageEvent.Kind, detail: dict[str, Any]) -> bool:
    if kind == Kind.BOUNCED:
        return bool(detail.get("hard"))
    return kind in _SUPPRESSION_REASON


def _suppress_recipient(message_id: int, kind: MessageEvent.Kind) -> None:
    """The address that got the mail, and the lead's own where it has changed since."""
    recipient, email = Message.objects.values_list("recipient", "lead__email").get(pk=message_id)
    addresses = {recipient or email} if kind == Kind.BOUNCED else {recipient or email, email}
    suppress(addresses, reason=_SUPPRESSION_REASON[kind])


def _count(message: Message, event: MessageEvent, tally: Tally, counter: str) -> None:
    day = event.at.astimezone(message.domain.policy.zone).date()
    tally.count(message.campaign_id, message.step_id, day, counter)


def _mark_first(
    message: Message, event: MessageEvent, tally: Tally, field: str, counter: str
) -> None:
    """Counters count messages: the second open of a mail is an event and no more."""
    if getattr(message, field) is None:
        setattr(message, field, event.at)
        message.save(update_fields=[field])
        _count(message, event, tally, counter)


def _end_flows_of_lead(message: Message, event: MessageEvent, tally: Tally) -> None:
    """In every campaign: who opts out of one mail gets none of the others."""
    end_enrollments(
        Enrollment.objects.filter(lead=message.lead_id),
        _END_REASON[event.kind],
        event.at,
        tally=tally,
    )


def _end_this_flow(message: Message, event: MessageEvent, tally: Tally) -> None:
    end_enrollments(
        Enrollment.objects.filter(pk=message.enrollment_id),
        _END_REASON[event.kind],
        event.at,
        tally=tally,
    )


def _sent(message: Message, event: MessageEvent, tally: Tally) -> None:
    message.status = Message.Status.SENT
    message.sent_at = event.at
    message.error = ""
    message.lease_until = None
    message.save(update_fields=["status", "sent_at", "error", "lease_until"])
    Lead.objects.filter(pk=message.lead_id).update(
        last_emailed_at=Greatest("last_emailed_at", Value(event.at))
    )
    _count(message, event, tally, "sent")
    _free_next(message, tally)


def _free_next(message: Message, tally: Tally) -> None:
    """Give the next mail of the flow its earliest moment, or end the flow as completed."""
    following = (
        Message.objects.queued()
        .filter(enrollment=message.enrollment_id, mail_number__gt=message.mail_number)
        .select_related("step")
        .order_by("mail_number")
        .first()
    )
    if following is None:
        if message.enrollment.status == Enrollment.Status.ACTIVE:
            Enrollment.objects.filter(pk=message.enrollment_id).update(
                status=Enrollment.Status.COMPLETED, ended_at=message.sent_at
            )
        return
    following.not_before = _earliest(message, following)
    following.save(update_fields=["not_before"])
    if following.scheduled_at < following.not_before:
        tally.replan(message.domain_id)


def _earliest(message: Message, following: Message) -> datetime:
    """When the next mail may leave at the earliest, counted from the real sending of `message`.

    Rules that leave no day to send on must not keep a mail that is gone from being recorded:
    then the window stays shut anyway, until somebody mends them and the domain is replanned.
    """
    assert message.sent_at is not None  # noqa: S101  _sent() has just set it
    try:
        calendar = sending_calendar(message.domain.policy, message.campaign)
        return calendar.earliest(message.sent_at, delay_before(following.step))
    except (Refusal, NoSendingDayError) as problem:
        log.warning("no earliest moment", message_id=following.pk, detail=str(problem))
        return message.sent_at + timedelta(days=1)


def _opened(message: Message, event: MessageEvent, tally: Tally) -> None:
    if event.actor == Actor.HUMAN:
        _mark_first(message, event, tally, "opened_at", "opened")
    else:
        _mark_first(message, event, tally, "machine_opened_at", "machine_opened")


def _clicked(message: Message, event: MessageEvent, tally: Tally) -> None:
    if event.actor == Actor.HUMAN:
        _mark_first(message, event, tally, "clicked_at", "clicked")


def _replied(message: Message, event: MessageEvent, tally: Tally) -> None:
    _mark_first(message, event, tally, "replied_at", "replied")
    _end_this_flow(message, event, tally)


def _bounced(message: Message, event: MessageEvent, tally: Tally) -> None:
    """A soft bounce is kept as an event; the address may work tomorrow."""
    if not event.detail.get("hard"):
        return
    if message.status not in (Message.Status.FAILED, Message.Status.CANCELED):
        message.status = Message.Status.BOUNCED
        message.lease_until = None
        message.save(update_fields=["status", "lease_until"])
    _mark_first(message, event, tally, "bounced_at", "bounced")
    _end_flows_of_lead(message, event, tally)


def _failed(message: Message, event: MessageEvent, tally: Tally) -> None:
    message.status = Message.Status.FAILED
    message.lease_until = None
    message.error = str(event.detail.get("reason", ""))[:1000]
    message.save(update_fields=["status", "lease_until", "error"])
    _count(message, event, tally, "failed")
    _end_this_flow(message, event, tally)


def _opted_out(message: Message, event: MessageEvent, tally: Tally) -> None:
    is_first = (
        not MessageEvent.objects.filter(message=message, kind=event.kind)
        .exclude(pk=event.pk)
        .exists()
    )
    if is_first:
        _count(message, event, tally, event.kind)
    _end_flows_of_lead(message, event, tally)


_EFFECTS: dict[str, Callable[[Message, MessageEvent, Tally], None]] = {
    Kind.SENT: _sent,
    Kind.OPENED: _opened,
    Kind.CLICKED: _clicked,
    Kind.REPLIED: _replied,
    Kind.BOUNCED: _bounced,
    Kind.FAILED: _failed,
    Kind.UNSUBSCRIBED: _opted_out,
    Kind.COMPLAINED: _opted_out,
}
