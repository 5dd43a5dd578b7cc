"""Messages with all that hangs on them, locked in the order that everybody keeps."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import models

from campaigns.models import Enrollment, Message
from leads.models import Lead
from mailsuite.lib.statements import Statement, columns_of, instance_of, run_together

# What acceptance asks of messages that were read a moment ago.
_ASKED = {
    Enrollment: ("id", "status", "waits_until"),
    Message: (
        "id", "status", "mail_number", "campaign_id", "step_id", "lead_id", "enrollment_id",
        "domain_id",
    ),
}  # fmt: skip


def lock_messages(
    message_ids: Collection[int], *, read_before: Mapping[int, Message] | None = None
) -> dict[int, Message]:
    """Id → message with enrollment, campaign, step, domain and its policy, for those that there
    are; locked after their leads and all enrollments of these leads, which an event may end.

    Campaign, step and domain are taken from `read_before`, if that is given: messages that the
    caller has read a moment ago, of which no more is read again than acceptance asks for. NO KEY
    UPDATE, because inserting a row that points to one of them takes a KEY SHARE lock on it, which
    a concurrent insert may hold already.
    """
    ids = list(message_ids)
    of_messages = f"(SELECT lead_id FROM {Message._meta.db_table} WHERE id = ANY(%s))"  # noqa: S608
    of_enrollment, of_message = (
        columns_of(model, None if read_before is None else _ASKED[model])
        for model in (Enrollment, Message)
    )
    part = "whole" if read_before is None else "asked"
    _, enrollment_rows, message_rows = run_together(
        _take("take_leads", Lead, ["id"], f"id IN {of_messages}", ids),
        _take(
            f"take_enrollments_{part}", Enrollment, of_enrollment, f"lead_id IN {of_messages}", ids
        ),
        _take(f"take_messages_{part}", Message, of_message, "id = ANY(%s)", ids),
    )
    enrollments = {row[0]: instance_of(Enrollment, of_enrollment, row) for row in enrollment_rows}
    messages = {row[0]: instance_of(Message, of_message, row) for row in message_rows}
    if read_before is None:
        related = Message.objects.select_related("domain__policy", "campaign", "step")
        read_before = related.in_bulk(messages)
    for pk, message in messages.items():
        message.enrollment = enrollments[message.enrollment_id]
        message.campaign = read_before[pk].campaign
        message.step = read_before[pk].step
        message.domain = read_before[pk].domain
    return messages


def _take(
    name: str, model: type[models.Model], columns: Sequence[str], condition: str, ids: Sequence[int]
) -> Statement:
    return Statement(
        name,
        f"SELECT {', '.join(columns)} FROM {model._meta.db_table} "  # noqa: S608
        f"WHERE {condition} ORDER BY id FOR NO KEY UPDATE",
        [ids],
    )


def lock_message(message_id: int) -> Message:
    """The same for one. Raises Message.DoesNotExist."""
    message = lock_messages([message_id]).get(message_id)
    if message is None:
        raise Message.DoesNotExist(f"There is no message {message_id}.")
    return message
