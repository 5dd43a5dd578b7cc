from __future__ import annotations

from datetime import datetime
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.mailersend import (
    MailerSendInboundWebhookView,
    MailerSendTrackingWebhookView,
)

from mailsuite.lib.storable import storable
from tracking.reading import Kind
from tracking.webhooks.payloads import dig, digest, moment, text
from tracking.webhooks.posts import Post
from tracking.webhooks.providers.base import Provider
from tracking.webhooks.raw_mails import delivered_to

_PERMANENT = {"hard_bounced": True, "soft_bounced": False}
# Sent when somebody saves or tries an address; it says nothing about any mail.
_TRIAL = "webhook.test"


class _TrackingView(MailerSendTrackingWebhookView):
    event_types = {
        **MailerSendTrackingWebhookView.event_types,
        "deferred": EventType.DEFERRED,
        "opened_unique": EventType.OPENED,
        "clicked_unique": EventType.CLICKED,
    }

    def esp_to_anymail_event(self, esp_event: Any) -> Any:
        return super().esp_to_anymail_event(_as_version_1(esp_event))


class MailerSend(Provider):
    """Signs the whole body (HMAC-SHA256, hexadecimal). Without metadata, so its events find a
    mail by the id that MailerSend gave it."""

    tracking_view = _TrackingView
    inbound_view = MailerSendInboundWebhookView
    signs = True

    def check_signature(self, post: Post, key: str, purpose: str, now: datetime) -> None:
        """The trial call is signed with a secret that everybody knows, so it proves nothing and
        is let pass because it does nothing."""
        if dig(post.payload, "type") == _TRIAL:
            return
        if purpose == "inbound":
            self._check_as_anymail(self.inbound_view, post, inbound_secret=key)
        else:
            self._check_as_anymail(self.tracking_view, post, signing_secret=key)

    def key_of(self, event: Post) -> str:
        number = text(event.payload, "data", "id")
        return digest("id", number) if number else super().key_of(event)

    def came_at(self, event: Post) -> datetime | None:
        return moment(event.payload, "data", "created_at")

    def _mail(self, event: Post) -> bytes:
        data = dig(event.payload, "data")
        raw = dig(data, "raw")
        if dig(event.payload, "type") != "inbound.message" or not isinstance(raw, str):
            return super()._mail(event)
        sender = dig(data, "sender", "email")
        return delivered_to(
            raw.encode(errors="replace"),
            recipient=text(data, "recipients", "rcptTo", 0, "email"),
            sender=sender if isinstance(sender, str) else None,
        )

    def _view_options(self) -> dict[str, Any]:
        return {"signing_secret": "", "inbound_secret": ""}

    def _kind(self, event: AnymailTrackingEvent) -> Kind | None:
        return None if dig(event.esp_event, "type") == _TRIAL else super()._kind(event)

    def _is_permanent(self, event: AnymailTrackingEvent) -> bool | None:
        return _PERMANENT.get(text(event.esp_event, "data", "type"))

    def _words(self, event: AnymailTrackingEvent) -> str:
        morph = dig(event.esp_event, "data", "morph")
        found = (dig(morph, "reason"), dig(morph, "readable_reason"))
        return storable(" ".join(one for one in found if isinstance(one, str)))


def _as_version_1(esp_event: Any) -> Any:
    """MailerSend's webhooks 2.0 are flat; anymail reads 1.0."""
    data = dig(esp_event, "data")
    if not isinstance(dig(data, "email"), str):
        return esp_event
    meta = data.get("meta") if isinstance(data.get("meta"), dict) else {}
    email = {"message": {"id": data.get("message_id")}, "recipient": {"email": data["email"]}}
    created = data.get("created_at") or esp_event.get("created_at")
    return {
        **esp_event,
        "data": {**data, "email": email, "created_at": created, "morph": {"object": "", **meta}},
    }
