"""Addresses are made, shown once and replaced on the page of the account."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from campaigns.models import SendingAccount
from mailsuite.lib import clock
from tests.admin.conftest import fields, page, press, told
from tests.factories import SendingAccountFactory
from tests.tracking.webhooks import payloads
from tests.tracking.webhooks.calls import RESEND_KEY, basic, caller
from tracking.models import ProviderEvent, ProviderWebhook
from tracking.webhooks.addresses import make_secret
from tracking.webhooks.processing import process_waiting

pytestmark = pytest.mark.django_db


def look(client: Client, account: SendingAccount) -> str:
    return client.get(page(SendingAccount, "change", account.pk)).content.decode()


def save(client: Client, account: SendingAccount, **changes: object) -> object:
    url = page(SendingAccount, "change", account.pk)
    return client.post(url, fields(client, url) | changes)


def test_a_button_makes_addresses_and_shows_them_once(boss):
    account = SendingAccountFactory(backend="mailgun", secret="k")
    assert "None yet" in look(boss, account)
    answer = press(boss, account, "new_webhook_address")
    shown = answer.content.decode()
    secret = ProviderWebhook.objects.get().secret
    assert f":{secret}@localhost:8000/webhooks/{account.pk}/tracking" in shown
    assert f":{secret}@localhost:8000/webhooks/{account.pk}/inbound-mime" in shown
    assert "no-store" in answer.headers["Cache-Control"]
    assert 'id="dialog-form"' in shown  # what htmx takes out of it
    later = look(boss, account)
    assert secret not in later
    assert f"••••••@localhost:8000/webhooks/{account.pk}/tracking" in later
    assert secret not in "".join(LogEntry.objects.values_list("change_message", flat=True))


def test_a_second_press_makes_another_secret_and_ends_the_first(boss):
    asked = caller("postmark")
    shown = press(boss, asked.account, "new_webhook_address").content.decode()
    (new,) = set(re.findall(r"mailsuite:([\w-]+)@", shown))
    assert new != asked.secret
    assert asked.tell(payloads.postmark("Delivery")).status_code == 403
    headers = {"Authorization": basic(new)}
    assert asked.tell(payloads.postmark("Delivery"), headers=headers).status_code == 200


def test_looking_at_the_dialog_makes_nothing(boss):
    account = SendingAccountFactory(backend="brevo")
    url = page(SendingAccount, "new_webhook_address", account.pk)
    assert boss.get(url).status_code == 200
    assert not ProviderWebhook.objects.exists()


def test_a_mail_server_has_no_webhooks(boss):
    shown = look(boss, SendingAccountFactory())
    assert "Webhooks" not in shown
    assert "New webhook address" not in shown


def test_who_may_not_change_accounts_makes_no_address(login):
    account = SendingAccountFactory(backend="brevo")
    for group in ("viewer", "marketer"):
        assert press(login(group), account, "new_webhook_address").status_code == 403
    assert not ProviderWebhook.objects.exists()
    assert press(login("ops"), account, "new_webhook_address").status_code == 200


def test_a_providers_key_goes_in_and_never_comes_out(boss):
    account = SendingAccountFactory(backend="mailersend", secret="k")
    make_secret(account)
    save(boss, account, new_tracking_key=" sesame ", new_inbound_key="open")
    webhook = ProviderWebhook.objects.get()
    assert (webhook.tracking_key, webhook.inbound_key) == ("sesame", "open")
    save(boss, account, new_inbound_key="other")
    webhook.refresh_from_db()
    assert (webhook.tracking_key, webhook.inbound_key) == ("sesame", "other")
    shown = look(boss, account)
    assert "sesame" not in shown
    assert "events and answers" in shown


@pytest.mark.parametrize(
    ("backend", "key", "is_one"),
    [("resend", RESEND_KEY, True), ("resend", "re_123!", False), ("resend", "whsec_", False),
     ("mailgun", "abc", True), ("mailgun", "é", False)],
)  # fmt: skip
def test_what_can_be_no_key_is_refused(boss, backend, key, is_one):
    account = SendingAccountFactory(backend=backend, secret="k")
    make_secret(account)
    answer = save(boss, account, new_tracking_key=key)
    assert (answer.status_code == 302) is is_one
    assert bool(ProviderWebhook.objects.get().tracking_key) is is_one


def test_a_key_without_an_address_is_refused(boss):
    account = SendingAccountFactory(backend="mailgun", secret="k")
    answer = save(boss, account, new_tracking_key="abc")
    assert "Make a webhook address first" in answer.content.decode()


def test_another_provider_does_not_take_over_the_address(boss):
    asked = caller("brevo")
    save(boss, asked.account, backend="postmark", new_secret="k2")
    assert not ProviderWebhook.objects.exists()
    assert asked.tell({}).status_code == 404


def test_an_account_is_deleted_with_what_its_provider_told(boss):
    asked = caller("postmark")
    asked.tell(payloads.postmark("Delivery"))
    boss.post(page(SendingAccount, "delete", asked.account.pk), {"post": "yes"})
    assert not SendingAccount.objects.exists()
    assert not ProviderEvent.objects.exists()


def test_what_was_told_can_be_looked_at_and_not_written(login):
    asked = caller("postmark")
    asked.tell(payloads.postmark("Bounce", Type="HardBounce", Details="<script>alert(1)</script>"))
    event = ProviderEvent.objects.get()
    ops = login("ops")
    assert ops.get(page(ProviderEvent, "changelist")).status_code == 200
    shown = ops.get(page(ProviderEvent, "change", event.pk)).content.decode()
    assert "HardBounce" in shown
    assert "<script>alert(1)" not in shown
    assert ops.post(page(ProviderEvent, "delete", event.pk), {"post": "yes"}).status_code == 403


def test_a_failed_event_is_tried_again_when_ops_ask(login) -> None:
    asked = caller("postmark")
    asked.tell({"RecordType": "Inbound"})
    process_waiting(clock.now())
    event = ProviderEvent.objects.get()
    assert event.state == "failed"
    assert press(login("marketer"), event, "try_again_this").status_code == 403
    press(login("ops"), event, "try_again_this")
    event.refresh_from_db()
    assert (event.state, event.tries, event.outcome) == ("waiting", 0, "")
    *_, refusal = told(press(login("ops"), event, "try_again_this"))
    assert "has not failed" in refusal
