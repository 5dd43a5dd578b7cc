"""A server has taken mails: everything that follows from it, for many at once.

The mails are `sent` at the moment of the gate that they passed, each with its event, its lead's
mark and its counters, and the next mail of each flow gets its earliest moment. The statements
are the same few for one mail and for a whole batch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

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
from mailsuite.lib.statements import Row, Statement, run_together

log = structlog.get_logger(__name__)


@transaction.atomic(savepoint=False)
def mark_sent(
    messages: Sequence[Message],
    *,
    gates: Mapping[int, datetime] | None = None,
    actor: MessageEvent.Actor = MessageEvent.Actor.UNKNOWN,
    tally: Tally | None = None,
) -> None:
    """A server has them: from the attempt under way, or known later of an `unknown` one.

    The caller holds the locks on the messages (see lock_messages); they are brought up to date
    in place. `gates`: message id → when the attempt that was accepted passed the gate (business
    time); left out, it is the last that did. Whoever does more in the same transaction hands in a
    `tally` and writes it at the end. Raises ValueError for a message that passed no gate.
    """
    own = Tally()
    _mark_sent(messages, gate_times(messages) if gates is None else gates, actor, tally or own)
    own.write()


def _mark_sent(
    messages: Sequence[Message],
    gates: Mapping[int, datetime],
    actor: MessageEvent.Actor,
    tally: Tally,
) -> None:
    for message in messages:
        if message.pk not in gates:
            raise ValueError(f"message {message.pk} passed no gate, so nothing can have sent it")
        if message.status != Message.Status.SENDING:
            # What follows it was planned around a mail of unknown fate.
            tally.replan(message.domain_id)
    recorded, _, queued = run_together(
        _record(messages, gates, actor),
        _set(
            "note_last_mail",
            Lead,
            "last_emailed_at = GREATEST(last_emailed_at, new.at)",
            _last(messages, gates),
        ),
        _queued_of_flows(messages),
    )
    fresh_ids = {message_id for (message_id,) in recorded}
    fresh = [message for message in messages if message.pk in fresh_ids]
    for message in fresh:
        message.status = Message.Status.SENT
        message.sent_at = gates[message.pk]
        message.error = ""
        message.lease_until = None
        _count(message, tally)
    _free_next(fresh, _following(fresh, queued), tally)


def gate_times(messages: Iterable[Message]) -> dict[int, datetime]:
    """Message id → when it last passed the gate (business time), for those that did."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (message_id) message_id, gated_at "  # noqa: S608
            f"FROM {SendAttempt._meta.db_table} "
            "WHERE message_id = ANY(%s) AND gated_at IS NOT NULL ORDER BY message_id, id DESC",
            [[message.pk for message in messages]],
        )
        return dict(cursor.fetchall())


def _record(
    messages: Sequence[Message], gates: Mapping[int, datetime], actor: MessageEvent.Actor
) -> Statement:
    """Write the events, and mark the messages that had none before; reads the ids of these."""
    return Statement(
        "record_sent",
        "WITH new (id, at) AS (SELECT * FROM unnest(%s::bigint[], %s::timestamptz[])), "  # noqa: S608
        f"fresh AS (INSERT INTO {MessageEvent._meta.db_table}"
        " (message_id, kind, actor, at, source_id, user_agent, detail)"
        " SELECT id, %s, %s, at, 'sent:' || id, '', '{}' FROM new"
        " ON CONFLICT (source_id) DO NOTHING RETURNING message_id), "
        f"marked AS (UPDATE {Message._meta.db_table} AS message"
        " SET status = 'sent', sent_at = new.at, error = '', lease_until = NULL"
        " FROM fresh JOIN new ON new.id = fresh.message_id WHERE message.id = new.id) "
        "SELECT message_id FROM fresh",
        [
            [message.pk for message in messages],
            [gates[message.pk] for message in messages],
            MessageEvent.Kind.SENT,
            actor,
        ],
    )


def _sent_at(message: Message) -> datetime:
    assert message.sent_at is not None  # noqa: S101  _mark_sent() has just set it
    return message.sent_at


def _count(message: Message, tally: Tally) -> None:
    day = _sent_at(message).astimezone(message.domain.policy.zone).date()
    tally.count(message.campaign_id, message.step_id, day, "sent")


