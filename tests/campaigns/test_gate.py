from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from campaigns import throttle
from campaigns.decisions import Verdict
from campaigns.gate import wait_at_gate
from campaigns.models import (
    Campaign,
    Enrollment,
    Message,
    MessageContent,
    SendAttempt,
    SendingDomain,
)
from campaigns.standing import Departure
from leads.models import Lead, Suppression
from mailsuite.lib import clock
from tests.campaigns.mails import at_gate, claimed, composed
from tests.factories import MessageFactory
from tests.factories.campaigns import MONDAY

pytestmark = pytest.mark.django_db
EndReason = Enrollment.EndReason
SLOT = timedelta(minutes=20)


def try_gate(message: Message, now=MONDAY):
    return at_gate(claimed(message, now), composed(message), now)


def test_what_passes_takes_a_slot_and_is_on_the_wire_with_its_content_kept():
    message = MessageFactory()
    assert try_gate(message).verdict is Verdict.PASSED
    message.refresh_from_db()
    assert (message.status, message.phase) == (Message.Status.SENDING, Message.Phase.WIRE)
    assert message.recipient == message.lead.email
    domain = SendingDomain.objects.get()
    assert domain.next_allowed_at == MONDAY + SLOT
    assert (domain.sent_on, domain.sent_today) == (date(2026, 6, 1), 1)
    assert SendAttempt.objects.get().gated_at == MONDAY
    assert MessageContent.objects.get().subject == "Hallo"


def assert_no_slot_taken() -> None:
    assert SendingDomain.objects.get().next_allowed_at is None
    assert SendAttempt.objects.get().gated_at is None
    assert not MessageContent.objects.exists()


@pytest.mark.parametrize(
    ("change", "end_reason"),
    [
        ((Lead, {"stopped_at": MONDAY}), EndReason.STOPPED),
        ((Lead, {"deleted_at": MONDAY}), EndReason.DELETED),
        ((Lead, {"status": Lead.Status.BOUNCED}), EndReason.BOUNCED),
        ((Lead, {"status": Lead.Status.SUPPRESSED}), EndReason.SUPPRESSED),
        ((Campaign, {"status": Campaign.Status.STOPPED}), EndReason.CAMPAIGN_STOPPED),
        ((Enrollment, {"status": "ended", "end_reason": "replied"}), None),
    ],
)
def test_who_must_get_nothing_more_gets_nothing_even_when_claimed_already(change, end_reason):
    message = MessageFactory()
    claim = claimed(message)
    model, fields = change
    model.objects.update(**fields)
    decision = at_gate(claim, composed(message), MONDAY)
    assert (decision.verdict, decision.end_reason) == (Verdict.NEVER, end_reason)
    assert_no_slot_taken()


@pytest.mark.parametrize("scope", Suppression.Scope)
def test_the_suppression_list_is_read_at_the_gate(scope):
    message = MessageFactory(enrollment__lead__email="info@hotel-zon.nl")
    claim = claimed(message)
    value = {"address": "info@hotel-zon.nl", "domain": "hotel-zon.nl"}[scope]
    Suppression.objects.create(scope=scope, value=value, reason="manual")
    decision = at_gate(claim, composed(message), MONDAY)
    assert (decision.verdict, decision.end_reason) == (Verdict.NEVER, EndReason.SUPPRESSED)
    assert_no_slot_taken()


def test_a_paused_campaign_keeps_its_message_for_later():
    message = MessageFactory()
    claim = claimed(message)
    Campaign.objects.update(status=Campaign.Status.PAUSED)
    decision = at_gate(claim, composed(message), MONDAY)
    assert (decision.verdict, decision.why) == (Verdict.NOT_YET, "the campaign is paused")
    assert_no_slot_taken()


@pytest.mark.parametrize(
    ("local", "verdict"),
    [
        ("07:59:59", Verdict.NOT_YET),
        ("08:00:00", Verdict.PASSED),
        ("16:59:59", Verdict.PASSED),
        ("17:30:00", Verdict.PASSED),  # delayed: its slot was in the window
        ("18:00:00", Verdict.NOT_YET),
    ],
)
def test_the_window_and_its_grace_hold_to_the_second(local, verdict):
    now = datetime.combine(
        date(2026, 6, 1), time.fromisoformat(local), ZoneInfo("Europe/Amsterdam")
    )
    message = MessageFactory(scheduled_at=MONDAY - timedelta(days=3))
    assert try_gate(message, now).verdict is verdict


def test_a_campaigns_own_hours_are_narrower():
    message = MessageFactory(enrollment__campaign__send_from=time(10))
    assert try_gate(message).verdict is Verdict.NOT_YET


def test_a_campaigns_own_daily_limit_counts_over_all_its_domains():
    first = MessageFactory(enrollment__campaign__daily_limit=1)
    elsewhere = MessageFactory(enrollment__campaign=first.campaign)
    for message in (first, elsewhere):
        message.campaign.campaign_domains.create(domain=message.domain, position=message.pk)
    assert try_gate(first).verdict is Verdict.PASSED
    decision = try_gate(elsewhere)
    assert (decision.verdict, decision.why) == (
        Verdict.NOT_YET,
        "the campaign's daily limit is reached",
    )
    tomorrow = MONDAY + timedelta(days=1)
    claim = claimed_again(elsewhere, tomorrow)
    assert at_gate(claim, composed(elsewhere), tomorrow).verdict is Verdict.PASSED


