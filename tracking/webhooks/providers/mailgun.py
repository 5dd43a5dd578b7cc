from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.mailgun import MailgunInboundWebhookView, MailgunTrackingWebhookView
from django.conf import settings

from tracking.reading import Kind, Reason
from tracking.webhooks.payloads import dig, digest, moment, text
from tracking.webhooks.posts import Post, as_bytes
from tracking.webhooks.providers.base import BadSignatureError, Provider
from tracking.webhooks.raw_mails import delivered_to
from tracking.webhooks.verdicts import refusal

_AHEAD = timedelta(minutes=15)  # how far its clock may be before ours
# What the receiving server said about the address; "generic" may be anything.
_ABOUT_THE_ADDRESS = ("bounce", "suppress-bounce", "hardfail")
_WANTS_NO_MAIL = ("suppress-unsubscribe", "suppress-complaint")


class Mailgun(Provider):
    """Signs a random token and the time, not the body; so a token counts once (`key_of`).

    Hands on whole mails where our address holds "mime", else their pieces.
    """

    tracking_view = MailgunTrackingWebhookView
    inbound_view = MailgunInboundWebhookView
    signs = True
    inbound_path = "inbound-mime"

    def check_signature(self, post: Post, key: str, purpose: str, now: datetime) -> None:
        self._check_as_anymail(self.tracking_view, post, webhook_signing_key=key)
        try:
            signed_at = datetime.fromtimestamp(float(_signature(post, "timestamp")), UTC)
        except (ValueError, OverflowError, OSError) as problem:
            raise BadSignatureError from problem
        if not now - timedelta(hours=settings.WEBHOOK_MAX_AGE_HOURS) <= signed_at <= now + _AHEAD:
            raise BadSignatureError

    def events_in(self, post: Post) -> list[Post]:
        return [post] if post.is_form else super().events_in(post)

    def key_of(self, event: Post) -> str:
        token = _signature(event, "token")
        if token:
            return digest("token", token)
        return digest(event.body.decode(errors="replace"))

    def lasting_key_of(self, event: Post) -> str:
        """Mailgun's ids are unique within a day."""
        data = None if event.is_form else dig(event.payload, "event-data")
        number, at = text(data, "id"), dig(data, "timestamp")
        if number and isinstance(at, int | float):
            return digest("id", number, str(int(at // 86_400)))
        return self.key_of(event)

    def came_at(self, event: Post) -> datetime | None:
        return moment(_signature(event, "timestamp"))

    def _mail(self, event: Post) -> bytes:
        if not event.is_form or "body-mime" not in event.form:
            return super()._mail(event)
        return delivered_to(
            as_bytes(event.form["body-mime"]),
            recipient=event.form.get("recipient", ""),
            sender=event.form.get("sender"),
        )

    def _view_options(self) -> dict[str, Any]:
        return {"webhook_signing_key": ""}

    def _kind(self, event: AnymailTrackingEvent) -> Kind | None:
        if _said(event, "reason") in _WANTS_NO_MAIL and event.event_type == EventType.BOUNCED:
            return Kind.UNSUBSCRIBE
        return super()._kind(event)

    def _reason(self, event: AnymailTrackingEvent, words: str) -> Reason:
        reason = _said(event, "reason")
        if reason == "old":  # tried for hours and given up
            return Reason.EXPIRED
        if event.event_type == EventType.REJECTED:
            return self._reason_to_keep_back(event)
        return refusal(
            is_permanent=True if reason in _ABOUT_THE_ADDRESS else None,
            words=f"{_said(event, 'delivery-status', 'code')} {words}".strip(),
            status=_said(event, "delivery-status", "enhanced-code"),
        )


def _said(event: AnymailTrackingEvent, *path: str) -> str:
    return text(event.esp_event, "event-data", *path)


def _signature(post: Post, name: str) -> str:
    if post.is_form:
        return post.form.get(name, "")
    return text(post.payload, "signature", name)
