"""Messages with all that hangs on them, locked in the order that everybody keeps.

First their leads, then all enrollments of these leads, which an event may end (see lead_lock), then
themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from campaigns.lead_lock import ENROLLMENT_COLUMNS, taking_leads, taking_rows
from campaigns.models import Enrollment, Message
from leads.models import Lead
from mailsuite.lib.statements import instance_of, run_together

# What may have become otherwise since a message was read, and acceptance asks.
_OF_MESSAGE = ("id", "status")


def lock_messages(message_ids: Collection[int]) -> dict[int, Message]:
    """Id → message with enrollment, campaign, step, domain and its policy, for those that there
    are."""
    ids = list(message_ids)
    leads = f"IN (SELECT lead_id FROM {Message._meta.db_table} WHERE id = ANY(%s))"  # noqa: S608
    run_together(
        taking_rows("take_leads_of_messages", Lead, f"id {leads}", ids),
        taking_rows("take_enrollments_of_messages", Enrollment, f"lead_id {leads}", ids),
        taking_rows("take_messages", Message, "id = ANY(%s)", ids),
    )
    related = Message.objects.select_related("enrollment", "campaign", "step", "domain__policy")
    return related.in_bulk(ids)


def lock_again(messages: Mapping[int, Message], ids: Sequence[int]) -> dict[int, Message]:
    """The same for those of `messages` that have these ids, which the caller read a moment ago with
    campaign, step and domain: brought up to date in place, as far as acceptance asks."""
    leads = [messages[pk].lead_id for pk in ids]
    _, enrollments, statuses = run_together(
        *taking_leads(leads),
        taking_rows("take_statuses", Message, "id = ANY(%s)", ids, _OF_MESSAGE),
    )
    of_id = {row[0]: instance_of(Enrollment, ENROLLMENT_COLUMNS, row) for row in enrollments}
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