def claimed_again(message: Message, now):
    Message.objects.filter(pk=message.pk).update(
        status=Message.Status.QUEUED, attempt_id=None, lease_until=None
    )
    return claimed(message, now)


def two_of_one_domain() -> tuple[Message, Message]:
    first = MessageFactory()
    return first, MessageFactory(enrollment__domain=first.domain, alias=first.alias)


def test_the_second_mail_of_a_domain_waits_for_the_interval_whatever_its_campaign():
    first, second = two_of_one_domain()
    assert first.campaign != second.campaign
    assert try_gate(first).verdict is Verdict.PASSED
    too_early = MONDAY + SLOT - timedelta(seconds=1)
    decision = try_gate(second, too_early)
    assert (decision.verdict, decision.opens_at) == (Verdict.NOT_YET, MONDAY + SLOT)
    claim = claimed_again(second, MONDAY + SLOT)
    assert at_gate(claim, composed(second), MONDAY + SLOT).verdict is Verdict.PASSED


def test_the_daily_cap_holds_and_opens_again_the_next_local_day():
    message = MessageFactory()
    SendingDomain.objects.update(sent_on=date(2026, 6, 1), sent_today=27)
    assert try_gate(message).verdict is Verdict.NOT_YET
    tomorrow = MONDAY + timedelta(days=1)
    claim = claimed_again(message, tomorrow)
    assert at_gate(claim, composed(message), tomorrow).verdict is Verdict.PASSED
    assert SendingDomain.objects.get().sent_today == 1


def test_a_clock_that_jumped_a_day_ahead_and_back_does_not_open_the_cap_twice():
    first, second = two_of_one_domain()
    assert try_gate(first).verdict is Verdict.PASSED
    SendingDomain.objects.update(sent_on=date(2026, 6, 2), sent_today=5)
    assert try_gate(second, MONDAY + SLOT).verdict is Verdict.PASSED
    domain = SendingDomain.objects.get()
    assert (domain.sent_on, domain.sent_today) == (date(2026, 6, 1), 2)


def test_an_opening_that_a_fast_clock_left_far_ahead_is_brought_back_to_one_interval():
    message = MessageFactory()
    SendingDomain.objects.update(next_allowed_at=MONDAY + timedelta(days=1))
    assert try_gate(message).verdict is Verdict.NOT_YET
    assert SendingDomain.objects.get().next_allowed_at == MONDAY + SLOT
    claim = claimed_again(message, MONDAY + SLOT)
    assert at_gate(claim, composed(message), MONDAY + SLOT).verdict is Verdict.PASSED


def test_a_clock_a_moment_behind_the_last_gate_opens_nothing():
    first, second = two_of_one_domain()
    assert try_gate(first).verdict is Verdict.PASSED
    behind = MONDAY + timedelta(milliseconds=-10)
    claim = claimed(second, MONDAY)
    assert at_gate(claim, composed(second), behind).verdict is Verdict.NOT_YET
    assert SendingDomain.objects.get().sent_today == 1


def test_a_mail_that_was_not_delayed_may_not_use_the_grace():
    after_hours = MONDAY + timedelta(hours=9, minutes=15)  # 17:15
    message = MessageFactory(scheduled_at=after_hours, not_before=MONDAY)
    decision = try_gate(message, after_hours)
    assert decision.verdict is Verdict.NOT_YET
    assert decision.not_before == MONDAY + timedelta(days=1)


def test_what_the_days_limit_holds_back_is_not_tried_again_before_the_next_workday():
    message = MessageFactory(enrollment__campaign__daily_limit=1)
    other = MessageFactory(enrollment__campaign=message.campaign, step=message.step)
    for one in (message, other):
        one.campaign.campaign_domains.create(domain=one.domain, position=one.pk)
    assert try_gate(message).verdict is Verdict.PASSED
    assert try_gate(other).not_before == MONDAY + timedelta(days=1)


def test_a_claim_that_was_lost_passes_no_gate():
    message = MessageFactory()
    stale = claimed(message)
    claimed_again(message, MONDAY)
    assert at_gate(stale, composed(message), MONDAY).verdict is Verdict.LOST
    assert SendingDomain.objects.get().next_allowed_at is None


def test_an_expired_lease_passes_no_gate():
    message = MessageFactory()
    claim = claimed(message)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE campaigns_message SET lease_until = now() - interval '1 second'")
    assert at_gate(claim, composed(message), MONDAY).verdict is Verdict.LOST


class SteppingClock(clock.FrozenClock):
    """Moves when it is waited for, as a real one does."""

    def wait(self, duration: timedelta) -> None:
        self.advance(duration)


@pytest.mark.parametrize(
    ("early_by", "verdict"), [(3, Verdict.PASSED), (throttle.PATIENCE.seconds + 1, Verdict.NOT_YET)]
)
def test_a_throttle_about_to_open_is_waited_for_and_no_longer(monkeypatch, early_by, verdict):
    first, second = two_of_one_domain()
    assert try_gate(first).verdict is Verdict.PASSED
    stepping = SteppingClock(MONDAY + SLOT - timedelta(seconds=early_by))
    monkeypatch.setattr(clock, "_clock", stepping)
    claim = claimed(second, stepping.now())
    (decision,) = wait_at_gate([Departure(claim, second, composed(second))])
    assert decision.verdict is verdict
    assert (stepping.now() == MONDAY + SLOT) is (verdict is Verdict.PASSED)
