"""A message with all that hangs on it, locked in the order that everybody keeps."""

from __future__ import annotations

from campaigns.models import Enrollment, Message
from leads.models import Lead


def lock_message(message_id: int) -> Message:
    """The message, locked after its lead and the lead's enrollments, all of which an event may
    end. Raises Message.DoesNotExist.

    NO KEY UPDATE, because inserting a row that points to one of them takes a KEY SHARE lock
    on it, which a concurrent insert may hold already.
    """
    lead_id = Message.objects.values_list("lead_id", flat=True).get(pk=message_id)
    Lead.objects.select_for_update(no_key=True).only("pk").get(pk=lead_id)
    of_lead = Enrollment.objects.filter(lead=lead_id).order_by("pk")
    list(of_lead.select_for_update(no_key=True).values_list("pk", flat=True))
    return (
        Message.objects.select_related("enrollment", "domain__policy", "campaign", "step")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=message_id)
    )
