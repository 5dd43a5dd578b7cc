"""Sending domains in the API: how they are doing, and halting one."""

from __future__ import annotations

from datetime import date

import pytest

from campaigns.models import SendingDomain
from mailsuite.lib import clock
from tests.clients import ApiClient, client_in_group
from tests.factories import (
    DomainCheckFactory,
    MessageEventFactory,
    MessageFactory,
    SendAttemptFactory,
    SendingDomainFactory,
)
from tests.factories.campaigns import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with clock.frozen(MONDAY):
        yield


@pytest.fixture
def domain() -> SendingDomain:
    return SendingDomainFactory(name="punthelder-seo.nl")


@pytest.fixture
def ops() -> ApiClient:
    return client_in_group("ops")


def url(domain: SendingDomain, action: str = "") -> str:
    return f"/api/v1/domains/{domain.pk}" + (f"/{action}" if action else "")


def test_a_domain_shows_what_the_dns_says_about_it(marketer: ApiClient, domain) -> None:
    DomainCheckFactory(
        domain=domain,
        kind="dmarc",
        verdict="failed",
        problem="There is none.",
        remedy="Publish one.",
        trouble="no answer in time",
    )
    (check,) = marketer.get(url(domain)).json()["data"]["checks"]
    assert check == {
        "kind": "dmarc",
        "verdict": "failed",
        "record": "",
        "problem": "There is none.",
        "remedy": "Publish one.",
        "answered_at": "2026-06-01T08:00:00+02:00",
        "tried_at": "2026-06-01T08:00:00+02:00",
        "trouble": "no answer in time",
    }


def test_a_domain_shows_its_ramp_and_what_it_may_send_today(marketer: ApiClient, domain) -> None:
    SendingDomain.objects.update(
        ramp_start=10, ramp_step=5, ramp_days=2, sent_on=date(2026, 5, 29), sent_today=1
    )
    data = marketer.get(url(domain)).json()["data"]
    assert data["ramp_up"] == {"start": 10, "step": 5, "ceiling": 27, "days": 3}
    assert (data["cap_today"], data["sent_today"]) == (25, 0)


def test_without_a_ramp_it_may_send_its_full_number(marketer: ApiClient, domain) -> None:
    data = marketer.get(url(domain)).json()["data"]
    assert (data["ramp_up"], data["cap_today"]) == (None, 27)


def test_a_domain_shows_what_its_guardrails_see(marketer: ApiClient, domain) -> None:
    for number in range(4):
        message = MessageFactory(enrollment__domain=domain, sent=True)
        SendAttemptFactory(message=message)
        if not number:
            MessageEventFactory(message=message, kind="bounced", detail={"hard": True})
    data = marketer.get(url(domain)).json()["data"]
    assert data["record"] == {
        "days": 7,
        "least_mails": 50,
        "mails": 4,
        "bounced": 1,
        "complained": 0,
        "bounce_percent": 25.0,
        "complaint_percent": 0.0,
    }
    assert data["policy"]["max_bounce_percent"] == "5.00"
    assert data["policy"]["max_complaint_percent"] == "0.10"


def test_ops_pause_and_resume_a_domain(ops: ApiClient, domain) -> None:
    data = ops.post(url(domain, "pause"), {"reason": "The provider asked for it"}).json()["data"]
    assert (data["state"], data["pause_reason"]) == ("paused", "The provider asked for it")
    assert ops.post(url(domain, "pause"), {"reason": "Again"}).status_code == 409
    data = ops.post(url(domain, "resume"), {}).json()["data"]
    assert (data["state"], data["pause_reason"]) == ("active", "")
    row = SendingDomain.objects.get()
    assert (row.resumed_at, row.judged_since) == (MONDAY, None)
    assert ops.post(url(domain, "resume"), {}).status_code == 409


def test_a_pause_needs_a_reason_and_nothing_else(ops: ApiClient, domain) -> None:
    assert ops.post(url(domain, "pause"), {}).status_code == 400
    assert ops.post(url(domain, "pause"), {"reason": "x", "daily_cap": 9}).status_code in (400, 422)
    assert SendingDomain.objects.get().paused_at is None


def test_others_halt_no_domain(marketer: ApiClient, domain) -> None:
    for action in ("pause", "resume"):
        assert marketer.post(url(domain, action), {"reason": "x"}).status_code == 403
    row = SendingDomain.objects.get()
    assert (row.paused_at, row.resumed_at) == (None, None)


def test_a_domain_that_is_not_there_is_halted_by_nobody(ops: ApiClient) -> None:
    assert ops.post("/api/v1/domains/4711/resume", {}).status_code == 404
