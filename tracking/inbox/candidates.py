"""Which message may an unmatched mail be about? A list for a person to choose from."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from campaigns.models import Message
from leads.models import Lead
from leads.public_providers import is_public_provider
from tracking.models import InboundMail

_SHOWN = 10


def candidates_for(inbound: InboundMail, words: str = "") -> QuerySet[Message]:
    """Mails that have left, before it came, the newest first: those to leads that `words` finds;
    without words those to the sender, and to colleagues at the sender's own domain."""
    left = [Message.Status.SENT, Message.Status.BOUNCED, Message.Status.UNKNOWN]
    leads = Lead.objects.search(words) if words.strip() else _probable(inbound)
    return (
        Message.objects.filter(lead__in=leads, status__in=left)
        .filter(sent_at__lte=inbound.received_at)
        .select_related("lead", "campaign", "alias__domain", "content")
        .order_by("-sent_at", "-id")[:_SHOWN]
    )


def _probable(inbound: InboundMail) -> QuerySet[Lead]:
    domain = inbound.from_address.rpartition("@")[2]
    is_them = Q(pk=inbound.lead_id) | Q(email=inbound.from_address)
    if domain and not is_public_provider(domain):
        is_them |= Q(email_domain=domain)
    return Lead.objects.filter(is_them)
