"""Domains to send from, and what a campaign sends: set up by the product's own services."""

from __future__ import annotations

from campaigns.flow_building import add_version
from campaigns.models import (
    Campaign,
    Flow,
    FlowStep,
    SenderAlias,
    SendingAccount,
    SendingDomain,
    SendingPolicy,
)
from campaigns.wizard import CampaignDraft, create_campaign
from templates_app.saving import save_template

# The default flow: the workdays that each mail waits after the one before.
WAITS = (0, 3, 3, 3)


def draft_campaign(
    name: str = "Vindbaarheid", *, domains: int, waits: tuple[int, ...] = WAITS
) -> Campaign:
    """A draft for all leads, one per web domain, over as many domains as wanted, under the
    default policy with Dutch holidays; a mail for each of `waits`, in workdays."""
    policy = SendingPolicy.objects.create(name=name)
    account = SendingAccount.objects.create(name=name, host="127.0.0.1", port=1)
    names = [f"{name.lower()}-{number}.nl" for number in range(domains)]
    for host in names:
        domain = SendingDomain.objects.create(name=host, policy=policy, account=account)
        SenderAlias.objects.create(domain=domain, name="christian", sender_name="Christian")
    return create_campaign(
        CampaignDraft(
            name=name,
            flow_id=_flow(name, waits).pk,
            domains=names,
            mode="all",
            one_per_domain=True,
        )
    )


def _flow(name: str, waits: tuple[int, ...]) -> Flow:
    flow = Flow.objects.create(name=name)
    template = save_template(
        name=name, subject="Een vraag", html="<p>Hoe goed bent u vindbaar?</p>"
    ).template
    steps: list[FlowStep] = []
    for wait in waits:
        if steps:
            unit = FlowStep.DelayUnit.WORKDAYS
            steps.append(FlowStep(kind=FlowStep.Kind.WAIT, delay=wait, delay_unit=unit))
        steps.append(FlowStep(kind=FlowStep.Kind.SEND, template=template, alias_name="christian"))
    add_version(flow, steps)
    return flow
