"""What a marketer and their administrator set up before the first campaign, and its launch."""

from __future__ import annotations

from campaigns.defaults import Example, set_up_example
from campaigns.models import SendingAccount
from leads.models import Lead
from mailsuite.demo.api import Api

LIST_NAME = "Horeca Nederland"
_CAMPAIGN = "Vindbaarheid voorjaar 2026"


def set_up_senders(smtp_port: int) -> Example:
    """The four example domains with their senders, policy, flow and templates, all of them
    sending through the mail server on this port."""
    account = SendingAccount.objects.create(
        name="Mail server of the demo",
        host="127.0.0.1",
        port=smtp_port,
        security=SendingAccount.Security.NONE,
    )
    return set_up_example(account)


def launch(api: Api, example: Example, leads: int | None) -> str:
    """Create and launch the campaign by one POST; answer its id.

    It is for the first `leads` of the list, None: for the whole of it.
    """
    audience: dict[str, object] = {"mode": "list", "list_name": LIST_NAME}
    if leads is not None:
        first = Lead.objects.mailable().order_by("id").values_list("id", flat=True)[:leads]
        audience = {"mode": "leads", "lead_ids": [str(pk) for pk in first]}
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
    return str(campaign["id"])
