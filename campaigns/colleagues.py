"""A reply speaks for a company: colleagues who are in the same campaign get no more of it.

Colleagues are leads with the same e-mail domain, and people at a public mail provider are none.
"""

from __future__ import annotations

from datetime import datetime

from campaigns.enrollments import end_enrollments
from campaigns.lead_lock import lock_leads
from campaigns.models import Enrollment, Message
from campaigns.querysets import EnrollmentQuerySet
from campaigns.tally import Tally
from leads.public_providers import is_public_provider


def lock_colleagues(message_id: int) -> None:
    """Lock those of leads_of_company(), ahead of the message."""
    lock_leads(leads_of_company(message_id))


def leads_of_company(message_id: int) -> list[int]:
    """Where the campaign stops at a colleague's reply: the lead of the message, and those whose
    flows a reply to it ends. Nobody otherwise."""
    found = Message.objects.filter(pk=message_id, campaign__stop_colleagues=True)
    message = found.select_related("lead").first()
    if message is None:
        return []
    return [message.lead_id, *_colleagues(message).values_list("lead_id", flat=True)]


def end_colleagues(message: Message, at: datetime, tally: Tally) -> int:
    """End the flows of this campaign to the colleagues of the message's lead; answer how many."""
    return end_enrollments(
        _colleagues(message), Enrollment.EndReason.COMPANY_REPLIED, at, tally=tally
    )


def _colleagues(message: Message) -> EnrollmentQuerySet:
    """Their enrollments that are not at an end."""
    domain = message.lead.email.rpartition("@")[2]
    if is_public_provider(domain):
        return Enrollment.objects.none()
    return Enrollment.objects.filter(
        campaign=message.campaign_id,
        lead__email_domain=domain,
        status__in=[Enrollment.Status.ACTIVE, Enrollment.Status.HELD],
    ).exclude(lead=message.lead_id)
