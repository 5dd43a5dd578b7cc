from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.brevo import BrevoInboundWebhookView, BrevoTrackingWebhookView

from tracking.webhooks.fetching import fetch
from tracking.webhooks.payloads import digest, digest_of, text
from tracking.webhooks.posts import Post
from tracking.webhooks.providers.base import Provider, alone

_PERMANENT = {"hard_bounce": True, "invalid_email": True, "soft_bounce": False}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The parts of a report on a delivery; nobody reads other attachments here.
_OF_REPORTS = ("message/", "text/rfc822-headers")


class _InboundView(BrevoInboundWebhookView):
    """Fetches the parts of reports only, and waits for none of them longer than it may."""

    def esp_to_anymail_event(self, esp_event: Any) -> Any:
        attachments = [
            one
            for one in esp_event.get("Attachments") or []
            if str(one.get("ContentType", "")).lower().startswith(_OF_REPORTS)
        ]
        return super().esp_to_anymail_event({**esp_event, "Attachments": attachments})

    def _fetch_attachment(self, attachment: Any) -> Any:
        token = quote(attachment["DownloadToken"], safe="")
        content = fetch(
            f"{self.api_url}inbound/attachments/{token}", headers={"api-key": self.api_key}
        )
        return AnymailInboundMessage.construct_attachment(
            content_type=attachment["ContentType"],
            content=content.decode(errors="replace"),
            filename=attachment.get("Name"),
        )


class Brevo(Provider):
    """Signs nothing and numbers no event of a sent mail. Answers come in pieces."""

    tracking_view = BrevoTrackingWebhookView
    inbound_view = _InboundView

    def events_in(self, post: Post) -> list[Post]:
        items = post.payload.get("items") if isinstance(post.payload, dict) else None
        if not isinstance(items, list):
            return super().events_in(post)
        return [alone({"items": [item]}, post) for item in items]

    def key_of(self, event: Post) -> str:
        uuid = text(event.payload, "items", 0, "Uuid", 0)
        return digest("uuid", uuid) if uuid else super().key_of(event)

    def lasting_key_of(self, event: Post) -> str:
        """Without the number of the webhook, which is another at each address."""
        payload = event.payload
        if not isinstance(payload, dict):
            return self.key_of(event)
        return digest_of({name: value for name, value in payload.items() if name != "id"})

    def _view_options(self) -> dict[str, Any]:
        given = self.account.provider_options.get("api_url")
        return {
            "api_key": self.account.secret,
            "api_url": str(given or "https://api.brevo.com/v3/"),
        }

    def _is_permanent(self, event: AnymailTrackingEvent) -> bool | None:
        return _PERMANENT.get(text(event.esp_event, "event"))

    def _moment(self, at: Any) -> datetime | None:
        """Of some events in seconds where it should be milliseconds, which is in January 1970."""
        moment = super()._moment(at)
        if moment is not None and moment.year == _EPOCH.year:
            return _EPOCH + (moment - _EPOCH) * 1000
        return moment