def _last(messages: Sequence[Message], gates: Mapping[int, datetime]) -> dict[int, datetime]:
    """Lead → its latest gate among these."""
    latest: dict[int, datetime] = {}
    for message in messages:
        at = gates[message.pk]
        latest[message.lead_id] = max(at, latest.get(message.lead_id, at))
    return latest


class _Following(NamedTuple):
    """The queued mail that comes next in a flow."""

    pk: int
    mail_number: int
    scheduled_at: datetime


def _free_next(
    messages: Sequence[Message], following: Mapping[int, _Following], tally: Tally
) -> None:
    """Give the next mail of each flow its earliest moment, or end the flow as completed."""
    ended = _ended([message for message in messages if message.pk not in following])
    freeing = [message for message in messages if message.pk in following]
    delays = _delays({message.step.version_id for message in freeing})
    openings: dict[int, datetime] = {}
    for message in freeing:
        then = following[message.pk]
        opens = _earliest(message, delays[message.step.version_id][then.mail_number])
        # The lead may have said meanwhile that nobody is there (see waiting).
        opens = max(opens, message.enrollment.waits_until or opens)
        openings[then.pk] = opens
        if then.scheduled_at < opens:
            tally.replan(message.domain_id)
    completion = "status = 'completed', ended_at = new.at"
    statements = [
        *([_set("complete_enrollments", Enrollment, completion, ended)] if ended else []),
        *([_set("free_next_mails", Message, "not_before = new.at", openings)] if openings else []),
    ]
    if statements:
        run_together(*statements)


def _queued_of_flows(messages: Sequence[Message]) -> Statement:
    """Locked in the order in which planning does."""
    return Statement(
        "take_queued",
        f"SELECT enrollment_id, id, mail_number, scheduled_at FROM {Message._meta.db_table} "  # noqa: S608
        "WHERE enrollment_id = ANY(%s) AND status = 'queued' ORDER BY id FOR NO KEY UPDATE",
        [[message.enrollment_id for message in messages]],
    )


def _following(messages: Sequence[Message], queued: Sequence[Row]) -> dict[int, _Following]:
    """Message id → the one that comes next in its flow, where there is one."""
    of_enrollment = {message.enrollment_id: message for message in messages}
    following = {}
    for enrollment_id, *row in sorted(queued, key=lambda one: -one[2]):
        then = _Following(*row)
        message = of_enrollment[enrollment_id]
        if then.mail_number > message.mail_number:
            following[message.pk] = then
    return following


def _earliest(message: Message, delay: Delay) -> datetime:
    """When the mail after `message` may leave at the earliest (UTC), counted from the real
    sending.

    Rules that leave no day to send on must not keep a mail that is gone from being recorded: then
    the window stays shut anyway, until somebody mends them and the domain is replanned.
    """
    try:
        calendar = sending_calendar(message.domain.policy, message.campaign)
        return calendar.earliest(_sent_at(message), delay)
    except (Refusal, NoSendingDayError) as problem:
        log.warning("no earliest moment", message_id=message.pk, detail=str(problem))
        return _sent_at(message) + timedelta(days=1)


def _delays(version_ids: Collection[int]) -> dict[int, Mapping[int, Delay]]:
    """Flow version id → mail number → the wait before it."""
    if not version_ids:
        return {}
    steps: dict[int, list[FlowStep]] = {}
    for step in FlowStep.objects.filter(version__in=version_ids):
        steps.setdefault(step.version_id, []).append(step)
    return {version_id: delays_by_mail(of_version) for version_id, of_version in steps.items()}


def _ended(messages: Sequence[Message]) -> dict[int, datetime]:
    """Enrollment → the moment of its last mail, for the flows whose last mail these are."""
    return {
        message.enrollment_id: _sent_at(message)
        for message in messages
        if message.enrollment.status == Enrollment.Status.ACTIVE
    }


def _set(
    name: str,
    model: type[Message | Lead | Enrollment],
    assignments: str,
    moments: Mapping[int, datetime],
) -> Statement:
    """Make `assignments` on the rows of these ids, each with its moment `new.at`."""
    return Statement(
        name,
        f"UPDATE {model._meta.db_table} AS row SET {assignments} "  # noqa: S608
        "FROM unnest(%s::bigint[], %s::timestamptz[]) AS new (id, at) WHERE row.id = new.id",
        [list(moments), list(moments.values())],
    )
