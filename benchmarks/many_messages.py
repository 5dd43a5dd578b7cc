"""A campaign in full course with as many messages as wanted, made by the database."""

from __future__ import annotations

from benchmarks.database import execute, filling
from benchmarks.senders import draft_campaign
from campaigns.flow_building import pin_version
from campaigns.models import Audience, Campaign, DailyFigures, Enrollment, Message
from campaigns.preparing import prepare, rows_of
from leads.models import Lead
from mailsuite.lib import clock

_DAYS = 60
_DOMAINS = 4
_ENROLLMENTS, _MESSAGES = Enrollment._meta.db_table, Message._meta.db_table
_LEADS, _FIGURES = Lead._meta.db_table, DailyFigures._meta.db_table

_ADD_LEADS = f"""
INSERT INTO {_LEADS} (email, first_name, last_name, title, company, city, country, url, domain,
    status, list_name, source, tier, stage, score, tags, vars, image_key)
SELECT n || '@' || lower(%(name)s) || '.nl', '', '', '', 'Hotel', '', '', '', '', 'active',
    %(name)s, '', '', '', 0, '{{}}', '{{}}', ''
FROM generate_series(1, %(leads)s) AS n
"""

_ENROLL = f"""
INSERT INTO {_ENROLLMENTS} (campaign_id, lead_id, domain_id, position, status, end_reason,
    missing_variables, created_at)
SELECT %(campaign)s, id, (%(domains)s::bigint[])[1 + id %% {_DOMAINS}],
    row_number() OVER (ORDER BY id), 'active', '', '{{}}', %(now)s
FROM {_LEADS} WHERE list_name = %(name)s
"""

# Half of them sent over the last days, the other half to come.
_SEND = f"""
INSERT INTO {_MESSAGES} (campaign_id, enrollment_id, step_id, lead_id, domain_id, alias_id,
    template_version_id, mail_number, status, scheduled_at, not_before, sent_at, smtp_message_id,
    recipient, phase, retries, error)
SELECT %(campaign)s, enrollment.id, step.id, enrollment.lead_id, enrollment.domain_id, alias.id,
    %(version)s, step.mail_number, CASE WHEN step.mail_number <= 2 THEN 'sent' ELSE 'queued' END,
    %(now)s + (step.mail_number - 2.5) * enrollment.position %% {_DAYS} * interval '12 hours',
    NULL, CASE WHEN step.mail_number <= 2 THEN %(now)s - interval '1 day' END,
    enrollment.id || '.' || step.id || '@bench', '', '', 0, ''
FROM {_ENROLLMENTS} AS enrollment
JOIN campaigns_senderalias AS alias ON alias.domain_id = enrollment.domain_id,
    campaigns_flowstep AS step
WHERE enrollment.campaign_id = %(campaign)s AND step.version_id = %(flow)s AND step.mail_number > 0
"""

_COUNT = f"""
INSERT INTO {_FIGURES} (campaign_id, step_id, day, planned, canceled, sent, opened, machine_opened,
    clicked, replied, bounced, failed, unsubscribed, complained)
SELECT %(campaign)s, step.id, %(now)s::date - day, 0, 0, %(leads)s / {_DAYS}, 1, 1, 1, 1, 0, 0, 0, 0
FROM campaigns_flowstep AS step, generate_series(0, {_DAYS} - 1) AS day
WHERE step.version_id = %(flow)s AND step.mail_number > 0
"""


def launched_with_messages(name: str, messages: int) -> Campaign:
    """A running campaign called `name` with `messages` messages, half of them sent, in four mails
    to as many leads over four domains, and with figures of 60 days."""
    campaign = draft_campaign(name=name, domains=_DOMAINS)
    prepared, now = prepare(rows_of(campaign), clock.now()), clock.now()
    campaign.flow_version = pin_version(prepared.steps)
    campaign.status, campaign.launched_at = Campaign.Status.RUNNING, now
    campaign.save()
    leads = messages // len(prepared.mails)
    Audience.objects.filter(campaign=campaign).update(taken_at=now, enrolled_count=leads)
    values = {
        "name": name,
        "leads": leads,
        "campaign": campaign.pk,
        "flow": campaign.flow_version.pk,
        "version": prepared.mails[0].version.pk,
        "domains": [domain.pk for domain in prepared.rows.domains],
        "now": now,
    }
    with filling(_LEADS, _ENROLLMENTS, _MESSAGES):
        for statement in (_ADD_LEADS, _ENROLL, _SEND, _COUNT):
            execute(statement, values)
    return campaign
