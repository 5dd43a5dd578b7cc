"""The providers that an account can send by, and their ways."""

from __future__ import annotations

from campaigns.models import SendingAccount
from tracking.webhooks.providers.base import BadSignatureError, Provider
from tracking.webhooks.providers.brevo import Brevo
from tracking.webhooks.providers.mailersend import MailerSend
from tracking.webhooks.providers.mailgun import Mailgun
from tracking.webhooks.providers.mailjet import Mailjet
from tracking.webhooks.providers.postmark import Postmark
from tracking.webhooks.providers.resend import Resend
from tracking.webhooks.providers.sparkpost import SparkPost

__all__ = ["PROVIDERS", "BadSignatureError", "Provider", "provider_of"]

_Backend = SendingAccount.Backend
PROVIDERS: dict[str, type[Provider]] = {
    _Backend.BREVO: Brevo,
    _Backend.MAILERSEND: MailerSend,
    _Backend.MAILGUN: Mailgun,
    _Backend.MAILJET: Mailjet,
    _Backend.POSTMARK: Postmark,
    _Backend.RESEND: Resend,
    _Backend.SPARKPOST: SparkPost,
}


def provider_of(account: SendingAccount) -> Provider | None:
    """None for plain SMTP, which has no webhooks."""
    provider = PROVIDERS.get(account.backend)
    return None if provider is None else provider(account)
