"""Messages with all that hangs on them, locked in the order that everybody keeps.

First their leads, then all enrollments of these leads, which an event may end, then themselves. NO
KEY UPDATE, because inserting a row that points to one of them takes a KEY SHARE lock on it, which a
concurrent insert may hold already.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import models

from campaigns.models import Enrollment, Message
from leads.models import Lead
from mailsuite.lib.statements import Statement, columns_of, instance_of, run_together

# What may have become otherwise since a message was read, and acceptance asks.
_OF_ENROLLMENT = columns_of(Enrollment, ("id", "status", "waits_until"))
_OF_MESSAGE = ("id", "status")


def lock_messages(message_ids: Collection[int]) -> dict[int, Message]:
    """Id → message with enrollment, campaign, step, domain and its policy, for those that there
    are."""
    ids = list(message_ids)
    leads = f"IN (SELECT lead_id FROM {Message._meta.db_table} WHERE id = ANY(%s))"  # noqa: S608
    run_together(
        _take("take_leads_of_messages", Lead, f"id {leads}", ids),
        _take("take_enrollments_of_messages", Enrollment, f"lead_id {leads}", ids),
        _take("take_messages", Message, "id = ANY(%s)", ids),
    )
    related = Message.objects.select_related("enrollment", "campaign", "step", "domain__policy")
    return related.in_bulk(ids)


def lock_again(messages: Mapping[int, Message], ids: Sequence[int]) -> dict[int, Message]:
    """The same for those of `messages` that have these ids, which the caller read a moment ago with
    campaign, step and domain: brought up to date in place, as far as acceptance asks."""
    leads = [messages[pk].lead_id for pk in ids]
    _, enrollments, statuses = run_together(
        _take("take_leads", Lead, "id = ANY(%s)", leads),
        _take("take_enrollments", Enrollment, "lead_id = ANY(%s)", leads, _OF_ENROLLMENT),
        _take("take_statuses", Message, "id = ANY(%s)", ids, _OF_MESSAGE),
    )
    of_id = {row[0]: instance_of(Enrollment, _OF_ENROLLMENT, row) for row in enrollments}
    found = {}
    for pk, status in statuses:
        message = found[pk] = messages[pk]
        message.status = status
        message.enrollment = of_id[message.enrollment_id]
    return found


def lock_message(message_id: int) -> Message:
    """lock_messages() for one. Raises Message.DoesNotExist."""
    message = lock_messages([message_id]).get(message_id)
    if message is None:
        raise Message.DoesNotExist(f"There is no message {message_id}.")
    return message


def _take(
    name: str,
    model: type[models.Model],
    condition: str,
    ids: Sequence[int],
    columns: Sequence[str] = ("id",),
) -> Statement:
    return Statement(
        name,
        f"SELECT {', '.join(columns)} FROM {model._meta.db_table} "  # noqa: S608
        f"WHERE {condition} ORDER BY id FOR NO KEY UPDATE",
        [list(ids)],
    )
