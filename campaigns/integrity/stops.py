"""Mails that left though they must not have (invariants I1, I5).

What counts is the gate, SendAttempt.gated_at: from there on a mail could be on its way, whatever
came of it.
"""

from __future__ import annotations

from campaigns.integrity.findings import Finding, Scope, find

# Whoever stops something takes the time and then waits for the gates before it; and the clocks
# of two machines differ.
_WAIT = "interval '5 seconds'"
# An answer may lie in its mailbox until that is read. Of one that was read later than that, the
# event says when.
_POST = "interval '1 hour'"


def mails_accepted_twice(scope: Scope) -> Finding | None:
    """I1: a server takes each mail once."""
    return find(
        "mail accepted twice",
        """
        SELECT 'message ' || message_id || ', ' || count(*) || ' times' AS offender
        FROM campaigns_sendattempt
        WHERE outcome = 'accepted'
        GROUP BY message_id
        HAVING count(*) > 1
        """,
        scope.parameters,
        mend="Nothing can be taken back; report a bug, with the attempts of the message.",
    )


def mails_under_two_message_ids(scope: Scope) -> Finding | None:
    """S2: the Message-ID is fixed before the first attempt. One that changes breaks threads,
    and hides a second copy from the recipient's server."""
    return find(
        "mail with two Message-IDs",
        """
        SELECT 'message ' || m.id AS offender
        FROM campaigns_messagecontent c
        JOIN campaigns_message m ON m.id = c.message_id
        WHERE btrim(c.headers ->> 'Message-ID', '<>') <> m.smtp_message_id
        """,
        scope.parameters,
        mend="Answers to this mail cannot be matched; report a bug.",
    )


def mails_after_the_lead_was_taken_out(scope: Scope) -> Finding | None:
    return find(
        "mail sent after its lead was stopped or deleted",
        f"""
        SELECT 'message ' || m.id || ' to lead ' || l.id AS offender
        FROM leads_lead l
        JOIN campaigns_message m ON m.lead_id = l.id
        JOIN campaigns_sendattempt a ON a.message_id = m.id
        WHERE (l.stopped_at IS NOT NULL OR l.deleted_at IS NOT NULL)
          AND a.gated_at > least(l.stopped_at, l.deleted_at) + {_WAIT}
        """,  # noqa: S608 – constants
        scope.parameters,
        mend="Nothing can be taken back; report a bug, with the attempts of the message.",
    )


def mails_after_the_recipient_said_no(scope: Scope) -> Finding | None:
    """An opt-out or a complaint ends all campaigns, a dead address all mail to it, a reply its own
    campaign."""
    return find(
        "mail sent after the recipient replied, opted out, complained or bounced",
        f"""
        SELECT 'message ' || m.id || ', after message ' || p.id || ' was ' || e.kind AS offender
        FROM campaigns_messageevent e
        JOIN campaigns_message p ON p.id = e.message_id
        JOIN campaigns_message m ON m.lead_id = p.lead_id
        JOIN campaigns_sendattempt a
             ON a.message_id = m.id AND a.gated_at > coalesce(e.learned_at, e.at) + {_POST}
        WHERE e.kind IN ('unsubscribed', 'complained')
           OR (e.kind = 'bounced' AND e.detail @> '{{"hard": true}}'
               AND m.recipient = p.recipient)
           OR (e.kind = 'replied' AND m.enrollment_id = p.enrollment_id)
        """,  # noqa: S608 – constants
        scope.parameters,
        mend="Write to the recipient by hand, and report a bug.",
    )


def mails_after_the_flow_had_ended(scope: Scope) -> Finding | None:
    """A flow that failed and was taken up again by a resend has not ended."""
    return find(
        "mail sent after its flow had ended",
        f"""
        SELECT 'message ' || m.id || ', enrollment ' || e.id || ' ended ' || e.end_reason
               AS offender
        FROM campaigns_enrollment e
        JOIN campaigns_message m ON m.enrollment_id = e.id
        JOIN campaigns_sendattempt a ON a.message_id = m.id AND a.gated_at > e.ended_at + {_POST}
        WHERE e.status = 'ended'
        """,  # noqa: S608 – constants
        scope.parameters,
        mend="Nothing can be taken back; report a bug, with the attempts of the message.",
    )


def mails_after_the_suppression(scope: Scope) -> Finding | None:
    """By the database's clock, which is one for all, however fast business time goes: every
    attempt, whatever came of it."""
    return find(
        "mail sent after its address was suppressed",
        f"""
        SELECT 'message ' || m.id || ' to ' || m.recipient || ', suppressed ' || s.entered_at
               AS offender
        FROM campaigns_message m
        JOIN campaigns_sendattempt a ON a.message_id = m.id
        JOIN leads_suppression s ON s.scope = 'address' AND s.value = m.recipient
        WHERE a.passed_at > s.entered_at + {_WAIT}
        UNION ALL
        SELECT 'message ' || m.id || ' to ' || m.recipient || ', suppressed ' || s.entered_at
        FROM campaigns_message m
        JOIN campaigns_sendattempt a ON a.message_id = m.id
        JOIN leads_suppression s
             ON s.scope = 'domain' AND s.value = split_part(m.recipient, '@', 2)
        WHERE a.passed_at > s.entered_at + {_WAIT}
        """,  # noqa: S608 – constants
        scope.parameters,
        mend="Write to the recipient by hand, and report a bug.",
    )


def mails_out_of_halted_campaigns(scope: Scope) -> Finding | None:
    return find(
        "mail sent while its campaign was paused or over",
        f"""
        SELECT 'message ' || m.id || ' of campaign ' || c.id || ' (' || c.status || ')' AS offender
        FROM campaigns_message m
        JOIN campaigns_campaign c ON c.id = m.campaign_id
        JOIN campaigns_sendattempt a ON a.message_id = m.id
        WHERE (c.status = 'paused' AND a.gated_at > c.paused_at + {_WAIT})
           OR (c.status = 'stopped' AND a.gated_at > c.finished_at + {_WAIT})
        """,  # noqa: S608 – constants
        scope.parameters,
        mend="Nothing can be taken back; report a bug, with the attempts of the message.",
    )
