"""The addresses that a provider is given, and the secret in them."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from campaigns.models import SendingAccount
from mailsuite.lib import clock
from mailsuite.lib.errors import Refusal
from tracking.models import ProviderWebhook
from tracking.webhooks.providers import PROVIDERS

USER = "mailsuite"
_SECRET_BYTES = 32


def make_secret(account: SendingAccount) -> str:
    """A new secret for the addresses of `account`; the one before opens nothing any more.

    This is the only time that it is to be had in a readable form. Raises Refusal for an account
    without a provider.
    """
    if account.backend not in PROVIDERS:
        raise Refusal(
            f"{account} sends by {account.get_backend_display()}, which tells nothing by itself: "
            "bounces and answers come to a mailbox.",
            code="no_webhooks",
        )
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    ProviderWebhook.objects.update_or_create(
        account=account, defaults={"secret": secret, "secret_since": clock.now()}
    )
    return secret


def addresses_of(account: SendingAccount, secret: str) -> dict[str, str]:
    """Purpose → where the provider is to send it, with `secret` as the password in it: providers
    send that as HTTP Basic (RFC 7617)."""
    provider = PROVIDERS[account.backend]
    return {
        "tracking": _address(account, "tracking", secret),
        "inbound": _address(account, provider.inbound_path, secret),
    }


def _address(account: SendingAccount, path: str, secret: str) -> str:
    public = urlsplit(settings.PUBLIC_URL)
    place = reverse("provider-webhook", args=[account.pk, path])
    return f"{public.scheme}://{USER}:{secret}@{public.netloc}{public.path}{place}"
