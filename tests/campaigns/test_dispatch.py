from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from campaigns import dispatch
from campaigns.models import (
    Campaign,
    DailyFigures,
    Enrollment,
    Message,
    SendingDomain,
    SendingPolicy,
    Tick,
)
from leads.models import Lead, Suppression
from leads.suppression import suppress
from tests.factories import CampaignDomainFactory, MessageFactory
from tests.factories.campaigns import MONDAY
from tests.threads import in_threads

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def planned_message(**fields) -> Message:
    message = MessageFactory(**fields)
    CampaignDomainFactory(campaign=message.campaign, domain=message.domain)
    return message


def test_a_domain_with_a_due_mail_and_an_open_throttle_is_due():
    message = MessageFactory()
    assert dispatch.domains_due(MONDAY) == [message.domain_id]


@pytest.mark.parametrize(
    "fields",
    [
        {"next_allowed_at": MONDAY + timedelta(minutes=20)},
        {"is_active": False},
        {"paused_at": MONDAY},
        {"sent_on": date(2026, 6, 1), "sent_today": 27},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_domain_that_may_not_send_now_is_not_due(fields):
    MessageFactory()
    SendingDomain.objects.update(**fields)
    assert dispatch.domains_due(MONDAY) == []


def test_a_throttle_that_opens_before_the_next_tick_comes_round_is_not_missed():
    message = MessageFactory()
    SendingDomain.objects.update(next_allowed_at=MONDAY + timedelta(seconds=2))
    assert dispatch.domains_due(MONDAY) == [message.domain_id]


@pytest.mark.parametrize(
    "now",
    [
        MONDAY + 10 * HOUR,  # 18:00, the end of grace
        MONDAY + timedelta(days=5),  # Saturday
        datetime(2026, 12, 25, 9, tzinfo=MONDAY.tzinfo),  # Christmas, a Friday
    ],
)
def test_no_domain_is_due_outside_its_window(now):
    MessageFactory()
    assert dispatch.domains_due(now) == []


def test_the_grace_is_served_to_its_last_minute():
    message = MessageFactory()
    assert dispatch.domains_due(MONDAY + 9 * HOUR) == [message.domain_id]  # 17:00
    assert dispatch.domains_due(MONDAY + 10 * HOUR - timedelta(minutes=1)) == [message.domain_id]


def test_yesterdays_cap_does_not_bind_today():
    message = MessageFactory()
    SendingDomain.objects.update(sent_on=date(2026, 5, 29), sent_today=27)
    assert dispatch.domains_due(MONDAY) == [message.domain_id]


def test_finding_the_due_domains_takes_the_same_queries_for_one_as_for_many(
    django_assert_num_queries,
):
    MessageFactory.create_batch(5)
    with django_assert_num_queries(1):
        assert len(dispatch.domains_due(MONDAY)) == 5


def test_a_doubled_tick_does_nothing():
    assert dispatch.begin_tick() is not None
    assert dispatch.begin_tick() is None
    assert Tick.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_three_beats_at_the_same_moment_make_one_tick():
    entered = in_threads(3, dispatch.begin_tick)
    assert len([tick for tick in entered if tick]) == Tick.objects.count()
    assert Tick.objects.count() in (1, 2)  # 2 where the minute turned in between


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"stopped_at": MONDAY}, Enrollment.EndReason.STOPPED),
        ({"deleted_at": MONDAY}, Enrollment.EndReason.DELETED),
        ({"status": Lead.Status.BOUNCED}, Enrollment.EndReason.BOUNCED),
        ({"status": Lead.Status.SUPPRESSED}, Enrollment.EndReason.SUPPRESSED),
    ],
)
def test_what_is_planned_for_a_lead_that_must_get_nothing_more_is_canceled(change, reason):
    message, other = MessageFactory(), MessageFactory()
    Lead.objects.filter(pk=message.lead_id).update(**change)
    assert dispatch.release_unmailable(MONDAY) == 1
    message.refresh_from_db()
    other.refresh_from_db()
    assert (message.status, other.status) == (Message.Status.CANCELED, Message.Status.QUEUED)
    assert Enrollment.objects.get(pk=message.enrollment_id).end_reason == reason
    assert DailyFigures.objects.get().canceled == 1
    assert SendingDomain.objects.get(pk=message.domain_id).needs_replanning
    assert dispatch.release_unmailable(MONDAY) == 0


