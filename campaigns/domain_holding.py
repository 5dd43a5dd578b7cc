"""Whose a sending domain is: one running or paused campaign's at a time."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from campaigns.models import Campaign, CampaignDomain, SendingDomain
from mailsuite.lib.errors import Conflict


def hold_domains(campaign: Campaign) -> None:
    """Make the campaign's domains busy; Conflict names the first that is and with what.

    Within a transaction. The locks, taken in one order, let two launches at the same moment come
    one after the other; the unique index stands behind them.
    """
    domain_ids = list(campaign.campaign_domains.values_list("domain_id", flat=True))
    rows = SendingDomain.objects.filter(pk__in=domain_ids).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))
    busy = busy_domains(domain_ids).exclude(campaign=campaign).first()
    if busy is not None:
        message = busy_message(busy)
        raise Conflict(message, fields={"domains": message}, code="domain_busy")
    campaign.campaign_domains.update(is_held=True)


def free_domains(campaign: Campaign) -> None:
    campaign.campaign_domains.update(is_held=False)


def busy_domains(domain_ids: Iterable[int]) -> QuerySet[CampaignDomain]:
    """Those of the domains that a campaign holds, with the campaign."""
    held = CampaignDomain.objects.filter(domain__in=list(domain_ids), is_held=True)
    return held.select_related("campaign", "domain").order_by("domain")


def busy_message(busy: CampaignDomain) -> str:
    return (
        f'{busy.domain} is busy with the campaign "{busy.campaign}" (id {busy.campaign_id}). '
        "Choose another domain, or wait until that one is completed or stop it."
    )
