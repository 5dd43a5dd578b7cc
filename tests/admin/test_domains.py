"""A sending domain's page: its ramp-up, its guardrails, and what the DNS says about it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from campaigns.models import DomainCheck, SendingDomain, SendingPolicy
from mailsuite.lib import clock
from tests.admin.conftest import fields, page, pick, press
from tests.factories import (
    DomainCheckFactory,
    MessageFactory,
    SendAttemptFactory,
    SendingDomainFactory,
)
from tests.factories.campaigns import MONDAY

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def handed_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The domains that a worker was asked to check."""
    handed: list[int] = []
    monkeypatch.setattr(
        "campaigns.admin.domains.hand_out_check", lambda domain: handed.append(domain.pk)
    )
    return handed


@pytest.fixture
def domain() -> SendingDomain:
    return SendingDomainFactory(name="punthelder-seo.nl", dkim_selector="s1")


def save(client: Client, domain: SendingDomain, **changes: object):
    url = page(SendingDomain, "change", domain.pk)
    answer = client.post(url, fields(client, url) | changes)
    domain.refresh_from_db()
    return answer


def text(client: Client, domain: SendingDomain) -> str:
    return client.get(page(SendingDomain, "change", domain.pk)).content.decode()


def test_a_ramp_that_is_entered_begins_today(boss: Client, domain: SendingDomain) -> None:
    SendingDomain.objects.update(ramp_days=4)
    save(boss, domain, ramp_start="10", ramp_step="5", ramp_ceiling="25")
    assert (domain.ramp_start, domain.ramp_since, domain.ramp_days) == (10, date(2026, 6, 1), 0)
    assert (domain.needs_replanning, domain.policy_since) == (True, NOON)
    assert "0 days of sending; 10 mails allowed today" in text(boss, domain)


def test_a_ramp_that_is_changed_goes_on(boss: Client, domain: SendingDomain) -> None:
    SendingDomain.objects.update(ramp_start=10, ramp_days=2, sent_on=date(2026, 6, 1))
    save(boss, domain, ramp_step="2")
    assert (domain.ramp_since, domain.ramp_days, domain.needs_replanning) == (None, 2, True)
    assert "2 days of sending; 14 mails allowed today" in text(boss, domain)


def test_a_ceiling_below_the_start_is_refused(boss: Client, domain: SendingDomain) -> None:
    answer = save(boss, domain, ramp_start="10", ramp_ceiling="9")
    assert "ramp_ceiling" in answer.context["adminform"].form.errors
    assert domain.ramp_start is None


@pytest.mark.parametrize("selector", ["s 1", "-s1", "s1.", "s1._domainkey/"])
def test_a_selector_that_is_none_is_refused(
    boss: Client, domain: SendingDomain, selector: str
) -> None:
    answer = save(boss, domain, dkim_selector=selector)
    assert "dkim_selector" in answer.context["adminform"].form.errors


def test_the_page_shows_what_is_wrong_and_how_to_mend_it(
    boss: Client, domain: SendingDomain
) -> None:
    DomainCheckFactory(
        domain=domain,
        kind="dkim",
        verdict="failed",
        problem="There is no DKIM key at s1._domainkey.punthelder-seo.nl.",
        remedy="Publish the record <b>there</b>.",
    )
    shown = text(boss, domain)
    assert "There is no DKIM key at s1._domainkey.punthelder-seo.nl." in shown
    assert "Publish the record &lt;b&gt;there&lt;/b&gt;." in shown


def test_the_list_shows_the_worst_of_the_checks(boss: Client, domain: SendingDomain) -> None:
    for kind, verdict in (("spf", "passed"), ("dmarc", "failed")):
        DomainCheckFactory(domain=domain, kind=kind, verdict=verdict)
    shown = boss.get(page(SendingDomain, "changelist")).content.decode()
    assert "failed" in shown
    assert "passed" not in shown


def test_another_selector_forgets_the_old_keys_check_and_has_it_checked(
    boss: Client, domain: SendingDomain, handed_out: list[int]
) -> None:
    for kind in DomainCheck.Kind:
        DomainCheckFactory(domain=domain, kind=kind)
    save(boss, domain, dkim_selector="s2")
    assert set(DomainCheck.objects.values_list("kind", flat=True)) == {"spf", "dmarc"}
    assert handed_out == [domain.pk]


def test_another_name_forgets_all_checks(
    boss: Client, domain: SendingDomain, handed_out: list[int]
) -> None:
    DomainCheckFactory(domain=domain)
    save(boss, domain, name="punthelder-web.nl")
    assert not DomainCheck.objects.exists()
    assert handed_out == [domain.pk]


def test_what_says_nothing_of_the_records_keeps_the_checks(
    boss: Client, domain: SendingDomain, handed_out: list[int]
) -> None:
    DomainCheckFactory(domain=domain)
    save(boss, domain, ramp_start="5")
    assert DomainCheck.objects.count() == 1
    assert handed_out == []


def test_ops_have_a_domain_checked_and_a_viewer_does_not(
    login, domain: SendingDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueued: list[tuple[int, ...]] = []
    monkeypatch.setattr(
        "campaigns.tasks.check_one_domain.apply_async",
        lambda args, **_: enqueued.append(args),
    )
    monkeypatch.setattr("campaigns.tasks.transaction.on_commit", lambda send: send())
    press(login("ops"), domain, "check_this")
    assert enqueued == [(domain.pk,)]
    assert press(login("viewer"), domain, "check_this").status_code == 403
    assert enqueued == [(domain.pk,)]


def test_the_page_shows_the_figures_that_the_guardrails_judge(
    boss: Client, domain: SendingDomain
) -> None:
    message = MessageFactory(enrollment__domain=domain, sent=True)
    SendAttemptFactory(message=message)
    assert (
        "1 mail left, 0 hard bounces (0.0 % of 5 % allowed), 0 complaints (0.00 % of "
        "0.1 %). Judged from 50 mails on."
    ) in text(boss, domain)


def test_who_resumes_a_domain_has_seen_what_happened(boss: Client, domain: SendingDomain) -> None:
    SendingDomain.objects.update(
        paused_at=MONDAY, pause_reason="Too many bounces.", paused_by_guardrails=True
    )
    pick(boss, "resume_selected", domain)
    domain.refresh_from_db()
    assert (domain.paused_at, domain.judged_since) == (None, NOON)
    assert "Counted since the resumption on 2026-06-01 10:00 UTC." in text(boss, domain)


def test_the_limits_are_set_on_the_policy_and_change_no_plan_rules(
    boss: Client, domain: SendingDomain
) -> None:
    url = page(SendingPolicy, "change", domain.policy.pk)
    boss.post(url, fields(boss, url) | {"max_bounce_percent": "3", "max_complaint_percent": "0.3"})
    policy = SendingPolicy.objects.get()
    assert (policy.max_bounce_percent, str(policy.max_complaint_percent)) == (3, "0.30")
    assert policy.changed_at is None


@pytest.mark.parametrize("limit", ["0", "100.01", "-1"])
def test_a_limit_that_is_no_share_is_refused(
    boss: Client, domain: SendingDomain, limit: str
) -> None:
    url = page(SendingPolicy, "change", domain.policy.pk)
    answer = boss.post(url, fields(boss, url) | {"max_bounce_percent": limit})
    assert "max_bounce_percent" in answer.context["adminform"].form.errors
