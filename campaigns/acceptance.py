"""A server has taken mails: everything that follows from it, for many at once.

The mails are `sent` at the moment of the gate that they passed, each with its event, its lead's
mark and its counters, and the next mail of each flow gets its earliest moment. The statements
are the same few for one mail and for a whole batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from campaigns.calendars import sending_calendar
from campaigns.delays import delays_by_mail
from campaigns.models import Enrollment, FlowStep, Message, MessageEvent, SendAttempt
from campaigns.scheduling.errors import NoSendingDayError
from campaigns.scheduling.values import Delay
from campaigns.tally import Tally
from leads.models import Lead
from mailsuite.lib.errors import Refusal

log = structlog.get_logger(__name__)


@transaction.atomic
def mark_sent(
    messages: Sequence[Message],
    *,
    actor: MessageEvent.Actor = MessageEvent.Actor.UNKNOWN,
    tally: Tally | None = None,
) -> None:
    """A server has them: from the attempt under way, or known later of an `unknown` one.

    The caller holds the locks on the messages (see lock_messages); they are brought up to date
    in place. Whoever does more in the same transaction hands in a `tally` and writes it at the
    end. Raises ValueError for a message that passed no gate.
    """
    own = Tally()
    _mark_sent(messages, actor, tally or own)
    own.write()


def _mark_sent(messages: Sequence[Message], actor: MessageEvent.Actor, tally: Tally) -> None:
    gates = last_gates(messages)
    for message in messages:
        if message.pk not in gates:
            raise ValueError(f"message {message.pk} passed no gate, so nothing can have sent it")
        if message.status != Message.Status.SENDING:
            # What follows it was planned around a mail of unknown fate.
            tally.replan(message.domain_id)
    fresh = _without_event(messages)
    if not fresh:
        return
    for message in fresh:
        message.status = Message.Status.SENT
        message.sent_at = gates[message.pk].gated_at
        message.error = ""
        message.lease_until = None
        _count(message, tally)
    _record(fresh, actor)
    sent = {message.pk: _sent_at(message) for message in fresh}
    _write(Message, "status = 'sent', sent_at = new.at, error = '', lease_until = NULL", sent)
    _mark_leads(fresh)
    _free_next(fresh, tally)


def last_gates(messages: Iterable[Message]) -> dict[int, SendAttempt]:
    """Message id → the attempt that last passed the gate, for those that have one."""
    attempts = (
        SendAttempt.objects.filter(message__in=messages, gated_at__isnull=False)
        .order_by("message_id", "-id")
        .distinct("message_id")
    )
    return {attempt.message_id: attempt for attempt in attempts}


def _source_id(message: Message) -> str:
    return f"sent:{message.pk}"


def _without_event(messages: Sequence[Message]) -> list[Message]:
    """Those that were not recorded as sent before. The locks on them keep the answer true."""
    known = set(
        MessageEvent.objects.filter(source_id__in=map(_source_id, messages)).values_list(
            "message_id", flat=True
        )
    )
    return [message for message in messages if message.pk not in known]


def _record(messages: Sequence[Message], actor: MessageEvent.Actor) -> None:
    MessageEvent.objects.bulk_create(
        MessageEvent(
            message=message,
            kind=MessageEvent.Kind.SENT,
            at=_sent_at(message),
            source_id=_source_id(message),
            actor=actor,
        )
        for message in messages
    )


def _sent_at(message: Message) -> datetime:
    assert message.sent_at is not None  # noqa: S101  _mark_sent() has just set it
    return message.sent_at


def _count(message: Message, tally: Tally) -> None:
    day = _sent_at(message).astimezone(message.domain.policy.zone).date()
    tally.count(message.campaign_id, message.step_id, day, "sent")


def _mark_leads(messages: Sequence[Message]) -> None:
    latest: dict[int, datetime] = {}
    for message in messages:
        at = _sent_at(message)
        latest[message.lead_id] = max(at, latest.get(message.lead_id, at))
    _write(Lead, "last_emailed_at = GREATEST(last_emailed_at, new.at)", latest)


def _free_next(messages: Sequence[Message], tally: Tally) -> None:
    """Give the next mail of each flow its earliest moment, or end the flow as completed."""
    following = _following(messages)
    earliest = _Earliest(message.step for message in following.values())
    openings: dict[int, datetime] = {}
    for message in messages:
        then = following.get(message.pk)
        if then is None:
            continue
        then.not_before = earliest.after(message, then)
        if then.scheduled_at < then.not_before:
            tally.replan(message.domain_id)
        openings[then.pk] = then.not_before
    _write(Message, "not_before = new.at", openings)
    _complete([message for message in messages if message.pk not in following])


def _following(messages: Sequence[Message]) -> dict[int, Message]:
    """Message id → the queued one that comes next in its flow, where there is one."""
    mail_numbers = {message.enrollment_id: message.mail_number for message in messages}
    queued = (
        Message.objects.queued()
        .filter(enrollment__in=mail_numbers)
        .select_related("step")
        .order_by("-mail_number")
    )
    nearest = {
        one.enrollment_id: one
        for one in queued
        if one.mail_number > mail_numbers[one.enrollment_id]
    }
    return {
        message.pk: nearest[message.enrollment_id]
        for message in messages
        if message.enrollment_id in nearest
    }


class _Earliest:
    """When a mail may leave at the earliest, counted from the real sending of the one before."""

    def __init__(self, steps: Iterable[FlowStep]) -> None:
        self._delays = _delays({step.version_id for step in steps})

    def after(self, message: Message, following: Message) -> datetime:
        """UTC. Rules that leave no day to send on must not keep a mail that is gone from being
        recorded: then the window stays shut anyway, until somebody mends them and the domain is
        replanned."""
        try:
            calendar = sending_calendar(message.domain.policy, message.campaign)
            delay = self._delays[following.step.version_id][following.mail_number]
            return calendar.earliest(_sent_at(message), delay)
        except (Refusal, NoSendingDayError) as problem:
            log.warning("no earliest moment", message_id=following.pk, detail=str(problem))
            return _sent_at(message) + timedelta(days=1)


def _delays(version_ids: Iterable[int]) -> dict[int, Mapping[int, Delay]]:
    """Flow version id → mail number → the wait before it."""
    steps: dict[int, list[FlowStep]] = {}
    for step in FlowStep.objects.filter(version__in=version_ids):
        steps.setdefault(step.version_id, []).append(step)
    return {version_id: delays_by_mail(of_version) for version_id, of_version in steps.items()}


def _complete(messages: Sequence[Message]) -> None:
    """The flows whose last mail these are."""
    ended = {
        message.enrollment_id: _sent_at(message)
        for message in messages
        if message.enrollment.status == Enrollment.Status.ACTIVE
    }
    _write(Enrollment, "status = 'completed', ended_at = new.at", ended)


def _write(
    model: type[Message | Lead | Enrollment], assignments: str, moments: Mapping[int, datetime]
) -> None:
    """Set `assignments` on the rows of these ids, each with its moment `new.at`."""
    if not moments:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} AS row SET {assignments} "  # noqa: S608
            "FROM unnest(%s::bigint[], %s::timestamptz[]) AS new (id, at) WHERE row.id = new.id",
            [list(moments), list(moments.values())],
        )
