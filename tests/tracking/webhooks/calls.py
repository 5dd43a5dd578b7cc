"""A provider that calls, with the secret that it was given and by its own way of signing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client
from standardwebhooks import Webhook

from campaigns.models import SendingAccount
from tests.factories import SendingAccountFactory
from tracking.models import ProviderEvent, ProviderWebhook
from tracking.webhooks.addresses import make_secret
from tracking.webhooks.providers import PROVIDERS

MAILGUN_KEY = "key-of-mailgun"
MAILERSEND_KEY = "key-of-mailersend"
RESEND_KEY = "whsec_" + base64.b64encode(b"key-of-resend-of-some-length").decode()


@dataclass
class Caller:
    account: SendingAccount
    secret: str
    client: Client = field(default_factory=Client)

    @property
    def webhook(self) -> ProviderWebhook:
        return ProviderWebhook.objects.get(account=self.account)

    def path(self, purpose: str = "tracking") -> str:
        path = "tracking" if purpose == "tracking" else PROVIDERS[self.account.backend].inbound_path
        return f"/webhooks/{self.account.pk}/{path}"

    def tell(
        self, payload: Any, *, headers: Mapping[str, str] | None = None, purpose: str = "tracking"
    ) -> HttpResponse:
        """POST as JSON."""
        body = json.dumps(payload).encode()
        return self.post(body, "application/json", headers=headers, purpose=purpose)

    def post(
        self,
        body: bytes,
        content_type: str = "application/json",
        *,
        headers: Mapping[str, str] | None = None,
        purpose: str = "tracking",
    ) -> HttpResponse:
        headers = {"Authorization": basic(self.secret), **(headers or {})}
        return self.client.generic("POST", self.path(purpose), body, content_type, headers=headers)


def basic(secret: str, user: str = "mailsuite") -> str:
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()


def caller(backend: str, **keys: str) -> Caller:
    account = SendingAccountFactory(backend=backend, secret="api-key")
    secret = make_secret(account)
    ProviderWebhook.objects.update_or_create(account=account, defaults=keys)
    return Caller(account, secret)


def stored() -> list[tuple[str, str]]:
    """State and outcome of what is stored, in the order in which it came."""
    return list(ProviderEvent.objects.order_by("id").values_list("state", "outcome"))


def signed_by_mailgun(
    payload: dict[str, Any],
    *,
    at: datetime | None = None,
    token: str = "t" * 50,
    key: str = MAILGUN_KEY,
) -> dict[str, Any]:
    return {**payload, "signature": mailgun_signature(at=at, token=token, key=key)}


def mailgun_signature(
    *, at: datetime | None = None, token: str = "t" * 50, key: str = MAILGUN_KEY
) -> dict[str, str]:
    stamp = str(int((at or datetime.now(UTC)).timestamp()))
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": stamp, "token": token, "signature": signature}


def signature_of_mailersend(body: bytes, key: str = MAILERSEND_KEY) -> dict[str, str]:
    return {"Signature": hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}


def signature_of_resend(
    body: bytes, *, number: str = "msg_1", at: datetime | None = None, key: str = RESEND_KEY
) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "svix-id": number,
        "svix-timestamp": str(int(at.timestamp())),
        "svix-signature": Webhook(key).sign(number, at, body.decode()),
    }
