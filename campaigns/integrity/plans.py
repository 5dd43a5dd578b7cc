"""Queued mails whose planned moment cannot be right (invariants I3, I4, I8, looked at ahead).

Only what a plan should be true of: not the mails of paused campaigns, which are planned when they
are resumed; not those of domains that wait to be planned anew; not those behind a mail of unknown
fate, which take no slot from anybody until that is settled.
"""

from __future__ import annotations

from campaigns.integrity.calendar import CALENDAR
from campaigns.integrity.findings import Finding, Scope, find
from campaigns.integrity.pacing import CAP

_PLANNED = """
    SELECT m.id, m.enrollment_id, m.campaign_id, m.domain_id, m.mail_number, m.scheduled_at,
           d.name AS domain, p.id AS policy_id, p.timezone, p.interval_minutes
    FROM campaigns_message m
    JOIN campaigns_campaign c ON c.id = m.campaign_id AND c.status = 'running'
    JOIN campaigns_enrollment e ON e.id = m.enrollment_id AND e.status = 'active'
    JOIN campaigns_sendingdomain d ON d.id = m.domain_id AND NOT d.needs_replanning
    JOIN campaigns_sendingpolicy p ON p.id = d.policy_id
    WHERE m.status = 'queued' AND NOT EXISTS (
        SELECT FROM campaigns_message ahead
        WHERE ahead.enrollment_id = m.enrollment_id AND ahead.status = 'unknown'
    )
"""
_MEND = (
    "Pause the domain and resume it: that plans its mails anew within a minute. If it comes "
    "again, report a bug."
)


def plans_outside_the_window(scope: Scope) -> Finding | None:
    """I4: each slot lies in the window of a sending day, of the policy and of the campaign."""
    return find(
        "mail planned outside its window",
        f"""
        {CALENDAR}
        SELECT 'message ' || m.id || ' on ' || m.domain || ' at '
               || to_char(m.scheduled_at AT TIME ZONE m.timezone, 'YYYY-MM-DD HH24:MI') AS offender
        FROM ({_PLANNED}) AS m
        LEFT JOIN calendar k ON k.campaign_id = m.campaign_id AND k.policy_id = m.policy_id
              AND k.day = (m.scheduled_at AT TIME ZONE m.timezone)::date
        WHERE k.opens IS NULL OR m.scheduled_at < k.opens OR m.scheduled_at >= k.closes
        """,  # noqa: S608 – constants
        scope.parameters,
        mend=_MEND,
    )


def two_plans_for_one_slot(scope: Scope) -> Finding | None:
    """I3: the slots ahead of a domain with a pause lie at least that apart. Those that have come
    may lie closer: the throttle lets what is late out one by one, and each keeps its own."""
    return find(
        "two mails planned in one slot",
        f"""
        SELECT 'message ' || id || ' on ' || domain || ', '
               || date_trunc('second', scheduled_at - before) || ' after the one before it'
               AS offender
        FROM (
            SELECT m.*, lag(scheduled_at) OVER (
                PARTITION BY domain_id ORDER BY scheduled_at, id) AS before
            FROM ({_PLANNED}) AS m
            WHERE scheduled_at > %(now)s
        ) AS planned
        WHERE scheduled_at - before < make_interval(mins => interval_minutes)
        """,  # noqa: S608 – constants
        scope.parameters,
        mend=_MEND,
    )


def more_plans_than_the_cap(scope: Scope) -> Finding | None:
    """I3: on no local day from today on are more mails planned than the policy and the ramp-up of
    their domain allow, with what has left today. A day with mails raises the ramp of those after
    it."""
    return find(
        "more mails planned for a day than the cap",
        f"""
        WITH planned AS (
            SELECT m.domain_id AS id, (m.scheduled_at AT TIME ZONE m.timezone)::date AS day,
                   count(*) AS mails
            FROM ({_PLANNED}) AS m
            GROUP BY 1, 2
        ), past AS (
            SELECT d.id, (a.gated_at AT TIME ZONE p.timezone)::date AS day, count(*) AS mails
            FROM campaigns_sendattempt a
            JOIN campaigns_sendingdomain d ON d.id = a.domain_id
            JOIN campaigns_sendingpolicy p ON p.id = d.policy_id
            WHERE a.gated_at >= CASE WHEN d.ramp_start IS NULL THEN %(now)s - interval '1 day'
                ELSE coalesce(d.ramp_since::timestamp AT TIME ZONE p.timezone, '-infinity') END
            GROUP BY 1, 2
        ), days AS (
            SELECT d.id, day, coalesce(planned.mails, 0) AS planned,
                   coalesce(past.mails, 0) AS past,
                   row_number() OVER (PARTITION BY d.id ORDER BY day) - 1 AS days_before
            FROM planned FULL JOIN past USING (id, day)
            JOIN campaigns_sendingdomain d USING (id)
            JOIN campaigns_sendingpolicy p ON p.id = d.policy_id
            WHERE past.mails > 0 OR day >= (%(now)s AT TIME ZONE p.timezone)::date
        )
        SELECT d.name || ' on ' || day || ': ' || days.planned + days.past || ' of ' || cap
               AS offender
        FROM days
        JOIN campaigns_sendingdomain d USING (id)
        JOIN campaigns_sendingpolicy p ON p.id = d.policy_id
        CROSS JOIN LATERAL (SELECT {CAP} AS cap) AS allowed
        WHERE days.planned > 0 AND day >= (%(now)s AT TIME ZONE p.timezone)::date
          AND days.planned + days.past > cap
        """,  # noqa: S608 – constants
        scope.parameters,
        mend=_MEND,
    )


def plans_before_their_turn(scope: Scope) -> Finding | None:
    """I8: a mail of the flow is planned after the one ahead of it."""
    return find(
        "mail planned before the one ahead of it",
        f"""
        SELECT 'message ' || id || ' (mail ' || mail_number || '), '
               || date_trunc('second', before - scheduled_at) || ' before mail ' || before_number
               AS offender
        FROM (
            SELECT m.*, lag(scheduled_at) OVER flow AS before,
                   lag(mail_number) OVER flow AS before_number
            FROM ({_PLANNED}) AS m
            WINDOW flow AS (PARTITION BY enrollment_id ORDER BY mail_number)
        ) AS planned
        WHERE scheduled_at < before
        """,  # noqa: S608 – constants
        scope.parameters,
        mend=_MEND,
    )
