"""What a marketer and their administrator set up before the first campaign, and its launch."""

from __future__ import annotations

from dataclasses import dataclass

from django_celery_beat.models import PeriodicTask

from campaigns.defaults import Example, set_up_example
from campaigns.models import SendingAccount
from leads.models import Lead
from mailsuite.demo.api import Api

LIST_NAME = "Horeca Nederland"
_CAMPAIGN = "Vindbaarheid voorjaar 2026"


def set_up_senders(smtp_port: int) -> Example:
    """The four example domains with their senders, policy, flow and templates, all of them
    sending through the mail server on this port."""
    # These domains are made up, and nothing of the demo asks the world outside.
    PeriodicTask.objects.filter(task="campaigns.tasks.check_domains").update(enabled=False)
    account = SendingAccount.objects.create(
        name="Mail server of the demo",
        host="127.0.0.1",
        port=smtp_port,
        security=SendingAccount.Security.NONE,
    )
    return set_up_example(account)


@dataclass(frozen=True, slots=True)
class Launched:
    """The campaign, and who must get its mails: the addresses of all leads that it was launched
    for and that have a company, which is what the four mails can't do without."""

    campaign_id: str
    recipients: frozenset[str]


def launch(api: Api, example: Example, leads: int | None) -> Launched:
    """Create and launch the campaign by one POST.

    It is for the first `leads` of the list, None: for the whole of it.
    """
    chosen = Lead.objects.mailable().filter(list_name=LIST_NAME).order_by("id")[:leads]
    audience: dict[str, object] = {"mode": "list", "list_name": LIST_NAME}
    if leads is not None:
        audience = {"mode": "leads", "lead_ids": [str(lead.pk) for lead in chosen]}
    payload = {
        "name": _CAMPAIGN,
        "flow_id": str(example.flow.pk),
        "audience": {
            **audience,
            "exclude_suppressed": True,
            "exclude_recent_days": 14,
            "one_per_domain": True,
        },
        "schedule": {"start_mode": "now", "start_at": None},
        "domains": [domain.name for domain in example.domains],
        "followup": {"enabled": False},
    }
    campaign = api.post("/campaigns", payload, idempotency_key="the-campaign-of-the-demo")
    recipients = frozenset(lead.email for lead in chosen if lead.company.strip())
    return Launched(str(campaign["id"]), recipients)
