"""What providers have in common. Each subclass says what its provider does in its own way;
django-anymail's views do the reading."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar

import requests
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.db import DatabaseError

from campaigns.models import SendingAccount
from campaigns.transport.provider import OWN_ID
from mailsuite.lib.storable import storable
from tracking.reading import Kind, Reason
from tracking.webhooks.payloads import dig, digest_of
from tracking.webhooks.posts import Post, UnreadableCallError
from tracking.webhooks.raw_mails import as_raw
from tracking.webhooks.values import Report
from tracking.webhooks.verdicts import refusal

_LONGEST_DIAGNOSTIC = 1000

# The mail is or was with the provider; our own pixel and links count opens and clicks.
_SIGNS_OF_LIFE = (
    EventType.QUEUED, EventType.SENT, EventType.DELIVERED, EventType.DEFERRED, EventType.OPENED,
    EventType.CLICKED, EventType.AUTORESPONDED,
)  # fmt: skip
# The provider itself refused to pass the mail on.
_KEPT_BACK = (EventType.REJECTED, EventType.FAILED)
# Refused because of what the recipient has said about mails before this one.
_WANTS_NO_MAIL = (RejectReason.UNSUBSCRIBED, RejectReason.SPAM)


class BadSignatureError(Exception):
    """The call was not signed by the provider, or too long ago."""


class Provider:
    tracking_view: ClassVar[Any]
    inbound_view: ClassVar[Any]
    # Whether its calls are signed with a key of their own, beside the secret in our address.
    signs: ClassVar[bool] = False
    # What its address for inbound mail ends with.
    inbound_path: ClassVar[str] = "inbound"

    def __init__(self, account: SendingAccount) -> None:
        self.account = account

    @classmethod
    def check_key(cls, key: str) -> None:
        """Raises ValueError for what cannot be a key that the provider signs with."""
        if not cls.signs:
            raise ValueError("this provider signs nothing.")
        if not key.isascii():
            raise ValueError("it has letters beyond ASCII.")

    # --- One call: who made it, and which events it holds ---

    def check_signature(self, post: Post, key: str, purpose: str, now: datetime) -> None:
        """Raises BadSignatureError. Only called where the account has the provider's `key`."""

    def events_in(self, post: Post) -> list[Post]:
        """One post an event, so that none of them can take the others along. Raises
        UnreadableCallError where not even that can be told."""
        if isinstance(post.payload, list):
            return [alone([event], post) for event in post.payload]
        return [post]

    def key_of(self, event: Post) -> str:
        """The same for the same event, however often it is told; at most 64 characters."""
        return digest_of(event.payload)

    # --- What an event says ---

    def report_of(self, event: Post) -> Report | None:
        """None for what concerns nobody. Raises UnreadableCallError."""
        return _guarded(self._report, event)

    def mail_of(self, event: Post) -> bytes:
        """An answer, as raw as the provider hands it on. Raises UnreadableCallError, and
        requests.RequestException where it has to be fetched and cannot be."""
        return _guarded(self._mail, event)

    def came_at(self, event: Post) -> datetime | None:
        """When the provider received the answer; None where it does not say."""
        return None

    def _report(self, event: Post) -> Report | None:
        parsed = self._parsed(self._view(self.tracking_view), event)
        kind = self._kind(parsed) if parsed is not None else None
        if parsed is None or kind is None:
            return None
        is_bounce = kind is Kind.BOUNCE
        words = self._words(parsed)
        return Report(
            kind=kind,
            event_type=parsed.event_type,
            key=self.lasting_key_of(event),
            at=self._moment(parsed.timestamp),
            recipient=_storable(parsed.recipient).lower()[:320],
            message_ids=self._message_ids(parsed),
            provider_message_id=_storable(parsed.message_id)[:255],
            reason=self._reason(parsed, words) if is_bounce else None,
            diagnostic=self._shown(parsed, words)[:_LONGEST_DIAGNOSTIC] if is_bounce else "",
        )

    # --- For subclasses ---

    def lasting_key_of(self, event: Post) -> str:
        """As key_of(), also where the provider numbers each telling of an event anew."""
        return self.key_of(event)

    def _mail(self, event: Post) -> bytes:
        parsed = self._parsed(self._view(self.inbound_view), event)
        return as_raw(parsed.message if parsed is not None else None)

    def _view_options(self) -> dict[str, Any]:
        """What anymail's views ask for when they are made."""
        return {}

    def _words(self, event: AnymailTrackingEvent) -> str:
        """What the receiving server said. Not the provider's own advice, in which words like
        "reputation" and "mailbox full" are no reasons."""
        return _storable(event.mta_response)

    def _shown(self, event: AnymailTrackingEvent, words: str) -> str:
        """What people get to read about a refusal."""
        return words or _storable(event.description)

    def _reason(self, event: AnymailTrackingEvent, words: str) -> Reason:
        if event.event_type == EventType.REJECTED:
            return self._reason_to_keep_back(event)
        if event.event_type == EventType.FAILED:
            return Reason.SYSTEM
        return refusal(is_permanent=self._is_permanent(event), words=words)

    def _reason_to_keep_back(self, event: AnymailTrackingEvent) -> Reason:
        """By the provider's own lists and rules; no server has judged the sender."""
        is_known = event.reject_reason in (RejectReason.BOUNCED, RejectReason.INVALID)
        return Reason.UNKNOWN_USER if is_known else Reason.OTHER

    def _is_permanent(self, event: AnymailTrackingEvent) -> bool | None:
        """The provider's own verdict on the address; None where it has none."""
        return None

    def _kind(self, event: AnymailTrackingEvent) -> Kind | None:
        if event.event_type == EventType.COMPLAINED:
            return Kind.COMPLAINT
        if event.event_type == EventType.UNSUBSCRIBED:
            return Kind.UNSUBSCRIBE
        if event.event_type in _KEPT_BACK and event.reject_reason in _WANTS_NO_MAIL:
            return Kind.UNSUBSCRIBE
        if event.event_type == EventType.BOUNCED or event.event_type in _KEPT_BACK:
            return Kind.BOUNCE
        return Kind.OTHER if event.event_type in _SIGNS_OF_LIFE else None

    def _message_ids(self, event: AnymailTrackingEvent) -> tuple[str, ...]:
        """By the metadata that went along; and some providers keep our Message-ID as theirs."""
        own = dig(event.metadata, OWN_ID)
        found = [_storable(own).strip("<> "), _storable(event.message_id).strip("<> ")]
        return tuple(dict.fromkeys(one[:255] for one in found if "@" in one))

    def _moment(self, at: Any) -> datetime | None:
        if not isinstance(at, datetime):
            return None
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)

    def _view(self, view: Any, **options: Any) -> Any:
        """Only to read with. Anymail's check of a password stays out of it: ours was asked
        already, and without one anymail warns."""
        return view(**{"webhook_secret": ["unused"], **self._view_options(), **options})

    def _check_as_anymail(self, view: Any, post: Post, **key: str) -> None:
        try:
            self._view(view, webhook_secret=[], **key).run_validators(post.request())
        except Exception as problem:  # whichever, by what the signature looks like
            raise BadSignatureError from problem

    def _parsed(self, view: Any, event: Post) -> Any:
        """Anymail's event; None where there is none."""
        found = view.parse_events(event.request())
        return found[0] if found else None


Understood = TypeVar("Understood")


def _guarded(read: Callable[[Post], Understood], event: Post) -> Understood:
    """Whatever reading makes of something odd is this event's problem alone."""
    try:
        return read(event)
    except (UnreadableCallError, requests.RequestException, DatabaseError):
        raise
    except Exception as problem:
        raise UnreadableCallError(f"{type(problem).__name__}: {problem}") from problem


def alone(event: Any, post: Post) -> Post:
    """`event` as the whole of a call like `post`."""
    return Post(json.dumps(event).encode(), post.content_type, post.headers)


def _storable(value: Any) -> str:
    return storable(value) if isinstance(value, str) else ""
