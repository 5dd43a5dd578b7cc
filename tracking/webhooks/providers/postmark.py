from __future__ import annotations

from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.postmark import PostmarkInboundWebhookView, PostmarkTrackingWebhookView

from tracking.reading import Reason
from tracking.webhooks.payloads import dig, digest, text
from tracking.webhooks.posts import Post
from tracking.webhooks.providers.base import Provider
from tracking.webhooks.raw_mails import delivered_to

_PERMANENT = {"HardBounce": True, "SoftBounce": False, "AddressChange": False}
# Not by the server's words.
_REASONS = {
    "BadEmailAddress": Reason.UNKNOWN_USER,
    "Blocked": Reason.BLOCKED,
    "SpamNotification": Reason.SPAM,
    "DMARCPolicy": Reason.AUTH,
    "VirusNotification": Reason.CONTENT,
    "ManuallyDeactivated": Reason.OTHER,
    "Unconfirmed": Reason.OTHER,
    "SMTPApiError": Reason.SYSTEM,
    "TemplateRenderingFailed": Reason.SYSTEM,
}


class _TrackingView(PostmarkTrackingWebhookView):
    event_types = {
        **PostmarkTrackingWebhookView.event_types,
        # A filter's word, no person's: the server took the mail for spam.
        "SpamNotification": (EventType.BOUNCED, RejectReason.SPAM),
    }


class Postmark(Provider):
    """Signs nothing. Hands on whole mails where "Include raw email content" is ticked."""

    tracking_view = _TrackingView
    inbound_view = PostmarkInboundWebhookView

    def key_of(self, event: Post) -> str:
        """Its numbers are of bounces and of received mails, each in its own series."""
        is_inbound = dig(event.payload, "RecordType") in (None, "Inbound")
        number = text(event.payload, "MessageID") if is_inbound else ""
        return digest("inbound", number) if number else super().key_of(event)

    def _mail(self, event: Post) -> bytes:
        raw = dig(event.payload, "RawEmail")
        if not isinstance(raw, str) or dig(event.payload, "RecordType") not in (None, "Inbound"):
            return super()._mail(event)
        return delivered_to(
            raw.encode(errors="replace"),
            recipient=text(event.payload, "OriginalRecipient"),
            sender=_return_path(dig(event.payload, "Headers", 0)),
        )

    def _reason(self, event: AnymailTrackingEvent, words: str) -> Reason:
        return _REASONS.get(_type(event)) or super()._reason(event, words)

    def _is_permanent(self, event: AnymailTrackingEvent) -> bool | None:
        return _PERMANENT.get(_type(event))


def _type(event: AnymailTrackingEvent) -> str:
    return text(event.esp_event, "Type") or text(event.esp_event, "SuppressionReason")


def _return_path(first_header: Any) -> str | None:
    """Postmark puts it in front of the mail's own headers."""
    if text(first_header, "Name").lower() != "return-path":
        return None
    return text(first_header, "Value")
