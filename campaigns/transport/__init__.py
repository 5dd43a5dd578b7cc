"""Ways for a composed mail to leave: SMTP, a provider's API, or a folder in test mode.

A transport answers what is certain: accepted, refused, not transmitted, or unknown. It
never tries twice; what to do next is decided in `campaigns.sending`.
"""

from __future__ import annotations

from django.conf import settings

from campaigns.models import SendingAccount
from campaigns.transport.base import Delivery, Outcome, Transport, TransportUnavailableError
from campaigns.transport.folder import FolderTransport
from campaigns.transport.provider import ProviderTransport
from campaigns.transport.smtp import SmtpTransport

__all__ = ["Delivery", "Outcome", "Transport", "TransportUnavailableError", "transport_for"]


def transport_for(account: SendingAccount) -> Transport:
    """The transport of an account, not connected yet."""
    if settings.MAIL_TEST_MODE:
        return FolderTransport(settings.MAIL_TEST_FOLDER)
    if account.backend == SendingAccount.Backend.SMTP:
        return SmtpTransport(account)
    return ProviderTransport(account)
