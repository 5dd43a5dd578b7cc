"""Flows that wait by what came back: tests/tracking/effects/test_auto_replies.py."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from campaigns.models import Enrollment, SendingPolicy
from campaigns.tally import Tally
from campaigns.waiting import wait_for_return
from tests.campaigns.mails import two_mail_flow
from tests.factories.campaigns import MONDAY

pytestmark = pytest.mark.django_db


def waits(back_on: date | None, now: datetime = MONDAY) -> datetime | None:
    first, _ = two_mail_flow()
    wait_for_return(first, back_on, now, Tally())
    return Enrollment.objects.get().waits_until


def test_the_workday_is_the_one_of_the_sending_domains_policy():
    first, _ = two_mail_flow()
    SendingPolicy.objects.update(
        timezone="America/New_York", blackout_dates=[date(2026, 6, 9)], window_start="09:00"
    )
    wait_for_return(first, date(2026, 6, 8), MONDAY, Tally())
    # Tuesday is a blackout date; Wednesday, 09:00 in New York.
    assert Enrollment.objects.get().waits_until == datetime(2026, 6, 10, 13, tzinfo=UTC)


def test_the_hour_follows_the_clock_change():
    # Back on Friday 23 October 2026; on Monday Amsterdam has its winter time.
    assert waits(date(2026, 10, 23)) == datetime(2026, 10, 26, 7, tzinfo=UTC)


def test_who_should_be_back_already_is_taken_to_be_back_today():
    assert waits(date(2026, 5, 20)) == MONDAY + timedelta(days=1)


def test_today_is_the_day_at_the_sending_domain():
    late = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)  # Tuesday in Amsterdam
    assert waits(None, late) == datetime(2026, 6, 9, 6, tzinfo=UTC)


def test_rules_that_leave_no_day_keep_no_absence_from_being_recorded():
    first, _ = two_mail_flow()
    SendingPolicy.objects.update(send_days=[])
    wait_for_return(first, date(2026, 6, 8), MONDAY, Tally())
    assert Enrollment.objects.get().waits_until == MONDAY + timedelta(days=1)
