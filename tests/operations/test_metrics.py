from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from campaigns.models import SendingDomain, Tick
from mailsuite.lib import clock
from tests.factories import (
    CampaignFactory,
    DailyFiguresFactory,
    DomainCheckFactory,
    EnrollmentFactory,
    MailboxFactory,
    MessageFactory,
    ProviderEventFactory,
    SendingDomainFactory,
    StuckMailFactory,
)
from tests.factories.campaigns import MONDAY
from tracking.models import Hit

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(minutes=10)


def scrape(client: Client, **headers: str) -> dict[tuple[str, str], float]:
    """Metric and label value → figure."""
    with clock.frozen(NOW):
        answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, "".join(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def test_an_empty_installation_can_be_scraped(client: Client) -> None:
    figures = scrape(client)
    assert figures["mailsuite_messages", "queued"] == 0
    assert figures["mailsuite_oldest_due_seconds", ""] == 0
    assert str(figures["mailsuite_last_tick_age_seconds", ""]) == "nan"


def test_the_queue_and_its_lag(client: Client) -> None:
    MessageFactory(scheduled_at=MONDAY)
    MessageFactory(scheduled_at=NOW + timedelta(days=1))
    MessageFactory(status="unknown", scheduled_at=NOW - timedelta(hours=73))
    MessageFactory(sent=True)
    figures = scrape(client)
    assert figures["mailsuite_messages", "queued"] == 2
    assert figures["mailsuite_messages", "sending"] == 0
    assert figures["mailsuite_messages", "unknown"] == 1
    assert figures["mailsuite_messages_due", ""] == 1
    assert figures["mailsuite_oldest_due_seconds", ""] == 600
    assert figures["mailsuite_messages_needing_decision", ""] == 1


def test_mailboxes_that_nobody_can_read(client: Client) -> None:
    MailboxFactory(failing_since=NOW - timedelta(minutes=15))
    MailboxFactory(failing_since=NOW)
    MailboxFactory()
    StuckMailFactory()
    figures = scrape(client)
    assert figures["mailsuite_mailboxes_failing", ""] == 1
    assert figures["mailsuite_mails_stuck", ""] == 1


def test_what_providers_told_and_nobody_took_in(client: Client) -> None:
    ProviderEventFactory()
    ProviderEventFactory(state="done")
    assert scrape(client)["mailsuite_provider_events_waiting", ""] == 1


def test_checks_that_the_domains_in_use_failed(client: Client) -> None:
    DomainCheckFactory(verdict="failed")
    DomainCheckFactory(verdict="failed", domain__is_active=False)
    DomainCheckFactory()
    assert scrape(client)["mailsuite_domain_checks_failed", ""] == 1


def test_a_paused_campaign_has_nothing_due(client: Client) -> None:
    MessageFactory(enrollment__campaign__status="paused")
    assert scrape(client)["mailsuite_messages_due", ""] == 0


def test_domains_tell_their_day(client: Client) -> None:
    seo = SendingDomainFactory(name="seo.nl", sent_on=NOW.date(), sent_today=3)
    SendingDomainFactory(name="old.nl", sent_on=NOW.date() - timedelta(days=1), sent_today=27)
    SendingDomain.objects.update(next_allowed_at=NOW + timedelta(minutes=5))
    MessageFactory(enrollment=EnrollmentFactory(domain=seo))
    figures = scrape(client)
    assert figures["mailsuite_domain_sent_today", "seo.nl"] == 3
    assert figures["mailsuite_domain_sent_today", "old.nl"] == 0
    assert figures["mailsuite_domain_daily_cap", "seo.nl"] == 27
    assert figures["mailsuite_domain_throttle_wait_seconds", "seo.nl"] == 300
    assert figures["mailsuite_domain_throttle_wait_seconds", "old.nl"] == 0
    assert figures["mailsuite_domain_paused", "seo.nl"] == 0


def test_outcomes_add_up_over_campaigns_and_days(client: Client) -> None:
    campaign = CampaignFactory()
    DailyFiguresFactory(campaign=campaign, sent=2, opened=1)
    DailyFiguresFactory(campaign=campaign, sent=3, day=NOW.date() + timedelta(days=1))
    figures = scrape(client)
    assert figures["mailsuite_mails_total", "sent"] == 5
    assert figures["mailsuite_mails_total", "opened"] == 1
    assert figures["mailsuite_mails_total", "bounced"] == 0


def test_hits_and_ticks(client: Client) -> None:
    Hit.objects.create(kind="opened", message_id=1, at=NOW, method="GET")
    Tick.objects.create(at=Now() - timedelta(seconds=60), finished_at=Now() - timedelta(seconds=30))
    figures = scrape(client)
    assert figures["mailsuite_hits_waiting", ""] == 1
    assert 30 <= figures["mailsuite_last_tick_age_seconds", ""] < 60


def test_the_number_of_queries_does_not_grow(client: Client, django_assert_num_queries) -> None:
    for number in range(3):
        MessageFactory(enrollment=EnrollmentFactory(domain__name=f"{number}.nl"))
    with django_assert_num_queries(11):
        scrape(client)


def test_another_machine_needs_the_token(client: Client, settings) -> None:
    settings.METRICS_TOKEN = "open-sesame-open-sesame"
    there = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/metrics", **there).status_code == 401
    wrong = client.get("/metrics", headers={"authorization": "Bearer open"}, **there)
    assert wrong.status_code == 401
    bearer = {"authorization": "Bearer open-sesame-open-sesame"}
    assert client.get("/metrics", headers=bearer, **there).status_code == 200


def test_without_a_token_no_other_machine_gets_in(client: Client, settings) -> None:
    settings.METRICS_TOKEN = ""
    answer = client.get("/metrics", headers={"authorization": "Bearer "}, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 401
    assert b"mailsuite_" not in answer.content


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_this_machine_gets_in(client: Client, address: str) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 200


def test_a_proxy_on_this_machine_does_not_open_the_door(client: Client, settings) -> None:
    assert client.get("/metrics", headers={"x-forwarded-for": "192.0.2.7"}).status_code == 401
    settings.PROXY_COUNT = 1
    assert client.get("/metrics").status_code == 401


def test_a_unix_socket_is_no_address(client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 401
