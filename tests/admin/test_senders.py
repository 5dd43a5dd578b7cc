from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from cryptography.fernet import Fernet
from django.contrib.admin import site
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client

from campaigns.dispatch import roll_over
from campaigns.lifecycle import launch
from campaigns.models import SendingAccount, SendingDomain
from mailsuite.lib import clock
from tests.admin.conftest import fields, page, pick, press, told
from tests.campaigns.drafts import OPENING, a_domain, a_draft, slots
from tests.factories import (
    LeadFactory,
    SendingAccountFactory,
    SendingDomainFactory,
    SendingPolicyFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> SendingAccount:
    return SendingAccountFactory(
        secret="sesame", host="smtp.example.nl", security=SendingAccount.Security.STARTTLS
    )


def save(client: Client, row: Model, **changes: object) -> HttpResponse:
    url = page(type(row), "change", row.pk)
    answer = client.post(url, fields(client, url) | changes)
    row.refresh_from_db()
    return answer


def test_a_secret_goes_in_and_never_comes_out(boss: Client, account: SendingAccount) -> None:
    save(boss, account, new_secret="open sesame ")
    assert account.secret == "open sesame "
    for kind, args in (("changelist", []), ("change", [account.pk]), ("history", [account.pk])):
        assert "sesame" not in boss.get(page(SendingAccount, kind, *args)).content.decode()


def test_an_empty_secret_keeps_the_stored_one(boss: Client, account: SendingAccount) -> None:
    answer = save(boss, account, username="christian")
    assert answer.status_code == 302
    assert (account.username, account.secret) == ("christian", "sesame")


def test_another_server_needs_the_secret_again(boss: Client, account: SendingAccount) -> None:
    answer = save(boss, account, host="smtp.evil.example")
    assert "Enter it again" in answer.content.decode()
    assert account.host == "smtp.example.nl"
    save(boss, account, host="smtp2.example.nl", new_secret="sesame 2")
    assert (account.host, account.secret) == ("smtp2.example.nl", "sesame 2")


def test_a_secret_whose_key_is_lost_can_be_entered_again(
    boss: Client, account: SendingAccount, settings
) -> None:
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
    url = page(SendingAccount, "change", account.pk)
    assert boss.get(page(SendingAccount, "changelist")).status_code == 200
    boss.post(url, fields(boss, url) | {"new_secret": "sesame 2"})
    account.refresh_from_db()
    assert account.secret == "sesame 2"


@pytest.mark.parametrize("options", ["[1]", '"text"', "7"])
def test_options_are_named_values(boss: Client, account: SendingAccount, options: str) -> None:
    answer = save(boss, account, provider_options=options)
    assert "provider_options" in answer.context["adminform"].form.errors


def test_a_viewer_does_not_even_see_accounts(login, account: SendingAccount) -> None:
    viewer = login("viewer")
    assert viewer.get(page(SendingAccount, "changelist")).status_code == 403
    assert viewer.get(page(SendingAccount, "change", account.pk)).status_code == 403


def test_ops_pause_and_resume_domains(login) -> None:
    domain = SendingDomainFactory()
    ops = login("ops")
    press(ops, domain, "pause_this")
    domain.refresh_from_db()
    assert domain.paused_at is not None
    assert domain.pause_reason.startswith("Paused by person")
    *_, refusal = told(pick(ops, "pause_selected", domain))
    assert "paused already" in refusal
    pick(ops, "resume_selected", domain)
    domain.refresh_from_db()
    assert domain.paused_at is None
    assert (domain.pause_reason, domain.needs_replanning) == ("", True)


def test_a_marketer_pauses_no_domain(login) -> None:
    domain = SendingDomainFactory()
    assert press(login("marketer"), domain, "pause_this").status_code == 403
    domain.refresh_from_db()
    assert domain.paused_at is None


def test_saving_a_domain_does_not_set_its_throttle_back(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate writes the same row many times a day, between the reading of the form and its
    saving too."""
    domain = SendingDomainFactory()
    opens = datetime(2026, 6, 1, 6, 20, tzinfo=UTC)

    def gate_in_between(request, obj, form, change, save=None) -> None:
        SendingDomain.objects.update(next_allowed_at=opens, sent_today=5)
        original(request, obj, form, change)

    page_of_domains = site._registry[SendingDomain]
    original = page_of_domains.save_model
    monkeypatch.setattr(page_of_domains, "save_model", gate_in_between)
    save(boss, domain, name="punthelder-seo.nl")
    assert domain.name == "punthelder-seo.nl"
    assert (domain.next_allowed_at, domain.sent_today) == (opens, 5)


def test_a_changed_policy_plans_its_domains_anew(boss: Client) -> None:
    domain, other = SendingDomainFactory(), SendingDomainFactory()
    with clock.frozen(OPENING):
        save(boss, domain.policy, daily_cap=10)
    assert (domain.policy.daily_cap, domain.policy.changed_at) == (10, OPENING)
    assert list(SendingDomain.objects.filter(needs_replanning=True)) == [domain]
    assert not other.needs_replanning


def test_another_policy_plans_the_mails_of_the_running_campaign_anew(boss: Client) -> None:
    """One that opens at 13:00 in place of 08:00."""
    domain, other = a_domain(), a_domain()
    LeadFactory()
    campaign = launch(a_draft(domain), OPENING).campaign
    afternoons = SendingPolicyFactory(window_start=time(13))

    with clock.frozen(OPENING):
        save(boss, domain, policy=str(afternoons.pk))

    assert (domain.policy, domain.policy_since) == (afternoons, OPENING)
    assert list(SendingDomain.objects.filter(needs_replanning=True)) == [domain]
    assert not other.needs_replanning
    roll_over(OPENING)
    assert slots(campaign) == ["Mon 01 13:00"]


def test_a_domain_that_is_used_again_is_planned_anew(boss: Client) -> None:
    domain = SendingDomainFactory(is_active=False)
    save(boss, domain, is_active="on")
    assert (domain.is_active, domain.needs_replanning) == (True, True)


def test_another_name_changes_no_plan(boss: Client) -> None:
    domain = SendingDomainFactory()
    save(boss, domain, name="punthelder-seo.nl")
    assert not domain.needs_replanning


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"holiday_country": "XX"}, "holiday_country"),
        ({"window_end": "07:00"}, "window_end"),
        ({"send_days": []}, "send_days"),
    ],
)
def test_a_policy_that_nothing_can_be_planned_with_is_refused(
    boss: Client, change: dict, field: str
) -> None:
    policy = SendingPolicyFactory()
    answer = save(boss, policy, **change)
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors


def test_yesterdays_count_is_not_todays(boss: Client) -> None:
    now = clock.now()
    SendingDomainFactory(sent_on=now.date() - timedelta(days=2), sent_today=27)
    assert "0 of 27" in boss.get(page(SendingDomain, "changelist")).content.decode()
