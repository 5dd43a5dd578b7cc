"""Secrets at rest (passwords of mail accounts, provider keys), readable only with a key
that is kept outside the database."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(plain: str) -> str:
    return _cipher(tuple(settings.SECRETS_KEYS)).encrypt(plain.encode()).decode()


def decrypt(sealed: str) -> str:
    """The plain text. Raises ImproperlyConfigured where no key of SECRETS_KEYS fits."""
    try:
        return _cipher(tuple(settings.SECRETS_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise ImproperlyConfigured(
            "A stored secret was sealed with a key that is not in SECRETS_KEYS. "
            "Add the old key behind the new one, or enter the secret again."
        ) from None


def pseudonym(value: str) -> str:
    """A keyed hash that recognises `value` again without storing it.

    Used to keep the opt-out of a person whose data has been erased (GDPR art. 17).
    """
    return hmac.new(settings.PSEUDONYM_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()


class SecretField(models.TextField):
    """Text that is encrypted in the database and plain on the instance."""

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return decrypt(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return encrypt(prepared) if prepared else prepared
