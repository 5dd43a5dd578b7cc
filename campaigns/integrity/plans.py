"""Queued mails whose planned moment cannot be right (invariants I3, I4, I8, looked at ahead).

Only what a plan should be true of: not the mails of paused campaigns, which are planned when they
are resumed; not those of domains that wait to be planned anew; not those behind a mail of unknown
fate, which take no slot from anybody until that is settled.
"""

from __future__ import annotations

from campaigns.integrity.calendar import CALENDAR
from campaigns.integrity.findings import Finding, Scope, find

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
