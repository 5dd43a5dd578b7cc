"""Does the ledger keep its promises? One small check for each rule, all of them by reading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from campaigns.integrity import counters, pacing, plans, stops, structure
from campaigns.integrity.calendar import CalendarDays
from campaigns.integrity.findings import Check, Finding, Scope

__all__ = ["CHECKS", "Finding", "check_integrity"]

CHECKS: Sequence[Check] = (
    structure.messages_that_belong_elsewhere,
    structure.active_enrollments_without_messages,
    structure.open_messages_of_ended_campaigns,
    structure.domains_held_for_nothing,
    structure.attempts_left_behind,
    structure.mails_twice_in_one_enrollment,
    structure.mails_planned_for_finished_leads,
    structure.mails_beyond_the_flow,
    structure.mails_that_nothing_frees,
    structure.mails_that_passed_no_gate,
    counters.figures_that_drifted,
    counters.marks_without_their_events,
    counters.impossible_counts,
    counters.throttles_that_drifted,
    plans.plans_outside_the_window,
    plans.two_plans_for_one_slot,
    plans.more_plans_than_the_cap,
    plans.plans_before_their_turn,
    pacing.two_mails_in_one_slot,
    pacing.more_than_the_cap,
    pacing.more_than_the_campaigns_limit,
    pacing.mails_outside_the_window,
    pacing.mails_before_their_turn,
    pacing.mails_sooner_than_their_offset,
    stops.mails_accepted_twice,
    stops.mails_under_two_message_ids,
    stops.mails_after_the_lead_was_taken_out,
    stops.mails_after_the_recipient_said_no,
    stops.mails_after_the_flow_had_ended,
    stops.mails_after_the_suppression,
    stops.mails_out_of_halted_campaigns,
)


def check_integrity(*, since: datetime, now: datetime) -> list[Finding]:
    """Every rule that is broken. The rules of pace are held against mails that left after
    `since` (UTC, business time) and after the sending policy of their domain was changed last;
    all others against everything."""
    scope = Scope(since=since, now=now, days=CalendarDays.since(since, now))
    return [finding for check in CHECKS if (finding := check(scope)) is not None]
