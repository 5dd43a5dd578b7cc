from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView, SparkPostTrackingWebhookView

from tracking.reading import Reason
from tracking.webhooks.payloads import dig, digest, text
from tracking.webhooks.posts import Post, UnreadableCallError
from tracking.webhooks.providers.base import Provider
from tracking.webhooks.raw_mails import delivered_to

# SparkPost's "bounce classification codes", where they say more than the server's words.
_PERMANENT = {"10": True, "30": True, "90": True}
_FOR_NOW = ("20", "21", "22", "23", "24", "40", "70")
_REASONS = {
    "25": Reason.OTHER,  # by SparkPost's own rules and lists
    "50": Reason.BLOCKED,
    "51": Reason.SPAM,
    "52": Reason.SPAM,
    "53": Reason.CONTENT,
    "54": Reason.RELAY,
}


class SparkPost(Provider):
    """Signs nothing; events come many in a list. Hands on whole mails."""

    tracking_view = SparkPostTrackingWebhookView
    inbound_view = SparkPostInboundWebhookView

    def key_of(self, event: Post) -> str:
        number = text(_inner(event.payload), "event_id")
        return digest("id", number) if number else super().key_of(event)

    def _mail(self, event: Post) -> bytes:
        relayed = dig(event.payload, 0, "msys", "relay_message")
        content = dig(relayed, "content", "email_rfc822")
        if not isinstance(content, str):
            raise UnreadableCallError("The event is not about a mail that was received.")
        raw = content.encode(errors="replace")
        if dig(relayed, "content", "email_rfc822_is_base64"):
            raw = _decoded(raw)
        sender = dig(relayed, "msg_from")
        return delivered_to(
            raw,
            recipient=text(relayed, "rcpt_to"),
            sender=sender if isinstance(sender, str) else None,
        )

    def _reason(self, event: AnymailTrackingEvent, words: str) -> Reason:
        code = text(_inner([event.esp_event]), "bounce_class")
        if event.event_type == EventType.BOUNCED and code in _REASONS:
            return _REASONS[code]
        return super()._reason(event, words)

    def _is_permanent(self, event: AnymailTrackingEvent) -> bool | None:
        code = text(_inner([event.esp_event]), "bounce_class")
        return False if code in _FOR_NOW else _PERMANENT.get(code)


def _inner(payload: Any) -> Any:
    """[{"msys": {"message_event": {…}}}] → {…}."""
    wrapped = dig(payload, 0, "msys")
    return next(iter(wrapped.values()), None) if isinstance(wrapped, dict) else None


def _decoded(content: bytes) -> bytes:
    try:
        return b64decode(content)
    except NotBase64 as problem:
        raise UnreadableCallError("The mail in the event is no base64.") from problem