def test_a_suppressed_company_domain_releases_all_its_leads():
    for name in ("info", "sales"):
        MessageFactory(enrollment__lead__email=f"{name}@hotel-zon.nl")
    suppress(["hotel-zon.nl"], reason=Suppression.Reason.MANUAL, scope=Suppression.Scope.DOMAIN)
    assert dispatch.release_unmailable(MONDAY) == 2


def test_what_missed_its_window_goes_first_on_the_next_workday():
    message = planned_message()
    after_grace = MONDAY + 10 * HOUR
    assert dispatch.roll_over(after_grace) == 1
    message.refresh_from_db()
    assert message.scheduled_at == MONDAY + timedelta(days=1)
    assert dispatch.roll_over(after_grace) == 0


def test_nothing_is_rolled_over_while_the_grace_lasts():
    message = planned_message()
    assert dispatch.roll_over(MONDAY + 10 * HOUR - timedelta(minutes=1)) == 0
    message.refresh_from_db()
    assert message.scheduled_at == MONDAY


def test_slots_that_were_given_back_are_used_by_those_behind():
    first = planned_message()
    second = MessageFactory(
        enrollment__campaign=first.campaign,
        enrollment__domain=first.domain,
        alias=first.alias,
        step=first.step,
        scheduled_at=MONDAY + timedelta(minutes=20),
        not_before=MONDAY,
    )
    Lead.objects.filter(pk=first.lead_id).update(stopped_at=MONDAY)
    dispatch.release_unmailable(MONDAY - HOUR)
    assert dispatch.roll_over(MONDAY - HOUR) == 1
    second.refresh_from_db()
    assert second.scheduled_at == MONDAY
    assert not SendingDomain.objects.get().needs_replanning


def test_a_paused_campaign_is_not_planned_anew_each_time():
    planned_message()
    Campaign.objects.update(status=Campaign.Status.PAUSED)
    assert dispatch.roll_over(MONDAY + 10 * HOUR) == 0


@pytest.mark.parametrize("ahead", [timedelta(minutes=80), timedelta(days=1)])
def test_a_throttle_that_a_fast_clock_left_far_ahead_is_looked_at(ahead):
    message = MessageFactory()
    SendingDomain.objects.update(next_allowed_at=MONDAY + ahead)
    assert dispatch.domains_due(MONDAY) == [message.domain_id]


def test_one_policy_that_cannot_be_read_stops_no_other_domain():
    bad, good = planned_message(), planned_message()
    SendingPolicy.objects.filter(pk=bad.domain.policy_id).update(timezone="Mars/Olympus")
    assert dispatch.domains_due(MONDAY) == [good.domain_id]
    SendingDomain.objects.update(needs_replanning=True)
    assert dispatch.roll_over(MONDAY) == 2
    assert not SendingDomain.objects.get(pk=good.domain_id).needs_replanning


def test_after_a_night_without_workers_the_morning_is_planned_anew():
    message = planned_message(scheduled_at=MONDAY - timedelta(days=3), not_before=MONDAY - 3 * HOUR)
    assert dispatch.roll_over(MONDAY + timedelta(minutes=1)) == 1
    message.refresh_from_db()
    assert message.scheduled_at >= MONDAY
    assert dispatch.roll_over(MONDAY + timedelta(minutes=1)) == 0


def test_what_an_ended_flow_left_behind_is_not_planned_all_night():
    planned_message()
    Enrollment.objects.update(status="ended", end_reason="stopped")
    assert dispatch.roll_over(MONDAY + 10 * HOUR) == 0
