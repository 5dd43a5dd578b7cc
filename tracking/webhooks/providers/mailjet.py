from __future__ import annotations

from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.mailjet import MailjetInboundWebhookView, MailjetTrackingWebhookView

from tracking.reading import Kind, Reason, Verdict
from tracking.webhooks.payloads import dig, text
from tracking.webhooks.providers.base import Provider

# dev.mailjet.com, "Possible values for errors".
_REASONS = {
    "user unknown": Reason.UNKNOWN_USER,
    "mailbox inactive": Reason.DISABLED,
    "quota exceeded": Reason.MAILBOX_FULL,
    "invalid domain": Reason.UNKNOWN_HOST,
    "no mail host": Reason.UNKNOWN_HOST,
    "typofix": Reason.UNKNOWN_HOST,
    "relay/access denied": Reason.RELAY,
    "greylisted": Reason.TEMPORARY,
    "sender blocked": Reason.BLOCKED,
    "content blocked": Reason.SPAM,
    "policy issue": Reason.POLICY,
    "system issue": Reason.SYSTEM,
    "protocol issue": Reason.SYSTEM,
    "connection issue": Reason.NETWORK,
}
_WANTS_NO_MAIL = "spam reporter"


class Mailjet(Provider):
    """Signs nothing and numbers nothing; events come one by one or many in a list. Answers come
    in pieces."""

    tracking_view = MailjetTrackingWebhookView
    inbound_view = MailjetInboundWebhookView

    def _kind(self, event: AnymailTrackingEvent) -> Kind | None:
        is_refused = event.event_type in (EventType.BOUNCED, EventType.REJECTED)
        if is_refused and text(event.esp_event, "error") == _WANTS_NO_MAIL:
            return Kind.UNSUBSCRIBE
        return super()._kind(event)

    def _reason(self, event: AnymailTrackingEvent, words: str) -> Reason:
        reason = _REASONS.get(text(event.esp_event, "error"))
        if reason is None:
            return super()._reason(event, words)
        is_for_now = not dig(event.esp_event, "hard_bounce")
        if reason.verdict is Verdict.HARD and is_for_now and event.event_type == EventType.BOUNCED:
            return Reason.TEMPORARY
        return reason

    def _is_permanent(self, event: AnymailTrackingEvent) -> bool | None:
        said: Any = dig(event.esp_event, "hard_bounce")
        return said if isinstance(said, bool) else None

    def _words(self, event: AnymailTrackingEvent) -> str:
        return super()._words(event) or text(event.esp_event, "comment")
