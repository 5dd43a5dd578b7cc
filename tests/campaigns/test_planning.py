from datetime import UTC, datetime, timedelta

import pytest

from campaigns.calendars import planning_calendar
from campaigns.enrollments import cancel_queued
from campaigns.lifecycle import launch
from campaigns.models import Campaign, Enrollment, Message, SendingDomain, SendingPolicy
from campaigns.planning import _write, plan_remaining, replan_domain
from campaigns.remaining import remaining
from tests.campaigns.drafts import OPENING, a_domain, a_draft, slots
from tests.factories import LeadFactory, SendAttemptFactory, SendingPolicyFactory

pytestmark = pytest.mark.django_db

UNDER_WAY = {
    "status": "sending",
    "attempt_id": "7d8c3a1e-5a3f-4d47-9d5e-0c8a6f0f9b11",
    "lease_until": OPENING,
}


def at(clock: str, day: int = 1) -> datetime:
    """Of June 2026, read in Amsterdam (UTC+2); the 1st is a Monday."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 6, day, hour - 2, minute, tzinfo=UTC)


@pytest.fixture
def domain():
    return a_domain()


def launched(domain, leads, **fields):
    LeadFactory.create_batch(leads)
    return launch(a_draft(domain, **fields), OPENING).campaign


def message(place, mail_number=1):
    return Message.objects.filter(mail_number=mail_number).order_by("pk")[place]


def sent(message, when):
    """As the sender leaves it: sent, the throttle shut for twenty minutes."""
    Message.objects.filter(pk=message.pk).update(status="sent", sent_at=when)
    SendingDomain.objects.update(
        next_allowed_at=when + timedelta(minutes=20), sent_on=when.date(), sent_today=1
    )


def test_planning_again_without_a_change_moves_nothing(domain):
    launched(domain, 30, followup_enabled=True)
    assert replan_domain(domain, OPENING) == 0
    assert replan_domain(domain, at("08:10")) == 0


def test_the_slot_of_a_canceled_mail_is_given_to_the_next_in_line(domain):
    campaign = launched(domain, 4)
    cancel_queued("id", [message(1).pk], OPENING)
    assert replan_domain(domain, OPENING) == 2
    queued = Message.objects.queued().order_by("scheduled_at")
    assert [mail.scheduled_at for mail in queued] == [at("08:00"), at("08:20"), at("08:40")]
    assert [mail.enrollment.position for mail in queued] == [0, 2, 3]
    assert campaign.messages.count() == 4


def test_planning_takes_the_mark_away(domain):
    launched(domain, 1)
    SendingDomain.objects.update(needs_replanning=True)
    replan_domain(domain, OPENING)
    assert not SendingDomain.objects.get().needs_replanning


def test_a_domain_that_cannot_be_planned_keeps_its_plan_and_its_mark(domain):
    campaign = launched(domain, 2)
    before = slots(campaign)
    SendingPolicy.objects.update(send_days=[])
    assert replan_domain(domain, at("17:30")) == 0
    assert slots(campaign) == before
    assert SendingDomain.objects.get().needs_replanning


def test_what_missed_its_window_goes_first_on_the_next_workday_in_order(domain):
    campaign = launched(domain, 30)
    replan_domain(domain, at("18:01"))
    assert slots(campaign)[:2] == ["Tue 02 08:00", "Tue 02 08:20"]
    assert slots(campaign)[27:] == ["Wed 03 08:00", "Wed 03 08:20", "Wed 03 08:40"]
    in_order = Message.objects.order_by("scheduled_at").values_list(
        "enrollment__position", flat=True
    )
    assert list(in_order) == list(range(30))


def test_a_mail_whose_slot_has_come_keeps_it(domain):
    """Or whoever plans often enough would put it off for ever."""
    campaign = launched(domain, 2)
    replan_domain(domain, at("08:01"))
    replan_domain(domain, at("08:19"))
    assert slots(campaign) == ["Mon 01 08:00", "Mon 01 08:20"]


def test_delayed_mails_keep_their_turn_and_so_do_those_that_wait_behind_them(domain):
    campaign = launched(domain, 4)
    # 08:00, 08:20 and 08:40 go at 08:50, 09:10 and 09:30, and that of 09:00 at 09:50.
    assert replan_domain(domain, at("08:50")) == 0
    assert slots(campaign)[3] == "Mon 01 09:00"


def test_what_is_new_goes_behind_the_delayed_mails(domain):
    campaign = launched(domain, 4)
    Message.objects.filter(pk=message(3).pk).update(scheduled_at=at("08:00", day=2))
    replan_domain(domain, at("08:50"))
    # The throttle opens for it at 09:50, in the slot that began at 09:40.
    assert slots(campaign) == ["Mon 01 08:00", "Mon 01 08:20", "Mon 01 08:40", "Mon 01 09:40"]


def test_a_delayed_day_ends_in_the_grace_however_often_it_is_planned(domain):
    """Workers were down from 12:00 to 12:45: with the grace the last of 27 leaves at 17:25."""
    launched(domain, 27)
    Message.objects.filter(scheduled_at__lt=at("12:00")).update(status="sent", sent_at=OPENING)
    SendingDomain.objects.update(sent_on=OPENING.date(), sent_today=12)
    assert replan_domain(domain, at("12:45")) == 0
    assert replan_domain(domain, at("13:04")) == 0
    assert Message.objects.filter(scheduled_at__gte=at("18:00")).count() == 0


def test_what_not_even_the_grace_can_take_goes_tomorrow(domain):
    """From 14:01 there are twelve turns until 18:00, and fifteen mails."""
    launched(domain, 27)
    Message.objects.filter(scheduled_at__lt=at("12:00")).update(status="sent", sent_at=OPENING)
    SendingDomain.objects.update(sent_on=OPENING.date(), sent_today=12)
    assert replan_domain(domain, at("14:01")) == 3
    tomorrow = Message.objects.filter(scheduled_at__gte=at("18:00")).order_by("scheduled_at")
    moments = tomorrow.values_list("enrollment__position", "scheduled_at")
    expected = ["08:00", "08:20", "08:40"]
    assert list(moments) == [(24 + n, at(slot, day=2)) for n, slot in enumerate(expected)]


def test_a_mail_behind_the_end_of_a_shortened_window_has_no_grace(domain):
    """The grace is for what was due in the window."""
    campaign = launched(domain, 2)
    Message.objects.update(scheduled_at=at("12:20"), not_before=OPENING)
    SendingPolicy.objects.update(window_end="12:00", grace_until="13:00")
    replan_domain(domain, at("12:30"))
    assert slots(campaign) == ["Tue 02 08:00", "Tue 02 08:20"]


@pytest.mark.parametrize("interval", [7, 20, 40, 50, 120])
def test_no_mail_of_tomorrow_is_pulled_into_a_slot_of_today_that_is_over(interval):
    domain = a_domain(policy=SendingPolicyFactory(interval_minutes=interval, daily_cap=99))
    slots_a_day = -(-540 // interval)
    campaign = launched(domain, slots_a_day + 2)
    last = campaign.messages.order_by("scheduled_at")[slots_a_day - 1]
    Message.objects.filter(scheduled_at__lt=last.scheduled_at).update(
        status="sent", sent_at=OPENING
    )
    cancel_queued("id", [last.pk], at("17:02"))
    replan_domain(domain, at("17:02"))
    tomorrow = [at("08:00", day=2), at("08:00", day=2) + timedelta(minutes=interval)]
    assert [mail.scheduled_at for mail in campaign.messages.queued()] == tomorrow


def test_in_the_grace_delayed_mails_stay_as_long_as_they_can_still_go(domain):
    launched(domain, 27)
    Message.objects.filter(scheduled_at__lt=at("16:00")).update(status="sent", sent_at=OPENING)
    SendingDomain.objects.update(sent_on=OPENING.date(), sent_today=10)
    replan_domain(domain, at("17:30"))
    left = Message.objects.queued().order_by("scheduled_at").values_list("scheduled_at", flat=True)
    # 17:30 and 17:50; the third could only go at 18:10.
    assert list(left) == [at("16:00"), at("16:20"), at("08:00", day=2)]


def test_the_cap_of_the_day_bounds_what_stays(domain):
    launched(domain, 3)
    SendingDomain.objects.update(sent_on=OPENING.date(), sent_today=26)
    replan_domain(domain, at("09:00"))
    moments = Message.objects.order_by("scheduled_at").values_list("scheduled_at", flat=True)
    assert list(moments) == [at("08:00"), at("08:00", day=2), at("08:20", day=2)]


def test_a_late_start_of_the_throttle_costs_no_slot(domain):
    campaign = launched(domain, 3)
    sent(message(0), at("08:00") + timedelta(seconds=5))
    assert replan_domain(domain, at("08:01")) == 0
    assert slots(campaign) == ["Mon 01 08:00", "Mon 01 08:20", "Mon 01 08:40"]


def test_a_follow_up_counts_from_the_real_sending(domain):
    campaign = launched(domain, 1, followup_enabled=True)
    assert slots(campaign, 2) == ["Thu 04 08:00"]
    sent(message(0), at("08:00", day=3))
    Message.objects.filter(mail_number=2).update(not_before=at("08:00", day=8))
    replan_domain(domain, at("08:01", day=3))
    assert slots(campaign, 2) == ["Mon 08 08:00"]


def test_follow_ups_go_before_new_leads(domain):
    campaign = launched(domain, 2, followup_enabled=True, followup_days=1)
    sent(message(0), at("08:00"))
    replan_domain(domain, at("09:10", day=2))
    # The follow-up is due since Tuesday 08:00; the new lead was not sent on Monday.
    assert slots(campaign, 2)[0] == "Tue 02 09:00"
    assert slots(campaign)[1] == "Tue 02 09:20"


def test_a_retry_waits_for_its_backoff(domain):
    campaign = launched(domain, 2)
    Message.objects.filter(pk=message(0).pk).update(retries=1, not_before=at("08:30"))
    replan_domain(domain, at("08:05"))
    assert slots(campaign) == ["Mon 01 08:00", "Mon 01 08:40"]
    assert message(0).scheduled_at == at("08:40")


def test_a_mail_being_sent_keeps_its_slot_and_its_follow_up_a_place(domain):
    campaign = launched(domain, 2, followup_enabled=True)
    under_way = message(0)
    Message.objects.filter(pk=under_way.pk).update(phase="claimed", **UNDER_WAY)
    assert replan_domain(domain, OPENING) == 0
    assert slots(campaign, 2) == ["Thu 04 08:00", "Thu 04 08:20"]


def test_a_mail_past_the_gate_is_counted_once_against_the_day(domain):
    launched(domain, 27)
    sent(message(0), at("09:00"))
    Message.objects.filter(pk=message(0).pk).update(phase="wire", sent_at=None, **UNDER_WAY)
    assert replan_domain(domain, at("09:01")) == 0


def test_mails_behind_one_of_unknown_fate_take_nobodys_slot(domain):
    launched(domain, 2, followup_enabled=True, followup_days=1)
    Message.objects.filter(pk=message(0).pk).update(status="unknown")
    sent(message(1), at("08:20"))
    replan_domain(domain, at("09:00", day=2))
    waiting, going = Message.objects.filter(mail_number=2).order_by("enrollment__position")
    assert going.scheduled_at == at("09:00", day=2)
    assert waiting.scheduled_at == at("08:00", day=3)


def test_a_paused_campaign_is_left_alone(domain):
    launched(domain, 2)
    Campaign.objects.update(status="paused")
    assert replan_domain(domain, at("18:01")) == 0


def test_a_lead_that_left_the_flow_is_not_planned(domain):
    launched(domain, 2)
    Enrollment.objects.filter(position=0).update(status="ended", end_reason="stopped")
    replan_domain(domain, at("18:01"))
    assert message(0).scheduled_at == OPENING
    assert message(1).scheduled_at == at("08:00", day=2)


def test_the_campaigns_daily_limit_is_shared_by_its_domains():
    LeadFactory.create_batch(6)
    one, two = a_domain(), a_domain()
    campaign = launch(a_draft(one, two, daily_limit=3), OPENING).campaign
    assert [slot[:3] for slot in slots(campaign)] == ["Mon", "Mon", "Mon", "Tue", "Tue", "Wed"]
    assert replan_domain(one, OPENING) == 0


def test_the_mails_of_other_campaigns_use_up_the_cap_and_not_the_campaigns_limit(domain):
    SendingDomain.objects.update(sent_on=OPENING.date(), sent_today=6)
    campaign = launched(domain, 4, daily_limit=5)
    in_a_row = ["Mon 01 08:00", "Mon 01 08:20", "Mon 01 08:40", "Mon 01 09:00"]
    assert slots(campaign) == in_a_row
    assert replan_domain(domain, OPENING) == 0
    SendingDomain.objects.update(sent_today=25)
    replan_domain(domain, OPENING)
    assert slots(campaign) == [*in_a_row[:2], "Tue 02 08:00", "Tue 02 08:20"]


def test_what_the_campaign_has_sent_today_counts_for_its_limit(domain):
    campaign = launched(domain, 4, daily_limit=2)
    sent(message(0), OPENING)
    SendAttemptFactory(message=message(0))
    replan_domain(domain, at("08:01"))
    assert slots(campaign) == ["Mon 01 08:00", "Mon 01 08:20", "Tue 02 08:00", "Tue 02 08:20"]
    SendAttemptFactory(message=message(0), gated_at=at("08:00") - timedelta(hours=9))
    assert replan_domain(domain, at("08:02")) == 0  # that one was yesterday's
    SendAttemptFactory(message=message(0))
    replan_domain(domain, at("08:03"))
    assert slots(campaign)[1:] == ["Tue 02 08:00", "Tue 02 08:20", "Wed 03 08:00"]


def test_delayed_mails_of_a_limited_campaign_have_the_domains_room_too(domain):
    campaign = launched(domain, 2, daily_limit=2)
    SendingDomain.objects.update(sent_on=OPENING.date(), sent_today=6)
    assert replan_domain(domain, at("08:50")) == 0
    assert slots(campaign) == ["Mon 01 08:00", "Mon 01 08:20"]


def test_a_policy_without_a_pause_puts_all_on_the_opening():
    domain = a_domain(policy=SendingPolicyFactory(interval_minutes=0, daily_cap=2))
    campaign = launched(domain, 3)
    assert slots(campaign) == ["Mon 01 08:00", "Mon 01 08:00", "Tue 02 08:00"]
    assert replan_domain(domain, OPENING) == 0


def test_a_mail_that_has_left_since_it_was_read_keeps_its_slot(domain):
    campaign = launched(domain, 1)
    left = remaining(campaign, domain, at("18:01"))
    calendar = planning_calendar(domain, campaign)
    sends = plan_remaining(left, domain, calendar, at("18:01"))
    sent(message(0), OPENING)
    _write(sends, left)
    assert message(0).scheduled_at == OPENING


def test_planning_takes_the_same_queries_for_many_mails(domain, django_assert_max_num_queries):
    launched(domain, 30, followup_enabled=True)
    with django_assert_max_num_queries(14):
        assert replan_domain(domain, at("18:01")) > 0
