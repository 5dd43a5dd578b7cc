"""Messages with all that hangs on them, locked in the order that everybody keeps."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from campaigns.models import Enrollment, Message
from leads.models import Lead


def lock_messages(message_ids: Collection[int]) -> dict[int, Message]:
    """Id → message, for those that there are, locked after their leads and all enrollments of
    these leads, which an event may end.

    NO KEY UPDATE, because inserting a row that points to one of them takes a KEY SHARE lock
    on it, which a concurrent insert may hold already.
    """
    of_messages = f"(SELECT lead_id FROM {Message._meta.db_table} WHERE id = ANY(%s))"  # noqa: S608
    with connection.cursor() as cursor:
        for table, column in ((Lead, "id"), (Enrollment, "lead_id")):
            cursor.execute(
                f"SELECT 1 FROM {table._meta.db_table} "  # noqa: S608
                f"WHERE {column} IN {of_messages} ORDER BY id FOR NO KEY UPDATE",
                [list(message_ids)],
            )
    messages = (
        Message.objects.select_related("enrollment", "domain__policy", "campaign", "step")
        .filter(pk__in=message_ids)
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
    )
    return {message.pk: message for message in messages}


def lock_message(message_id: int) -> Message:
    """The same for one. Raises Message.DoesNotExist."""
    message = lock_messages([message_id]).get(message_id)
    if message is None:
        raise Message.DoesNotExist(f"There is no message {message_id}.")
    return message
