"""Mails that left too soon, too late, too close together or too many (invariants I3, I4, I8).

Gates are the business time of SendAttempt.gated_at: the moment from which a mail could be on
its way, whatever the server then said.
"""

from __future__ import annotations

from campaigns.integrity.calendar import PAST_CALENDAR
from campaigns.integrity.findings import Finding, Scope, find

# Since when domain `d` has kept to its policy `p` as it is. A gate that was being passed while the
# policy was changed may have read the old one.
_RULES_SINCE = """
    coalesce(greatest(p.changed_at, d.policy_since) + interval '1 minute', '-infinity')
"""
# How many mails domain `d` may send on a day, by its policy `p` and its ramp-up, with
# `days_before` days of sending behind it (see scheduling/ramp.py).
CAP = """
    least(p.daily_cap, CASE WHEN d.ramp_start IS NOT NULL THEN least(
        greatest(coalesce(d.ramp_ceiling, p.daily_cap), d.ramp_start),
        d.ramp_start + d.ramp_step::bigint * days_before) END)
"""
_MEND = "Pause the domain and report a bug, with the attempts of the messages."


def two_mails_in_one_slot(scope: Scope) -> Finding | None:
    """I3: the gates of a domain lie at least the policy's interval apart."""
    return find(
        "two mails in one slot",
        f"""
        SELECT 'message ' || gate.message_id || ' on ' || d.name || ', '
               || date_trunc('second', gate.gated_at - gate.before) || ' after the one before it'
               AS offender
        FROM (
            SELECT domain_id, message_id, gated_at,
                   lag(gated_at) OVER (PARTITION BY domain_id ORDER BY gated_at, id) AS before
            FROM campaigns_sendattempt
            WHERE gated_at >= %(since)s
        ) AS gate
        JOIN campaigns_sendingdomain d ON d.id = gate.domain_id
        JOIN campaigns_sendingpolicy p ON p.id = d.policy_id
        WHERE gate.gated_at - gate.before < make_interval(mins => p.interval_minutes)
          AND gate.before >= {_RULES_SINCE}
        """,  # noqa: S608 – constants
        scope.parameters,
        mend=_MEND,
    )


def more_than_the_cap(scope: Scope) -> Finding | None:
    """I3: no more gates of a domain in a local day than its policy and its ramp-up allow.

    The first day that is judged is seen in part only, which can hide a finding and never makes
    one. On a ramp the days before it are looked at too: their number sets the cap.
    """
    return find(
        "more mails in a day than the cap",
        f"""
        WITH days AS (
            SELECT d.id, day, count(*) FILTER (
                       WHERE a.gated_at >= %(since)s AND a.gated_at >= {_RULES_SINCE}) AS gates,
                   row_number() OVER (PARTITION BY d.id, day >= coalesce(d.ramp_since, day)
                                      ORDER BY day) - 1 AS days_before
            FROM campaigns_sendattempt a
            JOIN campaigns_sendingdomain d ON d.id = a.domain_id
            JOIN campaigns_sendingpolicy p ON p.id = d.policy_id
            CROSS JOIN LATERAL (SELECT (a.gated_at AT TIME ZONE p.timezone)::date AS day) AS local
            WHERE a.gated_at >= %(since)s OR (d.ramp_start IS NOT NULL AND a.gated_at IS NOT NULL)
            GROUP BY d.id, day
        )
        SELECT d.name || ' on ' || day || ': ' || gates || ' of ' || cap AS offender
        FROM days
        JOIN campaigns_sendingdomain d USING (id)
        JOIN campaigns_sendingpolicy p ON p.id = d.policy_id
        CROSS JOIN LATERAL (SELECT {CAP} AS cap) AS allowed
        WHERE gates > cap
        """,  # noqa: S608 – constants
        scope.parameters,
        mend=_MEND,
    )


def more_than_the_campaigns_limit(scope: Scope) -> Finding | None:
    """P5: a campaign's own daily limit holds over all its domains together."""
    return find(
        "more mails in a day than the campaign's limit",
        f"""
        SELECT 'campaign ' || c.id || ' on ' || day || ': ' || count(*) || ' of ' || c.daily_limit
               AS offender
        FROM campaigns_sendattempt a
        JOIN campaigns_message m ON m.id = a.message_id
        JOIN campaigns_campaign c ON c.id = m.campaign_id
        JOIN campaigns_sendingdomain d ON d.id = a.domain_id
        JOIN campaigns_sendingpolicy p ON p.id = d.policy_id
        CROSS JOIN LATERAL (SELECT (a.gated_at AT TIME ZONE p.timezone)::date AS day) AS local
        WHERE a.gated_at >= %(since)s AND c.daily_limit IS NOT NULL
          AND a.gated_at >= {_RULES_SINCE}
        GROUP BY c.id, c.daily_limit, day
        HAVING count(*) > c.daily_limit
        """,  # noqa: S608 – constants
        scope.parameters,
        mend="Pause the campaign and report a bug, with the attempts of its messages.",
    )


