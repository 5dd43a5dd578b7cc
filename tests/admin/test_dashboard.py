from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Tick
from mailsuite import charts, dashboard
from mailsuite.lib import clock
from tests.factories import (
    CampaignDomainFactory,
    CampaignFactory,
    DailyFiguresFactory,
    DomainCheckFactory,
    EnrollmentFactory,
    LeadImportFactory,
    MailboxFactory,
    MessageFactory,
    ProviderEventFactory,
    SendingDomainFactory,
    StuckMailFactory,
    UserFactory,
)
from tests.factories.campaigns import MONDAY

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(hours=4)
INDEX = reverse("admin:index")


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(NOW):
        yield


def attention() -> dict[str, int]:
    return {found.title: found.count for found in dashboard.what_needs_somebody(NOW)}


def test_when_all_is_well_nothing_needs_attention(boss: Client) -> None:
    MessageFactory(sent=True)
    MessageFactory(scheduled_at=NOW - timedelta(minutes=5))
    MessageFactory(status="unknown", scheduled_at=NOW - timedelta(hours=71))
    long_over = NOW - timedelta(days=31)
    EnrollmentFactory(campaign__status="completed", campaign__finished_at=long_over, status="held")
    LeadImportFactory(status="completed")
    assert attention() == {}
    assert "Needs attention" not in boss.get(INDEX).content.decode()


def test_a_mailbox_that_nobody_can_read_is_shown_to_all_and_linked_for_some(login) -> None:
    MailboxFactory(failing_since=NOW - timedelta(minutes=14), last_problem="restarting")
    MailboxFactory(failing_since=NOW - timedelta(days=1), is_active=False, last_problem="old")
    MailboxFactory(
        name="Christian", failing_since=NOW - timedelta(minutes=15), last_problem="wrong password"
    )
    for group, is_linked in (("ops", True), ("marketer", False)):
        shown = login(group).get(INDEX).content.decode()
        assert "Christian: wrong password" in shown
        assert "restarting" not in shown
        assert (reverse("admin:tracking_mailbox_changelist") in shown) == is_linked


def test_what_will_not_mend_itself_is_shown(boss: Client) -> None:
    MessageFactory(status="unknown", scheduled_at=NOW - timedelta(hours=73))
    MessageFactory(scheduled_at=NOW - timedelta(minutes=31))
    EnrollmentFactory(status="held")
    EnrollmentFactory(campaign__status="completed", campaign__finished_at=NOW, status="held")
    LeadImportFactory(status="failed")
    StuckMailFactory()
    StuckMailFactory(next_try_at=NOW)
    ProviderEventFactory(state="failed", received_at=NOW)
    ProviderEventFactory(state="failed", received_at=NOW - timedelta(days=366))
    ProviderEventFactory(received_at=NOW)
    DomainCheckFactory(verdict="failed")
    DomainCheckFactory(verdict="unknown")
    assert attention() == {
        "Failed DNS checks": 1,
        "Provider events that failed": 1,
        "Mails that stuck": 1,
        "Mails of unknown fate": 1,
        "Overdue mails": 1,
        "Leads held back": 2,
        "Failed imports": 1,
    }
    assert "Needs attention" in boss.get(INDEX).content.decode()


def test_each_matter_leads_to_its_rows(boss: Client) -> None:
    MessageFactory(status="unknown", scheduled_at=NOW - timedelta(hours=73))
    MessageFactory(sent=True)
    EnrollmentFactory(status="held")
    LeadImportFactory(status="failed")
    DomainCheckFactory(verdict="failed")
    DomainCheckFactory(verdict="failed", domain__is_active=False)
    for found in dashboard.what_needs_somebody(NOW):
        assert boss.get(found.url).context["cl"].result_count == found.count


def test_a_paused_domain_says_why() -> None:
    SendingDomainFactory(name="seo.nl", paused_at=NOW, pause_reason="535 login refused")
    SendingDomainFactory()
    (found,) = dashboard.paused_domains(dashboard.backlog.domains_today(NOW))
    assert (found.count, found.hint) == (1, "seo.nl: 535 login refused")


def test_campaigns_under_way_with_their_progress() -> None:
    running = CampaignDomainFactory(campaign__name="Hotels", domain__name="seo.nl").campaign
    DailyFiguresFactory(campaign=running, planned=10, canceled=2, sent=4, opened=1)
    CampaignFactory(status="completed")
    (shown,) = dashboard.running_campaigns()
    assert (shown.name, shown.domains, shown.percent, shown.to_send) == ("Hotels", "seo.nl", 50, 8)
    assert shown.open_rate == "25%"


def test_a_campaign_without_mails_has_no_progress() -> None:
    CampaignFactory()
    (shown,) = dashboard.running_campaigns()
    assert (shown.percent, shown.open_rate) == (0, "0%")


def test_the_chart_has_every_day_of_two_weeks() -> None:
    figures = DailyFiguresFactory(day=NOW.date(), sent=3, opened=2, clicked=1)
    DailyFiguresFactory(campaign=figures.campaign, day=NOW.date() - timedelta(days=13), sent=5)
    DailyFiguresFactory(campaign=figures.campaign, day=NOW.date() - timedelta(days=14), sent=9)
    days = charts.last_days(NOW)
    assert [day.sent for day in days] == [5, *[0] * 12, 3]
    drawn = json.loads(charts.chart(days))
    assert (drawn["labels"][0], drawn["labels"][-1]) == ("Tue 19", "Mon 1")
    assert {one["label"]: one["data"][-1] for one in drawn["datasets"]} == {
        "Sent": 3,
        "Opened": 2,
        "Clicked": 1,
    }


def test_sent_today_is_held_against_the_cap(boss: Client) -> None:
    SendingDomainFactory(sent_on=NOW.date(), sent_today=19)
    SendingDomainFactory(sent_on=NOW.date(), sent_today=2, is_active=False)
    tile = boss.get(INDEX).context["tiles"][0]
    assert (tile["figure"], tile["note"]) == (21, "of 27 allowed")


def test_the_page_costs_the_same_however_much_there_is(boss: Client) -> None:
    boss.get(INDEX)
    with CaptureQueriesContext(connection) as empty:
        boss.get(INDEX)
    for _ in range(3):
        campaign = CampaignDomainFactory().campaign
        DailyFiguresFactory(campaign=campaign, sent=1)
        MessageFactory(enrollment__campaign=campaign)
    with CaptureQueriesContext(connection) as full:
        boss.get(INDEX)
    assert len(full) - len(empty) <= 3  # the domains of campaigns and their figures, once each
    assert len(full) <= 21


def test_everything_comes_from_this_server(boss: Client) -> None:
    MessageFactory()
    text = boss.get(INDEX).content.decode()
    assert "http://" not in text.replace("http://testserver", "").replace("http://www.w3.org", "")
    assert "https://" not in text


def test_the_dispatcher_tells_when_it_last_ticked(boss: Client) -> None:
    assert "has not ticked yet" in boss.get(INDEX).content.decode()
    Tick.objects.create(at=Now(), finished_at=Now() - timedelta(seconds=42))
    assert "ticked 42 s ago" in boss.get(INDEX).content.decode()


def test_who_may_see_no_campaigns_gets_no_figures(client: Client) -> None:
    client.force_login(UserFactory())
    answer = client.get(INDEX)
    assert answer.status_code == 200
    assert "tiles" not in answer.context
