"""A completed campaign that has something to send after all runs again."""

from __future__ import annotations

from campaigns.domain_holding import hold_domains
from campaigns.models import Campaign
from mailsuite.lib.errors import Conflict


def reopen(campaign: Campaign) -> None:
    """Let a completed campaign run again and hold its domains; one that holds them stays as it is.

    Within a transaction that has locked the campaign. Raises Conflict for a draft and a stopped
    one, and where a domain serves another campaign by now; that names the two.
    """
    if campaign.holds_domains:
        return
    if campaign.status != Campaign.Status.COMPLETED:
        raise Conflict(
            f'The campaign "{campaign}" is {campaign.status}; nothing of it is sent any more.',
            code="campaign_over",
        )
    hold_domains(campaign)
    campaign.status = Campaign.Status.RUNNING
    campaign.finished_at, campaign.outcome = None, ""
    campaign.save(update_fields=["status", "finished_at", "outcome", "updated_at"])
