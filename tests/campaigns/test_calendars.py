from datetime import UTC, date, datetime, time

import pytest

from campaigns.calendars import calendar_for, daily_shares, planning_calendar, sending_calendar
from campaigns.models import Campaign
from campaigns.scheduling.values import Delay, DelayUnit
from mailsuite.lib.errors import Refusal
from tests.campaigns.drafts import a_domain, a_draft
from tests.factories import SendingPolicyFactory

pytestmark = pytest.mark.django_db


def test_a_policy_becomes_its_calendar():
    calendar = calendar_for(a_domain())
    window = calendar.window(date(2026, 6, 1))
    assert window.opens == datetime(2026, 6, 1, 6, tzinfo=UTC)
    assert window.closes == datetime(2026, 6, 1, 15, tzinfo=UTC)
    assert window.grace_ends == datetime(2026, 6, 1, 16, tzinfo=UTC)
    assert (calendar.interval.total_seconds(), calendar.daily_cap) == (1200, 27)


def test_holidays_blackouts_and_working_holidays_count():
    policy = SendingPolicyFactory(
        blackout_dates=[date(2026, 6, 2)], working_holidays=[date(2026, 5, 25)]
    )
    calendar = sending_calendar(policy)
    assert calendar.is_workday(date(2026, 5, 25))  # Whit Monday, on which this one works
    assert not calendar.is_workday(date(2026, 4, 27))  # King's Day
    after_blackout = calendar.earliest(
        datetime(2026, 6, 1, 9, tzinfo=UTC), Delay(1, DelayUnit.WORKDAYS)
    )
    assert after_blackout == datetime(2026, 6, 3, 6, tzinfo=UTC)


def test_no_country_means_no_holidays():
    policy = SendingPolicyFactory(holiday_country="")
    assert sending_calendar(policy).is_workday(date(2026, 4, 27))


def test_a_campaign_narrows_days_and_hours():
    campaign = Campaign(send_days=[2], send_from=time(9), send_until=time(12))
    calendar = sending_calendar(SendingPolicyFactory(), campaign)
    assert calendar.window(date(2026, 6, 1)) is None
    assert calendar.window(date(2026, 6, 2)).opens == datetime(2026, 6, 2, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"send_days": [1, 7]}, "limits.send_days"),
        ({"send_from": time(7)}, "limits.send_from"),
        ({"send_until": time(17, 1)}, "limits.send_until"),
        ({"send_from": time(12), "send_until": time(12)}, "limits.send_until"),
        ({"send_days": []}, "limits.send_days"),
    ],
)
def test_limits_wider_than_the_policy_are_refused_by_the_campaigns_name(limits, field):
    with pytest.raises(Refusal) as refusal:
        sending_calendar(SendingPolicyFactory(), Campaign(**limits))
    assert list(refusal.value.fields) == [field]


def test_equal_rules_share_one_calendar():
    one, two = SendingPolicyFactory(), SendingPolicyFactory()
    assert sending_calendar(one) is sending_calendar(two, Campaign())


@pytest.mark.parametrize(
    ("limit", "shares"),
    [(None, [None, None, None]), (3, [1, 1, 1]), (5, [2, 2, 1]), (81, [27, 27, 27])],
)
def test_domains_share_the_daily_limit_as_evenly_as_it_goes(limit, shares):
    domains = [a_domain(), a_domain(), a_domain()]
    assert daily_shares(Campaign(daily_limit=limit), domains) == shares


@pytest.mark.parametrize("limit", [0, 1, 55])
def test_a_limit_that_feeds_not_each_domain_or_exceeds_them_all_is_refused(limit):
    with pytest.raises(Refusal, match=r"must lie between 2 .* and the 54 a day"):
        daily_shares(Campaign(daily_limit=limit), [a_domain(), a_domain()])


def test_planning_gives_each_domain_its_share():
    one, two = a_domain(), a_domain()
    draft = a_draft(one, two, daily_limit=5)
    caps = [planning_calendar(domain, draft).daily_cap for domain in (one, two)]
    assert caps == [3, 2]


def test_a_policy_that_became_narrower_cuts_a_launched_campaign_down():
    policy = SendingPolicyFactory(send_days=[1, 2], window_end=time(12), grace_until=time(13))
    campaign = Campaign(status="running", send_days=[2, 3], send_until=time(16))
    calendar = sending_calendar(policy, campaign, daily_share=40)
    assert calendar.window(date(2026, 6, 2)).closes == datetime(2026, 6, 2, 10, tzinfo=UTC)
    assert calendar.window(date(2026, 6, 3)) is None
    assert calendar.daily_cap == 27


def test_where_nothing_is_left_of_its_limits_it_is_refused():
    policy = SendingPolicyFactory(send_days=[1])
    with pytest.raises(Refusal, match="send_days"):
        sending_calendar(policy, Campaign(status="running", send_days=[2]))


def test_a_policy_that_cannot_be_planned_with_is_refused():
    with pytest.raises(Refusal, match="timezone: 'Mars/Olympus' is no time zone"):
        sending_calendar(SendingPolicyFactory(timezone="Mars/Olympus"))
