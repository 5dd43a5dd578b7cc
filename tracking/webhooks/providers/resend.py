from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.resend import ResendInboundWebhookView, ResendTrackingWebhookView
from standardwebhooks import Webhook

from mailsuite.lib.storable import storable
from tracking.reading import Reason
from tracking.webhooks.fetching import fetch
from tracking.webhooks.payloads import dig, digest, moment, text
from tracking.webhooks.posts import Post, UnreadableCallError
from tracking.webhooks.providers.base import BadSignatureError, Provider

_PERMANENT = {"Permanent": True, "Transient": False}
# Its "subType", which is Amazon SES's, where the server's words are not repeated.
_REASONS = {
    "MailboxFull": Reason.MAILBOX_FULL,
    "MessageTooLarge": Reason.SIZE,
    "ContentRejected": Reason.CONTENT,
    "AttachmentRejected": Reason.CONTENT,
}
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_OWN_HEADER = "x-campaign-message-id"


class _TrackingView(ResendTrackingWebhookView):
    event_types = {
        **ResendTrackingWebhookView.event_types,
        "email.failed": EventType.FAILED,
        "email.suppressed": EventType.REJECTED,
    }


class Resend(Provider):
    """Signs body, number and time by the rules of standardwebhooks.com, under the names of Svix.

    A call about an answer holds no more than its number; the mail itself is fetched.
    """

    tracking_view = _TrackingView
    inbound_view = ResendInboundWebhookView
    signs = True

    @classmethod
    def check_key(cls, key: str) -> None:
        super().check_key(key)
        try:
            Webhook(key)
        except Exception as problem:
            raise ValueError("it begins with whsec_ and goes on in base64.") from problem

    def check_signature(self, post: Post, key: str, purpose: str, now: datetime) -> None:
        """Anymail's own check takes the whole client of Svix; this is the one within it."""
        named = {
            f"webhook-{name}": post.headers.get(f"svix-{name}", "")
            for name in ("id", "timestamp", "signature")
        }
        try:
            Webhook(key).verify(post.body, named, json_parse=False)
        except Exception as problem:  # whichever, by what the signature looks like
            raise BadSignatureError from problem

    def key_of(self, event: Post) -> str:
        number = event.headers.get("svix-id", "")
        return digest("id", number) if number else super().key_of(event)

    def came_at(self, event: Post) -> datetime | None:
        return moment(event.payload, "data", "created_at") or moment(event.payload, "created_at")

    def _mail(self, event: Post) -> bytes:
        number = text(event.payload, "data", "email_id")
        if dig(event.payload, "type") != "email.received" or not _ID.fullmatch(number):
            raise UnreadableCallError("The event is not about a mail that was received.")
        base = self._api_url()
        answer = fetch(
            f"{base}emails/receiving/{number}",
            headers={"Authorization": f"Bearer {self.account.secret}"},
        )
        address = _download_url(answer)
        if urlsplit(address).scheme != urlsplit(base).scheme:
            raise UnreadableCallError("Resend names no address to fetch the raw mail from.")
        return fetch(address)

    def _view_options(self) -> dict[str, Any]:
        return {"api_key": "", "signing_secret": None, "inbound_secret": None}

    def _api_url(self) -> str:
        url = self.account.provider_options.get("api_url") or "https://api.resend.com/"
        return f"{str(url).rstrip('/')}/"

    def _words(self, event: AnymailTrackingEvent) -> str:
        codes = dig(event.esp_event, "data", "bounce", "diagnosticCode")
        said = codes if isinstance(codes, list) else []
        return " ".join(storable(code) for code in said if isinstance(code, str))

    def _shown(self, event: AnymailTrackingEvent, words: str) -> str:
        return words or " ".join(
            filter(None, [super()._shown(event, ""), _said(event, "failed", "reason")])
        )

    def _reason(self, event: AnymailTrackingEvent, words: str) -> Reason:
        sort, advice = _said(event, "bounce", "subType"), _said(event, "bounce", "message")
        if "uppressed" in sort or "suppressed sending" in advice:
            # On Resend's own list, for a hard bounce or a complaint before this one.
            return Reason.UNKNOWN_USER
        if sort in _REASONS and not words:
            return _REASONS[sort]
        return super()._reason(event, words)

    def _reason_to_keep_back(self, event: AnymailTrackingEvent) -> Reason:
        return Reason.UNKNOWN_USER

    def _is_permanent(self, event: AnymailTrackingEvent) -> bool | None:
        sort = _said(event, "bounce", "type")
        if not sort and "a hard bounce" in _said(event, "bounce", "message"):
            return True
        return _PERMANENT.get(sort)

    def _message_ids(self, event: AnymailTrackingEvent) -> tuple[str, ...]:
        headers = dig(event.esp_event, "data", "headers")
        ours = (
            text(header, "value").strip("<> ")
            for header in (headers if isinstance(headers, list) else [])
            if text(header, "name").lower() == _OWN_HEADER
        )
        found = (*super()._message_ids(event), *(one[:255] for one in ours if one))
        return tuple(dict.fromkeys(found))


def _said(event: AnymailTrackingEvent, *path: str) -> str:
    return text(event.esp_event, "data", *path)


def _download_url(answer: bytes) -> str:
    try:
        return text(json.loads(answer), "raw", "download_url")
    except (ValueError, RecursionError) as problem:
        raise UnreadableCallError("Resend's answer is no JSON.") from problem
