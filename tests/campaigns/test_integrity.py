"""Each check finds its own violation, names it, and keeps quiet over a ledger that is right."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, time, timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from campaigns.integrity import CHECKS, check_integrity
from campaigns.models import (
    Campaign,
    DailyFigures,
    Enrollment,
    FlowStep,
    Message,
    MessageEvent,
    SendAttempt,
    SendingDomain,
    SendingPolicy,
)
from leads.models import Lead, Suppression
from mailsuite.lib import clock
from tests.factories import (
    CampaignDomainFactory,
    CampaignFactory,
    DailyFiguresFactory,
    EnrollmentFactory,
    FlowStepFactory,
    MessageContentFactory,
    MessageEventFactory,
    MessageFactory,
    SendAttemptFactory,
    SenderAliasFactory,
    SendingDomainFactory,
    SuppressionFactory,
    WaitFactory,
)
from tests.factories.campaigns import MONDAY

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(days=10)
THURSDAY = MONDAY + timedelta(days=3)
DAY = timedelta(days=1)
FRIDAY = NOW + DAY
SUNDAY_NIGHT = NOW + 3 * DAY - timedelta(hours=5)


@pytest.fixture
def campaign() -> Campaign:
    """Two leads on one domain; mail 1 went on Monday, mail 2 three workdays later."""
    campaign = CampaignFactory(launched_at=MONDAY)
    WaitFactory(version=campaign.flow_version, position=2, delay=3)
    domain = CampaignDomainFactory(campaign=campaign).domain
    for number in range(2):
        enrollment = EnrollmentFactory(campaign=campaign, domain=domain, status="completed")
        for mail, day in ((1, MONDAY), (2, THURSDAY)):
            send(enrollment, mail, day + timedelta(minutes=20 * number))
    return campaign


def send(enrollment: Enrollment, mail_number: int, at: datetime) -> Message:
    """A mail as it stands in the ledger when all went well."""
    message = MessageFactory(
        enrollment=enrollment, mail_number=mail_number, sent=True, scheduled_at=at
    )
    SendAttemptFactory(message=message)
    MessageEventFactory(message=message)
    figures, _ = DailyFigures.objects.get_or_create(
        campaign=message.campaign, step=message.step, day=at.date()
    )
    figures.planned += 1
    figures.sent += 1
    figures.save()
    return message


def queue(enrollment: Enrollment, mail_number: int = 1) -> Message:
    message = MessageFactory(enrollment=enrollment, mail_number=mail_number, scheduled_at=NOW)
    figures, _ = DailyFigures.objects.get_or_create(
        campaign=message.campaign, step=message.step, day=NOW.date()
    )
    figures.planned += 1
    figures.save()
    return message


def findings(*, days: int = 30) -> dict[str, tuple[str, ...]]:
    found = check_integrity(since=NOW - timedelta(days=days), now=NOW)
    return {finding.check: finding.samples for finding in found}


def message_of(campaign: Campaign, mail_number: int = 1) -> Message:
    return campaign.messages.filter(mail_number=mail_number).order_by("id")[0]


def gate_at(message: Message, at: datetime) -> None:
    Message.objects.filter(pk=message.pk).update(sent_at=at)
    SendAttempt.objects.filter(message=message).update(gated_at=at)


def test_a_right_ledger_has_no_findings(campaign: Campaign) -> None:
    assert findings() == {}


def test_an_empty_ledger_has_no_findings() -> None:
    assert findings() == {}


# --- Structure ---------------------------------------------------------------------------


def test_a_message_on_another_domain_than_its_enrollment_is_found(campaign: Campaign) -> None:
    message = message_of(campaign)
    alias = SenderAliasFactory()
    Message.objects.filter(pk=message.pk).update(domain=alias.domain, alias=alias)
    assert findings()["message and enrollment disagree"] == (
        f"message {message.pk} and enrollment {message.enrollment_id}",
    )


def test_an_active_enrollment_without_a_message_is_found(campaign: Campaign) -> None:
    enrollment = EnrollmentFactory(campaign=campaign)
    assert findings() == {
        "orphan: enrollment without a message": (
            f"enrollment {enrollment.pk} of campaign {campaign.pk}",
        )
    }


def test_a_held_enrollment_needs_no_message(campaign: Campaign) -> None:
    EnrollmentFactory(campaign=campaign, status="held")
    assert findings() == {}


def test_an_open_message_of_a_completed_campaign_is_found() -> None:
    message = queue(EnrollmentFactory(campaign__status="completed"))
    assert findings() == {
        "orphan: message still open in an ended campaign": (
            f"message {message.pk} of campaign {message.campaign_id}",
        )
    }


def test_a_domain_held_by_a_stopped_campaign_is_found(campaign: Campaign) -> None:
    held = CampaignDomainFactory(campaign__status="stopped", is_held=True)
    check = "orphan: domain held by an ended campaign, or free under a running one"
    assert findings() == {check: (f"{held.domain.name} and campaign {held.campaign_id} (stopped)",)}


def test_a_running_campaign_that_holds_no_domain_is_found(campaign: Campaign) -> None:
    campaign.campaign_domains.update(is_held=False)
    assert list(findings()) == [
        "orphan: domain held by an ended campaign, or free under a running one"
    ]


def test_a_lease_that_nobody_took_over_is_found() -> None:
    message = queue(EnrollmentFactory())
    attempt = SendAttemptFactory(message=message, outcome="under_way", gated_at=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaigns_message SET status = 'sending', attempt_id = %s, "
            "lease_until = now() - interval '1 hour' WHERE id = %s",
            [attempt.attempt_id, message.pk],
        )
    assert list(findings()) == ["message under way whose lease ran out long ago"]


def test_the_same_mail_twice_in_one_enrollment_is_found() -> None:
    first = queue(EnrollmentFactory())
    MessageFactory(enrollment=first.enrollment, step=FlowStepFactory(), scheduled_at=NOW)
    assert findings()["duplicate step: the same mail twice for one lead"] == (
        f"enrollment {first.enrollment_id}, mail 1",
    )


def test_a_mail_planned_for_a_lead_that_replied_is_found() -> None:
    message = queue(EnrollmentFactory(status="ended", end_reason="replied"))
    assert findings() == {
        "next mail planned for a finished lead": (
            f"message {message.pk}, enrollment ended replied",
        )
    }


def test_a_mail_of_a_step_that_the_flow_does_not_have_is_found(campaign: Campaign) -> None:
    enrollment = EnrollmentFactory(campaign=campaign)
    step = FlowStepFactory(mail_number=3)
    message = MessageFactory(enrollment=enrollment, mail_number=3, step=step, scheduled_at=NOW)
    DailyFiguresFactory(campaign=campaign, step=step, planned=1)
    assert findings() == {
        "step beyond the flow": (f"message {message.pk}, mail 3 of campaign {campaign.pk}",)
    }


def test_a_mail_that_waits_for_a_canceled_one_is_found(campaign: Campaign) -> None:
    enrollment = EnrollmentFactory(campaign=campaign, domain=message_of(campaign).domain)
    first, second = queue(enrollment), queue(enrollment, mail_number=2)
    Message.objects.filter(pk=second.pk).update(scheduled_at=NOW + DAY, not_before=None)
    assert findings() == {}
    Message.objects.filter(pk=first.pk).update(status="canceled")
    campaign.figures.filter(step=first.step, day=NOW.date()).update(canceled=1)
    assert findings() == {
        "orphan: mail that waits for one that will not come": (
            f"message {second.pk} (mail 2) of enrollment {enrollment.pk}",
        )
    }


@pytest.mark.parametrize("ahead", ["queued", "sending", "unknown"])
def test_a_mail_may_wait_for_one_that_is_still_to_come(campaign: Campaign, ahead: str) -> None:
    enrollment = EnrollmentFactory(campaign=campaign, domain=message_of(campaign).domain)
    first, second = queue(enrollment), queue(enrollment, mail_number=2)
    attempt = SendAttemptFactory(message=first, outcome="unknown", gated_at=NOW)
    Message.objects.filter(pk=first.pk).update(
        status=ahead, attempt_id=attempt.attempt_id, lease_until=NOW + 365 * DAY
    )
    Message.objects.filter(pk=second.pk).update(scheduled_at=NOW + DAY, not_before=None)
    assert findings() == {}


@pytest.mark.parametrize("status", ["sent", "unknown"])
def test_a_mail_that_passed_no_gate_is_found(campaign: Campaign, status: str) -> None:
    message = message_of(campaign)
    Message.objects.filter(pk=message.pk).update(status=status)
    message.attempts.update(gated_at=None)
    assert findings() == {
        "mail sent or of unknown fate that passed no gate": (f"message {message.pk} ({status})",)
    }


# --- Counters ----------------------------------------------------------------------------


def test_a_counter_that_drifted_is_found(campaign: Campaign) -> None:
    campaign.figures.filter(step__mail_number=2).update(sent=1)
    assert findings() == {
        "counter drift: figures differ from what happened": (
            f"campaign {campaign.pk}, mail 2: sent says 1, is 2",
        )
    }


def test_an_event_that_nobody_counted_is_found(campaign: Campaign) -> None:
    message = message_of(campaign)
    MessageEventFactory(message=message, kind="opened", actor="human")
    Message.objects.filter(pk=message.pk).update(opened_at=MONDAY)
    assert findings() == {
        "counter drift: figures differ from what happened": (
            f"campaign {campaign.pk}, mail 1: opened says 0, is 1",
        )
    }


@pytest.mark.parametrize(
    ("kind", "actor", "detail", "mark", "counter"),
    [
        ("opened", "human", {}, "opened_at", "opened"),
        ("opened", "proxy", {}, "machine_opened_at", "machine_opened"),
        ("clicked", "human", {}, "clicked_at", "clicked"),
        ("clicked", "scanner", {}, None, None),
        ("bounced", "unknown", {"hard": True}, "bounced_at", "bounced"),
        ("bounced", "unknown", {"hard": False}, None, None),
        ("unsubscribed", "human", {}, None, "unsubscribed"),
    ],
)
def test_counted_events_are_no_finding(
    campaign: Campaign, kind: str, actor: str, detail: dict, mark: str | None, counter: str | None
) -> None:
    message = message_of(campaign, mail_number=2)
    for _ in range(2):  # the second one counts no more
        MessageEventFactory(message=message, kind=kind, actor=actor, at=NOW, detail=detail)
    if mark:
        Message.objects.filter(pk=message.pk).update(**{mark: NOW})
    if counter:
        campaign.figures.filter(step=message.step).update(**{counter: 1})
    assert findings() == {}


def failed(campaign: Campaign, status: str) -> Message:
    """A third mail 1 that failed twice and is now `status`."""
    enrollment = EnrollmentFactory(campaign=campaign, status="ended", end_reason="failed")
    message = MessageFactory(enrollment=enrollment, status=status, scheduled_at=NOW)
    for _ in range(2):
        MessageEventFactory(message=message, kind="failed", at=NOW)
    DailyFiguresFactory(campaign=campaign, step=message.step, day=NOW.date(), planned=1)
    return message


def test_a_message_that_failed_twice_counts_as_one_that_failed(campaign: Campaign) -> None:
    failed(campaign, "failed")
    campaign.figures.filter(day=NOW.date()).update(failed=1)
    assert findings() == {}


def test_a_failure_that_nobody_counted_is_found(campaign: Campaign) -> None:
    failed(campaign, "failed")
    assert findings() == {
        "counter drift: figures differ from what happened": (
            f"campaign {campaign.pk}, mail 1: failed says 0, is 1",
        )
    }


def test_a_failure_that_a_resend_did_not_take_back_is_found(campaign: Campaign) -> None:
    message = failed(campaign, "queued")
    Enrollment.objects.filter(pk=message.enrollment_id).update(status="active", end_reason="")
    campaign.figures.filter(day=NOW.date()).update(failed=1)
    assert findings()["counter drift: figures differ from what happened"] == (
        f"campaign {campaign.pk}, mail 1: failed says 1, is 0",
    )


def test_a_mark_without_its_event_is_found(campaign: Campaign) -> None:
    message = message_of(campaign)
    Message.objects.filter(pk=message.pk).update(clicked_at=MONDAY)
    assert findings() == {
        "counter drift: a message's marks differ from its events": (
            f"message {message.pk}: clicked",
        )
    }


@pytest.mark.parametrize(
    ("figures", "rule"),
    [
        ({"opened": 3}, "more opened than sent"),
        ({"clicked": 3}, "more clicked than sent"),
        ({"replied": 3}, "more replied than sent"),
        ({"unsubscribed": 3}, "more unsubscribed than sent"),
        ({"complained": 3}, "more complained than sent"),
        ({"bounced": 3}, "more bounced than can have been tried"),
        ({"sent": 1, "bounced": 2, "failed": 1}, "more bounced than can have been tried"),
        ({"sent": 3}, "more sent, failed and canceled than planned"),
        ({"failed": 1}, "more sent, failed and canceled than planned"),
        ({"canceled": 1}, "more sent, failed and canceled than planned"),
    ],
)
def test_an_outcome_above_its_base_is_found(campaign: Campaign, figures: dict, rule: str) -> None:
    """Two mails were planned and both sent."""
    campaign.figures.filter(step__mail_number=1).update(**figures)
    assert findings()["impossible counts"] == (f"campaign {campaign.pk}, mail 1: {rule}",)


def test_outcomes_up_to_their_base_are_no_finding(campaign: Campaign) -> None:
    campaign.figures.filter(step__mail_number=1).update(
        opened=2, machine_opened=3, clicked=2, replied=2, bounced=2, unsubscribed=2, complained=2
    )
    assert "impossible counts" not in findings()


@pytest.mark.parametrize(("counted", "is_found"), [(2, False), (1, True), (3, True)])
def test_a_throttle_that_counts_otherwise_than_the_gates_is_found(
    campaign: Campaign, counted: int, is_found: bool
) -> None:
    SendingDomain.objects.update(sent_on=MONDAY.date(), sent_today=counted)
    name = message_of(campaign).domain.name
    check = "counter drift: a domain's count of the day differs from its gates"
    found = {check: (f"{name} on 2026-06-01: says {counted}, is 2",)}
    assert findings() == (found if is_found else {})


def test_the_throttle_of_a_day_on_which_the_policy_changed_is_left_aside(
    campaign: Campaign,
) -> None:
    SendingDomain.objects.update(sent_on=MONDAY.date(), sent_today=1)
    SendingPolicy.objects.update(changed_at=MONDAY)
    assert findings() == {}


# --- Plans -------------------------------------------------------------------------------


@pytest.fixture
def planned(campaign: Campaign) -> list[Message]:
    """Two mails to one lead and one to another, planned for Friday the 12th and after."""
    domain = message_of(campaign).domain
    one, other = (EnrollmentFactory(campaign=campaign, domain=domain) for _ in range(2))
    mails = [queue(one), queue(one, mail_number=2), queue(other)]
    move(mails[0], FRIDAY)
    move(mails[1], FRIDAY + 6 * DAY)
    move(mails[2], FRIDAY + timedelta(minutes=20))
    return mails


def move(message: Message, at: datetime) -> None:
    Message.objects.filter(pk=message.pk).update(scheduled_at=at, not_before=MONDAY)


def test_a_right_plan_has_no_findings(planned: list[Message]) -> None:
    assert findings() == {}


# What was moved where → what is found, and how far or when.
BROKEN_PLANS = [
    (0, SUNDAY_NIGHT, "mail planned outside its window", "at 2026-06-14 03:00"),
    (0, FRIDAY + timedelta(hours=9), "mail planned outside its window", "at 2026-06-12 17:00"),
    (0, FRIDAY - timedelta(seconds=1), "mail planned outside its window", "at 2026-06-12 07:59"),
    (2, FRIDAY, "two mails planned in one slot", "00:00:00 after the one before it"),
    (2, FRIDAY + timedelta(minutes=19), "two mails planned in one slot", "00:19:00 after"),
    (1, FRIDAY - DAY, "mail planned before the one ahead of it", "(mail 2), 1 day before mail 1"),
]  # fmt: skip


@pytest.mark.parametrize(("mail", "at", "check", "words"), BROKEN_PLANS)
def test_a_plan_that_can_not_be_right_is_found(
    planned: list[Message], mail: int, at: datetime, check: str, words: str
) -> None:
    move(planned[mail], at)
    found = findings()
    assert list(found) == [check]
    assert f"message {planned[mail].pk} " in found[check][0]
    assert words in found[check][0]


@pytest.mark.parametrize("why", ["paused", "replanning", "unknown"])
@pytest.mark.parametrize(("mail", "at", "check", "words"), BROKEN_PLANS)
def test_a_plan_that_is_not_made_yet_is_left_aside(
    planned: list[Message], mail: int, at: datetime, check: str, words: str, why: str
) -> None:
    move(planned[mail], at)
    if why == "paused":
        Campaign.objects.update(status="paused", paused_at=NOW)
    elif why == "replanning":
        SendingDomain.objects.update(needs_replanning=True)
    else:
        for message in planned[::2]:
            ahead = MessageFactory(
                enrollment=message.enrollment, mail_number=0, status="unknown", step=later_step()
            )
            SendAttemptFactory(message=ahead, outcome="unknown", gated_at=NOW)
    assert check not in findings()


def later_step() -> FlowStep:
    return FlowStepFactory(mail_number=9)


def test_without_a_pause_mails_share_a_moment(planned: list[Message]) -> None:
    SendingPolicy.objects.update(interval_minutes=0)
    move(planned[2], FRIDAY)
    assert findings() == {}


def test_mails_that_are_late_keep_their_slots(planned: list[Message]) -> None:
    move(planned[0], MONDAY + timedelta(hours=2, minutes=7))
    move(planned[2], MONDAY + timedelta(hours=2, minutes=7))
    assert findings() == {}


# --- Pace --------------------------------------------------------------------------------


def test_two_gates_closer_than_the_interval_are_found(campaign: Campaign) -> None:
    second = campaign.messages.filter(mail_number=1).order_by("id")[1]
    gate_at(second, MONDAY + timedelta(minutes=19, seconds=59))
    assert findings() == {
        "two mails in one slot": (
            f"message {second.pk} on {second.domain.name}, 00:19:59 after the one before it",
        )
    }


def test_gates_before_the_scope_are_not_looked_at(campaign: Campaign) -> None:
    gate_at(message_of(campaign), MONDAY + timedelta(minutes=19))
    assert findings(days=2) == {}


# What breaks each rule of the policy that holds now.
STRICTER = [
    {"interval_minutes": 21},
    {"daily_cap": 1},
    {"window_start": time(8, 1)},
    {"blackout_dates": [MONDAY.date()]},
    {"blackout_dates": [(MONDAY + DAY).date()]},  # one workday less between the mails
]


@pytest.mark.parametrize("rules", STRICTER)
def test_the_past_is_held_against_the_policy(campaign: Campaign, rules: dict) -> None:
    SendingPolicy.objects.update(**rules)
    assert len(findings()) == 1


@pytest.mark.parametrize("rules", STRICTER)
def test_what_left_before_the_policy_was_changed_is_not_judged_by_it(
    campaign: Campaign, rules: dict
) -> None:
    policy = SendingPolicy.objects.get()
    for name, value in rules.items():
        setattr(policy, name, value)
    with clock.frozen(NOW - DAY):
        policy.save(update_fields=list(rules))
    assert findings() == {}


@pytest.mark.parametrize("rules", STRICTER)
def test_what_left_before_the_domain_got_the_policy_is_not_judged_by_it(
    campaign: Campaign, rules: dict
) -> None:
    SendingPolicy.objects.update(**rules)
    SendingDomain.objects.update(policy_since=NOW - DAY)
    assert findings() == {}


def test_another_name_of_the_policy_changes_no_rule(campaign: Campaign) -> None:
    policy = SendingPolicy.objects.get()
    policy.name = "Office hours"
    policy.save(update_fields=["name"])
    policy.refresh_from_db()
    assert policy.changed_at is None


def test_a_day_above_the_cap_is_found(campaign: Campaign) -> None:
    domain = campaign.campaign_domains.get().domain
    SendingPolicy.objects.update(daily_cap=1)
    assert findings() == {
        "more mails in a day than the cap": (
            f"{domain.name} on 2026-06-01: 2 of 1",
            f"{domain.name} on 2026-06-04: 2 of 1",
        )
    }


def test_a_day_above_the_limit_of_the_campaign_is_found(campaign: Campaign) -> None:
    Campaign.objects.update(daily_limit=1)
    assert findings() == {
        "more mails in a day than the campaign's limit": (
            f"campaign {campaign.pk} on 2026-06-01: 2 of 1",
            f"campaign {campaign.pk} on 2026-06-04: 2 of 1",
        )
    }


@pytest.mark.parametrize(
    ("minutes", "local"),
    [(-1, "2026-06-01 07:59"), (600, "2026-06-01 18:00"), (-1440, "2026-05-31 08:00")],
)
def test_a_mail_outside_the_window_is_found(campaign: Campaign, minutes: int, local: str) -> None:
    message = message_of(campaign)
    gate_at(message, MONDAY + timedelta(minutes=minutes))
    assert findings() == {
        "mail outside its window": (f"message {message.pk} on {message.domain.name} at {local}",)
    }


def test_a_mail_on_a_public_holiday_is_found(campaign: Campaign) -> None:
    whit_monday = MONDAY - timedelta(days=7)
    gate_at(message_of(campaign), whit_monday)
    assert list(findings()) == ["mail outside its window"]


def test_grace_is_for_mails_whose_slot_had_come(campaign: Campaign) -> None:
    message = message_of(campaign)
    gate_at(message, MONDAY + timedelta(hours=9, minutes=30))
    assert findings() == {}
    message.attempts.update(scheduled_at=MONDAY + timedelta(hours=9))
    assert list(findings()) == ["mail outside its window"]


def test_a_try_in_the_grace_that_is_repeated_the_next_day_is_right(campaign: Campaign) -> None:
    """Slot 08:00, at the gate at 17:40, 451: planned anew for Tuesday."""
    message = queue(EnrollmentFactory(campaign=campaign, domain=message_of(campaign).domain))
    grace = MONDAY + timedelta(hours=9, minutes=40)
    SendAttemptFactory(message=message, outcome="deferred", gated_at=grace, scheduled_at=MONDAY)
    Message.objects.filter(pk=message.pk).update(scheduled_at=MONDAY + timedelta(days=1))
    assert findings() == {}


def test_an_attempt_that_does_not_tell_its_slot_may_leave_in_the_grace(campaign: Campaign) -> None:
    message = message_of(campaign)
    gate_at(message, MONDAY + timedelta(hours=9, minutes=30))
    message.attempts.update(scheduled_at=None)
    assert findings() == {}


def test_the_narrower_window_of_a_campaign_counts(campaign: Campaign) -> None:
    Campaign.objects.update(send_days=[4])
    assert list(findings()) == ["mail outside its window"]


def test_limits_wider_than_the_policy_became_are_left_aside(campaign: Campaign) -> None:
    Campaign.objects.update(daily_limit=100)
    assert findings() == {}


def test_a_mail_without_the_one_ahead_of_it_is_found(campaign: Campaign) -> None:
    first, second = message_of(campaign), message_of(campaign, mail_number=2)
    Message.objects.filter(pk=first.pk).update(status="queued", sent_at=None)
    assert findings()["mail sent before the one ahead of it"] == (
        f"message {second.pk} (mail 2) ahead of message {first.pk}",
    )


def test_a_mail_sooner_than_its_workdays_is_found(campaign: Campaign) -> None:
    message = message_of(campaign, mail_number=2)
    gate_at(message, THURSDAY - timedelta(days=1))
    assert findings() == {
        "mail sent sooner than its offset": (f"message {message.pk} (mail 2), 2 days after mail 1",)
    }


@pytest.mark.parametrize(("unit", "enough", "too_many"), [("days", 3, 4), ("hours", 72, 73)])
def test_days_and_hours_are_held_against_the_flow_too(
    campaign: Campaign, unit: str, enough: int, too_many: int
) -> None:
    wait = campaign.flow_version.steps.filter(kind="wait")
    wait.update(delay=enough, delay_unit=unit)
    assert findings() == {}
    wait.update(delay=too_many)
    assert list(findings()) == ["mail sent sooner than its offset"]


# --- Stops -------------------------------------------------------------------------------


def test_a_mail_that_two_attempts_delivered_is_found(campaign: Campaign) -> None:
    message = message_of(campaign)
    SendAttemptFactory(message=message, gated_at=None)
    assert findings() == {"mail accepted twice": (f"message {message.pk}, 2 times",)}


def test_a_mail_that_left_under_another_message_id_is_found(campaign: Campaign) -> None:
    message, other = message_of(campaign), message_of(campaign, mail_number=2)
    MessageContentFactory(message=message, headers={"Message-ID": "<other@punthelder.nl>"})
    MessageContentFactory(message=other, headers={"Message-ID": f"<{other.smtp_message_id}>"})
    assert findings() == {"mail with two Message-IDs": (f"message {message.pk}",)}


def test_a_mail_to_a_stopped_lead_is_found(campaign: Campaign) -> None:
    message = message_of(campaign, mail_number=2)
    Lead.objects.filter(pk=message.lead_id).update(stopped_at=MONDAY + timedelta(hours=1))
    assert findings() == {
        "mail sent after its lead was stopped or deleted": (
            f"message {message.pk} to lead {message.lead_id}",
        )
    }


def test_a_mail_that_may_have_reached_a_stopped_lead_is_found(campaign: Campaign) -> None:
    message = unknown_mail(campaign)
    Lead.objects.filter(pk=message.lead_id).update(stopped_at=NOW - timedelta(seconds=6))
    assert findings() == {
        "mail sent after its lead was stopped or deleted": (
            f"message {message.pk} to lead {message.lead_id}",
        )
    }
    Lead.objects.filter(pk=message.lead_id).update(stopped_at=NOW - timedelta(seconds=5))
    assert findings() == {}


def test_a_mail_after_the_end_of_its_flow_is_found(campaign: Campaign) -> None:
    message = unknown_mail(campaign)
    Enrollment.objects.filter(pk=message.enrollment_id).update(
        status="ended", end_reason="replied", ended_at=NOW - timedelta(hours=1, seconds=1)
    )
    assert findings() == {
        "mail sent after its flow had ended": (
            f"message {message.pk}, enrollment {message.enrollment_id} ended replied",
        )
    }
    Enrollment.objects.filter(pk=message.enrollment_id).update(ended_at=NOW - timedelta(hours=1))
    assert findings() == {}


def test_a_mail_of_unknown_fate_to_a_suppressed_address_is_found(campaign: Campaign) -> None:
    message = unknown_mail(campaign)
    Message.objects.filter(pk=message.pk).update(recipient=message.lead.email)
    late(message, SuppressionFactory(value=message.lead.email))
    assert list(findings()) == ["mail sent after its address was suppressed"]


def unknown_mail(campaign: Campaign) -> Message:
    """Handed over at `NOW`, and never answered for."""
    enrollment = EnrollmentFactory(campaign=campaign, domain=message_of(campaign).domain)
    message = queue(enrollment)
    SendAttemptFactory(message=message, outcome="unknown", gated_at=NOW)
    Message.objects.filter(pk=message.pk).update(status="unknown")
    return message


def test_a_mail_after_an_answer_is_found(campaign: Campaign) -> None:
    first, second = message_of(campaign), message_of(campaign, mail_number=2)
    at = MONDAY + timedelta(hours=1)
    MessageEventFactory(message=first, kind="replied", at=at)
    Message.objects.filter(pk=first.pk).update(replied_at=at)
    campaign.figures.filter(step=first.step).update(replied=1)
    assert findings() == {
        "mail sent after the recipient replied, opted out, complained or bounced": (
            f"message {second.pk}, after message {first.pk} was replied",
        )
    }


@pytest.mark.parametrize("scope", ["address", "domain"])
def test_a_mail_after_a_suppression_is_found(campaign: Campaign, scope: str) -> None:
    message = message_of(campaign)
    value = message.recipient if scope == "address" else message.recipient.partition("@")[2]
    suppression = SuppressionFactory(scope=scope, value=value)
    late(message, suppression)
    assert list(findings()) == ["mail sent after its address was suppressed"]
    message.attempts.update(passed_at=suppression.entered_at)
    assert findings() == {}


def late(message: Message, suppression: Suppression) -> None:
    """As if the gate had let the mail through in spite of the list."""
    message.attempts.update(passed_at=suppression.entered_at + timedelta(seconds=6))


def test_a_mail_out_of_a_paused_campaign_is_found(campaign: Campaign) -> None:
    Campaign.objects.update(status="paused", paused_at=MONDAY + timedelta(days=1))
    assert len(findings()["mail sent while its campaign was paused or over"]) == 2


# --- The command -------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    with clock.frozen(NOW):
        try:
            call_command("check_integrity", *arguments, stdout=out)
        except SystemExit as exit_:
            return int(exit_.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_is_content_with_a_right_ledger(campaign: Campaign) -> None:
    status, text = run()
    assert status == 0
    assert "no findings" in text


def test_the_command_shows_findings_and_fails(campaign: Campaign) -> None:
    campaign.figures.filter(step__mail_number=2).update(sent=1)
    status, text = run()
    assert status == 1
    assert "counter drift" in text


def test_the_command_answers_machines(campaign: Campaign) -> None:
    MessageEvent.objects.filter(message=message_of(campaign)).delete()
    status, text = run("--json")
    assert status == 1
    assert [(finding["check"], finding["count"]) for finding in json.loads(text)] == [
        ("counter drift: figures differ from what happened", 1),
        ("counter drift: a message's marks differ from its events", 1),
    ]


def test_the_command_looks_back_as_far_as_it_is_told(campaign: Campaign) -> None:
    gate_at(message_of(campaign), MONDAY - timedelta(days=1))
    assert run()[0] == 1
    assert run("--days", "7")[0] == 0


def test_all_checks_take_one_query_each(campaign: Campaign, django_assert_num_queries) -> None:
    with django_assert_num_queries(len(CHECKS) + 5):
        findings()


def test_the_scope_begins_in_the_time_zone_of_the_domain() -> None:
    """00:30 in Tokyo is the day before in UTC."""
    domain = SendingDomainFactory(
        policy__timezone="Asia/Tokyo", policy__window_start="00:00", policy__holiday_country=""
    )
    enrollment = EnrollmentFactory(domain=domain, status="completed")
    CampaignDomainFactory(campaign=enrollment.campaign, domain=domain)
    at = datetime.combine(date(2026, 6, 2), MONDAY.timetz()) - timedelta(hours=14, minutes=30)
    send(enrollment, 1, at)
    DailyFigures.objects.update(day=date(2026, 6, 2))
    assert findings() == {}
