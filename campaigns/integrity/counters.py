"""Figures that disagree with what they count (invariant I7), or cannot be."""

from __future__ import annotations

from campaigns.integrity.findings import Finding, Scope, find

# What each counter counts, as `figures.count()` is told to: messages, in the day of the first
# event of its kind. Those that failed are counted by their status, as a resend takes the failure
# back; the event of it stays.
_FACTS = """
    SELECT campaign_id, step_id, 'planned' AS counter, count(*) AS happened
    FROM campaigns_message GROUP BY campaign_id, step_id
    UNION ALL
    SELECT campaign_id, step_id, status, count(*)
    FROM campaigns_message WHERE status IN ('canceled', 'failed')
    GROUP BY campaign_id, step_id, status
    UNION ALL
    SELECT m.campaign_id, m.step_id,
           CASE WHEN e.kind = 'opened' AND e.actor <> 'human' THEN 'machine_opened' ELSE e.kind END,
           count(DISTINCT e.message_id)
    FROM campaigns_messageevent e JOIN campaigns_message m ON m.id = e.message_id
    WHERE e.kind NOT IN ('failed', 'auto_replied') AND (e.kind <> 'clicked' OR e.actor = 'human')
      AND (e.kind <> 'bounced' OR e.detail @> '{"hard": true}')
    GROUP BY 1, 2, 3
"""

_COUNTED = """
    SELECT f.campaign_id, f.step_id, v.counter, sum(v.counted) AS counted
    FROM campaigns_dailyfigures f
    CROSS JOIN LATERAL (VALUES
        ('planned', f.planned), ('canceled', f.canceled), ('sent', f.sent),
        ('opened', f.opened), ('machine_opened', f.machine_opened), ('clicked', f.clicked),
        ('replied', f.replied), ('bounced', f.bounced), ('failed', f.failed),
        ('unsubscribed', f.unsubscribed), ('complained', f.complained)
    ) AS v(counter, counted)
    GROUP BY f.campaign_id, f.step_id, v.counter
"""


def figures_that_drifted(scope: Scope) -> Finding | None:
    """I7: the daily figures, added up, equal the messages and events that they count."""
    return find(
        "counter drift: figures differ from what happened",
        f"""
        SELECT 'campaign ' || campaign_id || ', mail ' || s.mail_number || ': ' || counter
               || ' says ' || coalesce(counted, 0) || ', is ' || coalesce(happened, 0) AS offender
        FROM ({_FACTS}) AS facts
        FULL JOIN ({_COUNTED}) AS figures USING (campaign_id, step_id, counter)
        JOIN campaigns_flowstep s ON s.id = step_id
        WHERE coalesce(counted, 0) <> coalesce(happened, 0)
        """,  # noqa: S608 – constants of this module
        scope.parameters,
        mend="Set the counters of that campaign and mail to what the events say; then find "
        "who writes figures other than through campaigns.figures.",
    )


def marks_without_their_events(scope: Scope) -> Finding | None:
    """A message's own times are set by the first event of each kind."""
    return find(
        "counter drift: a message's marks differ from its events",
        """
        SELECT 'message ' || m.id || ': ' || mark.name AS offender
        FROM campaigns_message m
        LEFT JOIN (
            SELECT message_id,
                   bool_or(kind = 'sent') AS sent,
                   bool_or(kind = 'opened' AND actor = 'human') AS opened,
                   bool_or(kind = 'opened' AND actor <> 'human') AS machine_opened,
                   bool_or(kind = 'clicked' AND actor = 'human') AS clicked,
                   bool_or(kind = 'replied') AS replied,
                   bool_or(kind = 'bounced' AND detail @> '{"hard": true}') AS bounced
            FROM campaigns_messageevent GROUP BY message_id
        ) AS e ON e.message_id = m.id
        CROSS JOIN LATERAL (VALUES
            ('sent', m.sent_at, e.sent), ('opened', m.opened_at, e.opened),
            ('machine_opened', m.machine_opened_at, e.machine_opened),
            ('clicked', m.clicked_at, e.clicked), ('replied', m.replied_at, e.replied),
            ('bounced', m.bounced_at, e.bounced)
        ) AS mark(name, at, happened)
        WHERE (mark.at IS NOT NULL) <> coalesce(mark.happened, false)
        """,
        scope.parameters,
        mend="Record the missing event, or clear the mark that nothing stands for.",
    )


def impossible_counts(scope: Scope) -> Finding | None:
    """Nobody opens more mails than were sent, and no more come to an end than were planned.
    (Negative counts are refused by the database.)

    A machine may have opened what was never sent: a gateway that looks into a mail and then
    refuses it.
    """
    return find(
        "impossible counts",
        """
        SELECT 'campaign ' || campaign_id || ', mail ' || s.mail_number || ': ' || rule.name
               AS offender
        FROM (
            SELECT campaign_id, step_id, sum(planned) AS planned, sum(canceled) AS canceled,
                   sum(sent) AS sent, sum(opened) AS opened, sum(clicked) AS clicked,
                   sum(replied) AS replied, sum(bounced) AS bounced, sum(failed) AS failed,
                   sum(unsubscribed) AS unsubscribed, sum(complained) AS complained
            FROM campaigns_dailyfigures GROUP BY campaign_id, step_id
        ) AS f
        JOIN campaigns_flowstep s ON s.id = f.step_id
        CROSS JOIN LATERAL (VALUES
            ('more opened than sent', opened > sent),
            ('more clicked than sent', clicked > sent),
            ('more replied than sent', replied > sent),
            ('more unsubscribed than sent', unsubscribed > sent),
            ('more complained than sent', complained > sent),
            ('more bounced than can have been tried', bounced + failed + canceled > planned),
            ('more sent, failed and canceled than planned', sent + failed + canceled > planned)
        ) AS rule(name, broken)
        WHERE rule.broken
        """,
        scope.parameters,
        mend="Set the counters of that campaign and mail to what its messages and events say.",
    )


def throttles_that_drifted(scope: Scope) -> Finding | None:
    """I3, I7: a domain's count of its last day equals the gates passed on it. A day on which the
    policy was changed may have begun in another time zone."""
    return find(
        "counter drift: a domain's count of the day differs from its gates",
        """
        SELECT d.name || ' on ' || d.sent_on || ': says ' || d.sent_today || ', is ' || gates.passed
               AS offender
        FROM campaigns_sendingdomain d
        JOIN campaigns_sendingpolicy p ON p.id = d.policy_id
        CROSS JOIN LATERAL (
            SELECT count(*) AS passed FROM campaigns_sendattempt a
            WHERE a.domain_id = d.id AND a.gated_at >= d.sent_on::timestamp AT TIME ZONE p.timezone
              AND a.gated_at < (d.sent_on + 1)::timestamp AT TIME ZONE p.timezone
        ) AS gates
        WHERE d.sent_today <> gates.passed
          AND coalesce(greatest(p.changed_at, d.policy_since), '-infinity')
              < d.sent_on::timestamp AT TIME ZONE p.timezone
        """,
        scope.parameters,
        mend="The next day counts anew. If today's is too low, pause the domain until then; "
        "report a bug.",
    )
