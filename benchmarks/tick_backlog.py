"""A thousand sending domains, each with a mail that is due, and a backlog behind it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection

from benchmarks.many_leads import make_leads
from campaigns.models import (
    Campaign,
    CampaignDomain,
    FlowStep,
    FlowVersion,
    SenderAlias,
    SendingAccount,
    SendingDomain,
    SendingPolicy,
)
from templates_app.models import Template, TemplateVersion

# A Monday, 10:00 in Amsterdam: the window is open.
NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
DOMAINS = 1_000
MAILS_A_FLOW = 2
_LEADS = 10_000
_SLOTS_A_DAY = 27

_ENROLLMENTS = """
INSERT INTO campaigns_enrollment
    (campaign_id, domain_id, lead_id, position, status, end_reason, missing_variables, created_at)
SELECT held.campaign_id, held.domain_id, (SELECT min(id) FROM leads_lead) + place %% %(leads)s,
    place, 'active', '', '{}', %(now)s
FROM campaigns_campaigndomain held, generate_series(%(first)s, %(last)s - 1) AS place
ORDER BY place, held.domain_id
"""
# Mail 1 of enrollment 0 had its slot a minute ago, each one after it 20 minutes later, 27 a day;
# its follow-up comes nine days later and waits for it.
_MESSAGES = """
INSERT INTO campaigns_message
    (campaign_id, enrollment_id, step_id, lead_id, domain_id, alias_id, template_version_id,
     mail_number, status, scheduled_at, not_before, smtp_message_id, recipient, phase, retries,
     error)
SELECT e.campaign_id, e.id, step.id, e.lead_id, e.domain_id, alias.id, version.id,
    step.mail_number, 'queued',
    %(now)s - interval '1 minute' + e.position / %(slots)s * interval '1 day'
        + e.position %% %(slots)s * interval '20 minutes'
        + (step.mail_number - 1) * interval '9 days',
    CASE step.mail_number WHEN 1 THEN %(now)s - interval '1 hour' END,
    e.id || '.' || step.mail_number || '@sender.example', '', '', 0, ''
FROM campaigns_enrollment e
JOIN campaigns_senderalias alias ON alias.domain_id = e.domain_id
CROSS JOIN campaigns_flowstep step
CROSS JOIN templates_app_templateversion version
WHERE e.position >= %(first)s AND e.position < %(last)s
ORDER BY e.domain_id, step.mail_number, e.position
"""


def make_domains() -> None:
    """The domains under the default policy, each held by a running campaign of its own."""
    policy = SendingPolicy.objects.create(name="Dutch office hours")
    account = SendingAccount.objects.create(name="Account", host="127.0.0.1")
    domains = SendingDomain.objects.bulk_create(
        SendingDomain(name=f"sender-{n}.example", policy=policy, account=account)
        for n in range(DOMAINS)
    )
    SenderAlias.objects.bulk_create(
        SenderAlias(domain=domain, name="christian", sender_name="Christian") for domain in domains
    )
    running, version = Campaign.Status.RUNNING, _flow_version()
    campaigns = Campaign.objects.bulk_create(
        Campaign(name=domain.name, status=running, flow_version=version, launched_at=NOW)
        for domain in domains
    )
    CampaignDomain.objects.bulk_create(
        CampaignDomain(campaign=campaign, domain=domain, position=0, is_held=True)
        for campaign, domain in zip(campaigns, domains, strict=True)
    )
    make_leads(_LEADS, mailable=True)


def grow_backlog(messages: int) -> None:
    """Add messages until there are `messages`, the same number for each domain."""
    first, last = (count // DOMAINS // MAILS_A_FLOW for count in (_messages_so_far(), messages))
    values: dict[str, Any] = {
        "first": first,
        "last": last,
        "now": NOW,
        "leads": _LEADS,
        "slots": _SLOTS_A_DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENROLLMENTS, values)
        cursor.execute(_MESSAGES, values)
        # As autovacuum would have done by the time that a day's mails are planned.
        cursor.execute("VACUUM ANALYZE")


def _messages_so_far() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM campaigns_message")
        return int(cursor.fetchone()[0])


def _flow_version() -> FlowVersion:
    """Two mails; their waits don't matter to a tick."""
    version = FlowVersion.objects.create()
    template = Template.objects.create(name="Mail")
    TemplateVersion.objects.create(template=template, number=1, subject="Mail", html="<p>Mail</p>")
    FlowStep.objects.bulk_create(
        FlowStep(
            version=version,
            kind=FlowStep.Kind.SEND,
            position=number,
            mail_number=number,
            template=template,
        )
        for number in range(1, MAILS_A_FLOW + 1)
    )
    return version