def mails_outside_the_window(scope: Scope) -> Finding | None:
    """I4: a mail leaves in the window of a sending day; in the grace behind it only where its
    slot had come before the window closed.

    The slot is the one that the attempt was made for; the message has had a later one since, if
    it was tried again. Where an attempt doesn't tell, the grace is taken for right.
    """
    return find(
        "mail outside its window",
        f"""
        {PAST_CALENDAR}
        SELECT 'message ' || m.id || ' on ' || d.name || ' at '
               || to_char(a.gated_at AT TIME ZONE p.timezone, 'YYYY-MM-DD HH24:MI') AS offender
        FROM campaigns_sendattempt a
        JOIN campaigns_message m ON m.id = a.message_id
        JOIN campaigns_sendingdomain d ON d.id = a.domain_id
        JOIN campaigns_sendingpolicy p ON p.id = d.policy_id
        LEFT JOIN calendar k ON k.campaign_id = m.campaign_id AND k.policy_id = p.id
              AND k.day = (a.gated_at AT TIME ZONE p.timezone)::date
        WHERE a.gated_at >= %(since)s AND a.gated_at >= {_RULES_SINCE}
          AND (k.opens IS NULL OR a.gated_at < k.opens OR a.gated_at >= CASE
                WHEN a.scheduled_at >= k.closes THEN k.closes ELSE k.grace_ends END)
        """,  # noqa: S608 – constants
        scope.parameters,
        mend=_MEND,
    )


def mails_before_their_turn(scope: Scope) -> Finding | None:
    """I8: a mail of the flow leaves after the one ahead of it, and never without it."""
    return find(
        "mail sent before the one ahead of it",
        """
        SELECT 'message ' || m.id || ' (mail ' || m.mail_number || ') ahead of message ' || p.id
               AS offender
        FROM campaigns_message m
        JOIN campaigns_message p
             ON p.enrollment_id = m.enrollment_id AND p.mail_number = m.mail_number - 1
        WHERE m.sent_at >= %(since)s AND (p.sent_at IS NULL OR p.sent_at > m.sent_at)
        """,
        scope.parameters,
        mend="Nothing can be taken back; report a bug, with the attempts of both messages.",
    )


def mails_sooner_than_their_offset(scope: Scope) -> Finding | None:
    """I8: at least the waits between two mails lie between their sendings. Waits in different
    units between the same two mails are held against the flow one by one. The waits were counted
    when the mail before had left, so that is what has to lie behind a change of the policy."""
    return find(
        "mail sent sooner than its offset",
        f"""
        {PAST_CALENDAR}
        SELECT 'message ' || m.id || ' (mail ' || m.mail_number || '), '
               || (local.day - before.day) || ' days after mail ' || b.mail_number AS offender
        FROM campaigns_message m
        JOIN campaigns_message b
             ON b.enrollment_id = m.enrollment_id AND b.mail_number = m.mail_number - 1
        JOIN campaigns_flowstep ms ON ms.id = m.step_id
        JOIN campaigns_flowstep bs ON bs.id = b.step_id
        JOIN campaigns_sendingdomain d ON d.id = m.domain_id
        JOIN campaigns_sendingpolicy p ON p.id = d.policy_id
        CROSS JOIN LATERAL (SELECT (m.sent_at AT TIME ZONE p.timezone)::date AS day) AS local
        CROSS JOIN LATERAL (SELECT (b.sent_at AT TIME ZONE p.timezone)::date AS day) AS before
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(w.delay) FILTER (WHERE w.delay_unit = 'workdays'), 0) AS workdays,
                   coalesce(sum(w.delay) FILTER (WHERE w.delay_unit = 'days'), 0) AS days,
                   coalesce(sum(w.delay) FILTER (WHERE w.delay_unit = 'hours'), 0) AS hours
            FROM campaigns_flowstep w
            WHERE w.version_id = ms.version_id AND w.kind = 'wait'
              AND w.position > bs.position AND w.position < ms.position
        ) AS wait
        LEFT JOIN calendar kl ON kl.campaign_id = m.campaign_id
              AND kl.policy_id = p.id AND kl.day = local.day
        LEFT JOIN calendar kb ON kb.campaign_id = m.campaign_id
              AND kb.policy_id = p.id AND kb.day = before.day
        WHERE m.sent_at >= %(since)s AND b.sent_at >= {_RULES_SINCE}
          AND (m.sent_at < b.sent_at + make_interval(hours => wait.hours::int)
               OR local.day < before.day + wait.days::int
               OR kl.workday_number < kb.workday_number + wait.workdays)
        """,  # noqa: S608 – constants
        scope.parameters,
        mend=_MEND,
    )
