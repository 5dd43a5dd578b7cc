"""Public keys as they stand in DKIM records."""

from __future__ import annotations

import base64
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPublicKey,
    RSAPublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@cache
def rsa(bits: int = 2048) -> str:
    return _written(generate_private_key(65537, bits).public_key())


def weak_rsa() -> str:
    """Of 768 bits, which no library makes any more: a number of that length that is no product of
    two primes."""
    return _written(RSAPublicNumbers(65537, (1 << 767) + 1).public_key())


def _written(public: RSAPublicKey) -> str:
    return base64.b64encode(
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()


@cache
def ed25519() -> str:
    public = Ed25519PrivateKey.generate().public_key()
    return base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
