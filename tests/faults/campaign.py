"""The campaign that is being sent while things break: domains, leads and a flow of mails."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection

from campaigns.flow_saving import StepDraft, create_flow
from campaigns.lifecycle import launch
from campaigns.models import (
    Audience,
    Campaign,
    CampaignDomain,
    SenderAlias,
    SendingAccount,
    SendingDomain,
    SendingPolicy,
)
from leads.models import Lead
from templates_app.models import Template
from templates_app.saving import save_template

STEPS = 4
WORKDAYS_BETWEEN = 3
_EMPTIED_APPS = ("campaigns", "leads", "tracking")


@dataclass(frozen=True)
class Size:
    """What is sent. `policy` and `account` are fields that differ from the defaults."""

    domains: int = 5
    leads_a_domain: int = 100
    policy: dict[str, Any] = field(default_factory=dict)
    account: dict[str, Any] = field(default_factory=dict)


def templates() -> list[Template]:
    """One a step; which step it is, the subject says in words that the mail server reads."""
    made = []
    for step in range(1, STEPS + 1):
        name = f"Step {step}"
        known = Template.objects.filter(name=name).first()
        made.append(
            known
            or save_template(
                name=name,
                subject=f"Mail {step} for {{{{ lead.company }}}}",
                html='<p>Dag {{ lead.company }}, <a href="https://punthelder.nl/">lees</a></p>',
            ).template
        )
    return made


def empty_tables() -> None:
    """Each fault begins with nothing; ids go on, so that nothing of before is taken for it."""
    tables = [model._meta.db_table for app in _EMPTIED_APPS
              for model in apps.get_app_config(app).get_models()]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '20s'")
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        cursor.execute("SET lock_timeout = 0")


def launch_campaign(size: Size, smtp_port: int, now: datetime) -> Campaign:
    """Make all of it and let it run from `now` on (business time)."""
    address = {"host": "127.0.0.1", "port": smtp_port, "security": "none"}
    account = SendingAccount.objects.create(name="the mail server", **(address | size.account))
    policy = SendingPolicy.objects.create(name="office hours", **size.policy)
    campaign = Campaign.objects.create(name="under fault", flow_id=_flow())
    for number in range(size.domains):
        domain = SendingDomain.objects.create(
            name=f"sender{number}.example", policy=policy, account=account
        )
        SenderAlias.objects.create(domain=domain, name="christian", sender_name="Christian")
        CampaignDomain.objects.create(campaign=campaign, domain=domain, position=number)
    Lead.objects.bulk_create(
        Lead(
            email=f"lead{number}@hotel{number}.example",
            company=f"Hotel {number}",
            domain=f"hotel{number}.example",
            url=f"https://hotel{number}.example/",
        )
        for number in range(size.domains * size.leads_a_domain)
    )
    Audience.objects.create(campaign=campaign, mode=Audience.Mode.ALL)
    return launch(campaign, now).campaign


def _flow() -> int:
    wait = StepDraft(kind="wait", delay=WORKDAYS_BETWEEN, delay_unit="workdays")
    steps: list[StepDraft] = []
    for template in templates():
        steps += [wait] if steps else []
        steps.append(StepDraft(kind="send", template_id=template.pk, alias_name="christian"))
    return create_flow(name="four mails", description="", steps=steps).pk
