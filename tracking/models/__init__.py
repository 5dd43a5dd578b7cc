from __future__ import annotations

from tracking.models.hits import Hit
from tracking.models.inbound import InboundMail
from tracking.models.mailboxes import Mailbox, MailboxFolder, StuckMail
from tracking.models.replies import OutboundReply
from tracking.models.webhooks import ProviderEvent, ProviderWebhook

__all__ = [
    "Hit",
    "InboundMail",
    "Mailbox",
    "MailboxFolder",
    "OutboundReply",
    "ProviderEvent",
    "ProviderWebhook",
    "StuckMail",
]
