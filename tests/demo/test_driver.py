"""When the demo's clock may move on, and to which moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import F

from campaigns import planning
from campaigns.models import Campaign, Message, SendingDomain
from mailsuite.demo.api import Api
from mailsuite.demo.desk import Desk
from mailsuite.demo.driver import Driver, StuckError, is_completed, is_settled, next_sending
from mailsuite.demo.journal import Journal
from mailsuite.demo.recipients import Recipients
from mailsuite.lib import clock
from tests.factories import EnrollmentFactory, MessageFactory
from tests.factories.campaigns import MONDAY

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def monday() -> Iterator[clock.FrozenClock]:
    with clock.frozen(MONDAY) as frozen:
        yield frozen


def domain_of(message: Message, **values: object) -> None:
    SendingDomain.objects.filter(pk=message.domain_id).update(**values)


def test_the_next_mail_leaves_at_the_latest_of_slot_wait_and_throttle():
    message = MessageFactory()
    assert next_sending() == MONDAY
    Message.objects.update(not_before=MONDAY + MINUTE)
    assert next_sending() == MONDAY + MINUTE
    domain_of(message, next_allowed_at=MONDAY + 2 * MINUTE)
    assert next_sending() == MONDAY + 2 * MINUTE


def test_nothing_is_next_where_nothing_may_leave():
    MessageFactory(not_before=None)
    MessageFactory(sent=True)
    MessageFactory(enrollment__campaign__status=Campaign.Status.PAUSED)
    assert next_sending() is None
    assert is_settled()


def test_the_clock_waits_for_a_mail_that_is_due_or_under_way(monday: clock.FrozenClock):
    message = MessageFactory()
    assert not is_settled()
    Message.objects.update(
        status="sending", attempt_id="0" * 32, lease_until=MONDAY, not_before=F("not_before")
    )
    assert not is_settled()
    Message.objects.update(status="sent", sent_at=MONDAY)
    assert is_settled()
    domain_of(message, needs_replanning=True)
    assert not is_settled()


@pytest.mark.parametrize(
    "closed",
    [
        {"next_allowed_at": MONDAY + 20 * MINUTE},
        {"sent_on": MONDAY.date(), "sent_today": 27},
    ],
)
def test_the_clock_does_not_wait_for_a_mail_that_the_throttle_holds(closed: dict[str, object]):
    domain_of(MessageFactory(), **closed)
    assert is_settled()


def test_the_clock_waits_while_a_domain_is_being_planned():
    key = [planning._PLANNING_LOCK, 7]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", key)
        try:
            assert not is_settled()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)
    assert is_settled()


def test_the_clock_does_not_wait_for_the_mails_of_a_paused_domain():
    domain_of(MessageFactory(), paused_at=MONDAY)
    assert is_settled()
    assert next_sending() is None


def test_a_campaign_that_runs_for_a_held_lead_alone_is_not_completed():
    EnrollmentFactory(status="held")
    assert not is_completed()
    Campaign.objects.update(status="completed")
    assert is_completed()


def test_only_mails_of_unknown_fate_may_be_left_at_the_end():
    message = MessageFactory(status="unknown")
    assert is_completed()
    MessageFactory(enrollment__campaign=message.campaign)
    assert not is_completed()


class Quiet(Recipients):
    """Nobody reads anything."""

    def next_at(self) -> datetime | None:
        return None


def test_what_never_happens_ends_the_demo_with_the_way_to_the_logs(tmp_path: Path, monkeypatch):
    MessageFactory()
    monkeypatch.setattr("mailsuite.demo.driver._PATIENCE_SECONDS", 0.1)
    complaint = r"2026-06-01 06:00 UTC for mails that are due.*beat\.log"
    desk_api = Api("http://127.0.0.1:1", "nobody", "")
    with closing(Journal(tmp_path / "j")) as journal, pytest.raises(StuckError, match=complaint):
        people, desk = Quiet(journal, list[bytes]().append), Desk(desk_api, journal)
        Driver(tmp_path / "clock.json", people, desk, lambda: None).run()
