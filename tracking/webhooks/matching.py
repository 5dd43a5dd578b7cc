"""Which message of ours does a provider's event speak of?"""

from __future__ import annotations

from campaigns.models import Message, SendAttempt
from leads.addresses import InvalidAddress, normalised_address
from tracking.models import OutboundReply
from tracking.webhooks.values import Report


def message_of(report: Report) -> Message | None:
    """By our Message-ID, which went along with the mail, else by the provider's id that came back
    when it took it. Not where the event names another recipient: providers count each in their
    own way, and one that counts as another does must condemn nobody's address."""
    message = _by_own_id(report) or _by_provider_id(report)
    if message is None or not report.recipient:
        return message
    ours = {message.recipient, message.lead.email}
    return message if _normalised(report.recipient) in ours else None


def reply_of(report: Report) -> OutboundReply | None:
    """The answer that a person here wrote, by its Message-ID; of those who got it or a copy."""
    found = OutboundReply.objects.filter(smtp_message_id__in=report.message_ids).order_by("id")
    reply = found.first() if report.message_ids else None
    if reply is None or not report.recipient:
        return reply
    return reply if _normalised(report.recipient) in {reply.recipient, *reply.cc} else None


def _by_own_id(report: Report) -> Message | None:
    messages = Message.objects.select_related("lead")
    found = messages.filter(smtp_message_id__in=report.message_ids).order_by("id")
    return found.first() if report.message_ids else None


def _by_provider_id(report: Report) -> Message | None:
    if not report.provider_message_id:
        return None
    # Brevo names some with brackets and some without.
    bare = report.provider_message_id.strip("<>")
    attempt = (
        SendAttempt.objects.filter(provider_message_id__in=[bare, f"<{bare}>"])
        .select_related("message__lead")
        .order_by("-id")
        .first()
    )
    return attempt.message if attempt is not None else None


def _normalised(address: str) -> str:
    try:
        return normalised_address(address)
    except InvalidAddress:
        return address.strip().lower()
