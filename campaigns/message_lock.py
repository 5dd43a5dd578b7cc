"""Messages with all that hangs on them, locked in the order that everybody keeps."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from django.db import connection

from campaigns.models import Enrollment, Message
from leads.models import Lead


def lock_messages(
    message_ids: Collection[int], *, read_before: Mapping[int, Message] | None = None
) -> dict[int, Message]:
    """Id → message with enrollment, campaign, step, domain and its policy, for those that there
    are; locked after their leads and all enrollments of these leads, which an event may end.

    Campaign, step and domain are taken from `read_before`, if that is given: messages that the
    caller has read a moment ago. NO KEY UPDATE, because inserting a row that points to one of
    them takes a KEY SHARE lock on it, which a concurrent insert may hold already.
    """
    ids = list(message_ids)
    of_messages = f"(SELECT lead_id FROM {Message._meta.db_table} WHERE id = ANY(%s))"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {Lead._meta.db_table} "  # noqa: S608
            f"WHERE id IN {of_messages} ORDER BY id FOR NO KEY UPDATE",
            [ids],
        )
    enrollments = _locked(Enrollment, f"lead_id IN {of_messages}", ids)
    messages = _locked(Message, "id = ANY(%s)", ids)
    if read_before is None:
        related = Message.objects.select_related("domain__policy", "campaign", "step")
        read_before = related.in_bulk(messages)
    for pk, message in messages.items():
        message.enrollment = enrollments[message.enrollment_id]
        message.campaign = read_before[pk].campaign
        message.step = read_before[pk].step
        message.domain = read_before[pk].domain
    return messages


Locked = TypeVar("Locked", Enrollment, Message)


def _locked(model: type[Locked], condition: str, ids: Collection[int]) -> dict[int, Locked]:
    rows = model.objects.raw(
        f"SELECT * FROM {model._meta.db_table} "  # noqa: S608
        f"WHERE {condition} ORDER BY id FOR NO KEY UPDATE",
        [ids],
    )
    return {row.pk: row for row in rows}


def lock_message(message_id: int) -> Message:
    """The same for one. Raises Message.DoesNotExist."""
    message = lock_messages([message_id]).get(message_id)
    if message is None:
        raise Message.DoesNotExist(f"There is no message {message_id}.")
    return message
