"""Signed tokens for links that strangers may follow.

A token proves that mailsuite made the link; it is bound to one purpose, so that a token out
of a pixel opens no opt-out page. Tokens neither expire nor wear out: an opt-out link in a
three-year-old mail must still work, and scanners follow links before people do.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from enum import StrEnum
from functools import lru_cache

from django.conf import settings


class Purpose(StrEnum):
    OPEN = "open"
    CLICK = "click"
    UNSUBSCRIBE = "unsubscribe"
    RETURN_PATH = "return-path"


class InvalidToken(ValueError):
    """The token was not made by this installation for this purpose and subject."""


_DIGEST_BYTES = 16  # 128 bits: beyond guessing, and short enough for a mailto link


def sign(purpose: Purpose, *subject: object) -> str:
    """The token (22 URL-safe characters) that proves `subject` for `purpose`."""
    return _encode(_digest(_key(settings.TRACKING_KEYS[0]), purpose, subject))


def verify(token: str, purpose: Purpose, *subject: object) -> None:
    """Raise InvalidToken unless `token` was signed for this purpose and subject.

    Every key in `TRACKING_KEYS` is accepted, so that a key can be changed while the links
    of mails already sent go on working.
    """
    given = token.encode()
    expected = (_encode(_digest(_key(key), purpose, subject)) for key in settings.TRACKING_KEYS)
    if not any(hmac.compare_digest(given, candidate.encode()) for candidate in expected):
        raise InvalidToken(purpose)


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"mailsuite.lib.tokens:" + secret.encode()).digest()


def _digest(key: bytes, purpose: Purpose, subject: tuple[object, ...]) -> bytes:
    message = "\x1f".join((purpose, *map(str, subject))).encode()
    return hmac.digest(key, message, "sha256")[:_DIGEST_BYTES]


def _encode(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
