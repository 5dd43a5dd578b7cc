"""Campaigns that are ready to be launched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.models import Campaign, FlowVersion, Message, SendingDomain
from tests.factories import (
    AudienceFactory,
    CampaignDomainFactory,
    CampaignFactory,
    FlowFactory,
    FlowStepFactory,
    FlowVersionFactory,
    SenderAliasFactory,
    SendingDomainFactory,
    TemplateFactory,
    WaitFactory,
)

# A Monday in Amsterdam: before the window, at its opening, inside it.
EARLY = datetime(2026, 6, 1, 4, tzinfo=UTC)
OPENING = datetime(2026, 6, 1, 6, tzinfo=UTC)
MORNING = datetime(2026, 6, 1, 8, 7, tzinfo=UTC)


def a_domain(**fields: Any) -> SendingDomain:
    """A domain with the aliases christian and victor."""
    domain = SendingDomainFactory(**fields)
    SenderAliasFactory(domain=domain, name="christian")
    SenderAliasFactory(domain=domain, name="victor")
    return domain


def a_draft(
    *domains: SendingDomain,
    mode: str = "all",
    audience: dict[str, Any] | None = None,
    **fields: Any,
) -> Campaign:
    """A draft for all leads on `domains` (one of its own by default), one mail long."""
    if not {"template", "flow"} & fields.keys():
        fields["template"] = TemplateFactory()
    draft = CampaignFactory(status="draft", flow_version=None, launched_at=None, **fields)
    for position, domain in enumerate(domains or [a_domain()]):
        CampaignDomainFactory(campaign=draft, domain=domain, position=position)
    AudienceFactory(campaign=draft, mode=mode, **(audience or {}))
    return draft


def a_flow(mails: int = 4, *, delay: int = 3, aliases: Sequence[str] = ()) -> FlowVersion:
    """Mails `delay` workdays apart, each from its alias of `aliases` where there is one."""
    version = FlowVersionFactory(flow=FlowFactory())
    for number in range(1, mails + 1):
        alias = aliases[number - 1] if aliases else ""
        FlowStepFactory(version=version, mail_number=number, alias_name=alias)
        if number < mails:
            WaitFactory(version=version, position=2 * number, delay=delay)
    return version


def slots(campaign: Campaign, mail_number: int = 1) -> list[str]:
    """When its mails go, in order, as Amsterdam reads the clock: "Mon 08:20"."""
    messages = Message.objects.filter(campaign=campaign, mail_number=mail_number)
    moments = messages.order_by("scheduled_at").values_list("scheduled_at", flat=True)
    return [f"{at.astimezone(ZoneInfo('Europe/Amsterdam')):%a %d %H:%M}" for at in moments]
