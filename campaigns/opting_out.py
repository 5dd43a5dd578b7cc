"""Who opts out by another address than the one that we wrote to is out by both.

A mail to reception@ is forwarded, and somebody answers it from an address of their own, which may
be a lead itself.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from campaigns.colleagues import leads_of_company
from campaigns.enrollments import end_enrollments
from campaigns.lead_lock import lock_leads
from campaigns.models import Enrollment, Message
from campaigns.tally import Tally
from leads.models import Lead, Suppression
from leads.suppression import hold_for_writing, suppress


def hold_for_opt_out(message_id: int, also: Collection[str], *, is_reply: bool) -> None:
    """What an opt-out locks ahead of the message, in one round: addresses, then leads and their
    enrollments; of one that is a reply too those of the colleagues as well.

    `also`: the normalised addresses that are opted out besides the message's own. Raises
    Message.DoesNotExist.
    """
    message = Message.objects.select_related("lead").get(pk=message_id)
    email = message.lead.email
    hold_for_writing(sorted({message.recipient or email, email, *also}))
    leads = {message.lead_id, *_leads_with(also)}
    lock_leads(leads | set(leads_of_company(message_id)) if is_reply else leads)


@transaction.atomic
def opt_out(addresses: Collection[str], at: datetime) -> None:
    """Put these normalised addresses on the suppression list as opted out, and end all flows to
    them. `at` is business time. Where they are there already, nothing changes."""
    hold_for_writing(sorted(addresses))
    lock_leads(_leads_with(addresses))
    suppress(addresses, reason=Suppression.Reason.UNSUBSCRIBED)
    tally = Tally()
    end_flows_to(addresses, at, tally)
    tally.write()


def end_flows_to(addresses: Collection[str], at: datetime, tally: Tally) -> None:
    """Of the leads with these addresses, which are locked."""
    if addresses:
        flows = Enrollment.objects.filter(lead__email__in=addresses)
        end_enrollments(flows, Enrollment.EndReason.UNSUBSCRIBED, at, tally=tally)


def _leads_with(addresses: Collection[str]) -> list[int]:
    return list(Lead.objects.filter(email__in=addresses).values_list("pk", flat=True))
