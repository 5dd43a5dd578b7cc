"""Messages with all that hangs on them, locked in the order that everybody keeps."""

from __future__ import annotations

from collections.abc import Collection

from campaigns.models import Enrollment, Message
from leads.models import Lead


def lock_messages(message_ids: Collection[int]) -> dict[int, Message]:
    """Id → message, for those that there are, locked after their leads and all enrollments of
    these leads, which an event may end.

    NO KEY UPDATE, because inserting a row that points to one of them takes a KEY SHARE lock
    on it, which a concurrent insert may hold already.
    """
    lead_ids = set(
        Message.objects.filter(pk__in=message_ids).order_by().values_list("lead_id", flat=True)
    )
    leads = Lead.objects.filter(pk__in=lead_ids).order_by("pk")
    list(leads.select_for_update(no_key=True).values_list("pk", flat=True))
    of_leads = Enrollment.objects.filter(lead__in=lead_ids).order_by("pk")
    list(of_leads.select_for_update(no_key=True).values_list("pk", flat=True))
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
