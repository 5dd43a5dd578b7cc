"""Rows that do not fit together, or stand where nothing will ever take them further."""

from __future__ import annotations

from campaigns.integrity.findings import Finding, Scope, find


def messages_that_belong_elsewhere(scope: Scope) -> Finding | None:
    """A message repeats what its enrollment says, for speed; both must say the same."""
    return find(
        "message and enrollment disagree",
        """
        SELECT 'message ' || m.id || ' and enrollment ' || e.id AS offender
        FROM campaigns_message m
        JOIN campaigns_enrollment e ON e.id = m.enrollment_id
        JOIN campaigns_senderalias a ON a.id = m.alias_id
        JOIN campaigns_flowstep s ON s.id = m.step_id
        JOIN templates_app_templateversion v ON v.id = m.template_version_id
        WHERE (m.campaign_id, m.lead_id, m.domain_id)
                IS DISTINCT FROM (e.campaign_id, e.lead_id, e.domain_id)
           OR a.domain_id <> m.domain_id
           OR v.template_id IS DISTINCT FROM s.template_id
           OR s.mail_number IS DISTINCT FROM m.mail_number
        """,
        scope.parameters,
        mend="Stop the campaign and launch a duplicate of it; these rows were written by hand.",
    )


def active_enrollments_without_messages(scope: Scope) -> Finding | None:
    return find(
        "orphan: enrollment without a message",
        """
        SELECT 'enrollment ' || e.id || ' of campaign ' || e.campaign_id AS offender
        FROM campaigns_enrollment e
        JOIN campaigns_campaign c ON c.id = e.campaign_id
        WHERE e.status = 'active' AND c.status IN ('running', 'paused')
          AND NOT EXISTS (SELECT FROM campaigns_message m WHERE m.enrollment_id = e.id)
        """,
        scope.parameters,
        mend="Stop the lead, or put it into a new campaign: in this one it gets nothing.",
    )


def open_messages_of_ended_campaigns(scope: Scope) -> Finding | None:
    return find(
        "orphan: message still open in an ended campaign",
        """
        SELECT 'message ' || m.id || ' of campaign ' || m.campaign_id AS offender
        FROM campaigns_message m
        JOIN campaigns_campaign c ON c.id = m.campaign_id
        WHERE m.status IN ('queued', 'sending') AND c.status IN ('draft', 'completed', 'stopped')
        """,
        scope.parameters,
        mend="Stop the campaign again: that cancels what is still open.",
    )


def domains_held_for_nothing(scope: Scope) -> Finding | None:
    return find(
        "orphan: domain held by an ended campaign, or free under a running one",
        """
        SELECT d.name || ' and campaign ' || c.id || ' (' || c.status || ')' AS offender
        FROM campaigns_campaigndomain cd
        JOIN campaigns_campaign c ON c.id = cd.campaign_id
        JOIN campaigns_sendingdomain d ON d.id = cd.domain_id
        WHERE cd.is_held <> (c.status IN ('running', 'paused'))
        """,
        scope.parameters,
        mend="Stop the campaign again: that frees its domains.",
    )


def attempts_left_behind(scope: Scope) -> Finding | None:
    """The reaper runs each minute; what it left for a quarter of an hour it will not take."""
    return find(
        "message under way whose lease ran out long ago",
        """
        SELECT 'message ' || id || ' since ' || lease_until AS offender
        FROM campaigns_message
        WHERE status = 'sending' AND lease_until < now() - interval '15 minutes'
        """,
        scope.parameters,
        mend="See that worker and beat run: the task reap-expired-leases takes these over.",
    )


def mails_twice_in_one_enrollment(scope: Scope) -> Finding | None:
    return find(
        "duplicate step: the same mail twice for one lead",
        """
        SELECT 'enrollment ' || enrollment_id || ', mail ' || mail_number AS offender
        FROM campaigns_message
        GROUP BY enrollment_id, mail_number
        HAVING count(*) > 1
        """,
        scope.parameters,
        mend="Stop the lead before the second one leaves; these rows were written by hand.",
    )


def mails_planned_for_finished_leads(scope: Scope) -> Finding | None:
    return find(
        "next mail planned for a finished lead",
        """
        SELECT 'message ' || m.id || ', enrollment ' || e.status || ' ' || e.end_reason AS offender
        FROM campaigns_message m
        JOIN campaigns_enrollment e ON e.id = m.enrollment_id
        WHERE m.status IN ('queued', 'sending') AND e.status <> 'active'
        """,
        scope.parameters,
        mend="Stop the lead: that cancels what is planned for it.",
    )


def mails_beyond_the_flow(scope: Scope) -> Finding | None:
    return find(
        "step beyond the flow",
        """
        SELECT 'message ' || m.id || ', mail ' || m.mail_number || ' of campaign ' || c.id
               AS offender
        FROM campaigns_message m
        JOIN campaigns_campaign c ON c.id = m.campaign_id
        JOIN campaigns_flowstep s ON s.id = m.step_id
        WHERE s.version_id IS DISTINCT FROM c.flow_version_id
           OR m.mail_number > (
               SELECT count(*) FROM campaigns_flowstep o
               WHERE o.version_id = c.flow_version_id AND o.kind = 'send'
           )
        """,
        scope.parameters,
        mend="Stop the campaign and launch a duplicate of it: its flow was changed under it.",
    )


def mails_that_nothing_frees(scope: Scope) -> Finding | None:
    """A mail waits for the one ahead of it to be sent, which has to be still to come: queued,
    under way, or of a fate to be settled."""
    return find(
        "orphan: mail that waits for one that will not come",
        """
        SELECT 'message ' || m.id || ' (mail ' || m.mail_number || ') of enrollment '
               || m.enrollment_id AS offender
        FROM campaigns_message m
        JOIN campaigns_enrollment e ON e.id = m.enrollment_id AND e.status = 'active'
        JOIN campaigns_campaign c ON c.id = m.campaign_id AND c.status IN ('running', 'paused')
        WHERE m.status = 'queued' AND m.not_before IS NULL AND NOT EXISTS (
            SELECT FROM campaigns_message ahead
            WHERE ahead.enrollment_id = m.enrollment_id AND ahead.mail_number < m.mail_number
              AND ahead.status IN ('queued', 'sending', 'unknown')
        )
        """,
        scope.parameters,
        mend="Stop the lead: it gets nothing more, and its campaign would never be completed.",
    )


def mails_that_passed_no_gate(scope: Scope) -> Finding | None:
    return find(
        "mail sent or of unknown fate that passed no gate",
        """
        SELECT 'message ' || m.id || ' (' || m.status || ')' AS offender
        FROM campaigns_message m
        WHERE m.status IN ('sent', 'unknown') AND NOT EXISTS (
            SELECT FROM campaigns_sendattempt a
            WHERE a.message_id = m.id AND a.gated_at IS NOT NULL
        )
        """,
        scope.parameters,
        mend="Find who writes messages other than through campaigns.sending: these took no slot "
        "and were held against no rule.",
    )
