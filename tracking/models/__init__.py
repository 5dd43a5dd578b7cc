from __future__ import annotations

from tracking.models.hits import Hit
from tracking.models.inbound import InboundMail
from tracking.models.mailboxes import Mailbox, MailboxFolder, StuckMail
from tracking.models.webhooks import ProviderEvent, ProviderWebhook

__all__ = [
    "Hit",
    "InboundMail",
    "Mailbox",
    "MailboxFolder",
    "ProviderEvent",
    "ProviderWebhook",
    "StuckMail",
]
