"""DKIM (RFC 6376): the public key that the signatures of the domain's mails are held against."""

from __future__ import annotations

import base64
import binascii

import dns.resolver
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from campaigns.domain_checks.answers import Answer, Verdict
from campaigns.domain_checks.resolver import NobodyAnswered, NotingResolver

# RFC 8301 §3.2: shorter ones must not be believed; 2048 is what it asks signers for.
LEAST_BITS, GOOD_BITS = 1024, 2048
_ED25519_BYTES = 32  # RFC 8463 §4


def check_dkim(domain: str, selector: str, resolver: NotingResolver) -> Answer:
    """Worth nothing where the resolver is in trouble afterwards."""
    name = f"{selector}._domainkey.{domain}"
    try:
        records = [_text(row) for row in resolver.resolve(name, "TXT")]
    except NobodyAnswered:
        return Answer(Verdict.UNKNOWN)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        records = []
    how = f"Publish the record that your mail provider shows for the selector {selector} at {name}."
    if not records:
        return Answer(Verdict.FAILED, "", f"There is no DKIM key at {name}.", how)
    if len(records) > 1:
        return Answer(
            Verdict.FAILED,
            "\n".join(records),
            f"There are {len(records)} TXT records at {name}, and receivers may read any "
            "(RFC 6376 §3.6.2.2).",
            "Leave the one with the key that your provider signs with.",
        )
    return _judge(records[0], how)


def _text(row: object) -> str:
    strings: tuple[bytes, ...] = getattr(row, "strings", ())
    return b"".join(strings).decode("utf-8", "replace")


def _judge(record: str, how: str) -> Answer:
    tags = _tags(record)
    problem = _broken(tags)
    if problem:
        return Answer(Verdict.FAILED, record, problem, how)
    bits = _bits(tags)
    if isinstance(bits, str):
        return Answer(Verdict.FAILED, record, bits, how)
    longer = f"Have your provider make a key of {GOOD_BITS} bits, and publish that one."
    if bits is not None and bits < LEAST_BITS:
        problem = f"The key has {bits} bits; receivers believe none below {LEAST_BITS} (RFC 8301)."
        return Answer(Verdict.FAILED, record, problem, longer)
    if "y" in tags.get("t", "").split(":"):
        return Answer(
            Verdict.WEAK,
            record,
            "The key is in test mode (t=y): receivers treat the mails as if they were not signed.",
            "Take t=y out of the record.",
        )
    if bits is not None and bits < GOOD_BITS:
        return Answer(Verdict.WEAK, record, f"The key has {bits} bits, which is short.", longer)
    return Answer(Verdict.PASSED, record)


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip(): "".join(value.split()) for name, sign, value in pairs if sign}


def _broken(tags: dict[str, str]) -> str:
    if tags.get("v", "DKIM1") != "DKIM1":
        return f"The record is of version {tags['v']} and not DKIM1."
    if "p" not in tags:
        return "The record has no key (p=)."
    if not tags["p"]:
        return "The key was revoked: p= is empty."
    return ""


def _bits(tags: dict[str, str]) -> int | str | None:
    """How long an RSA key is, None for Ed25519, or what is wrong with it."""
    kind = tags.get("k", "rsa")
    try:
        key = base64.b64decode(tags["p"], validate=True)
    except (binascii.Error, ValueError):
        return "The key is no base64; parts of it may have got lost."
    if kind == "ed25519":
        return None if len(key) == _ED25519_BYTES else "The key is no Ed25519 key."
    if kind != "rsa":
        return f"The key is of the type {kind}, which receivers do not know."
    try:
        public = load_der_public_key(key)
    except (ValueError, UnsupportedAlgorithm):
        return "The key cannot be read; parts of it may have got lost."
    return public.key_size if isinstance(public, RSAPublicKey) else "The key is no RSA key."
