"""What tells two copies of one mail from two mails (pure).

Each way that a mail takes writes other headers on top of it, ends its lines in its own manner
and drops blanks at their ends; what its writer said stays. Not the Message-ID alone: some
programs give all their mails the same one, and an opt-out must not be lost to that.
"""

from __future__ import annotations

import hashlib

from mailsuite.lib.storable import storable
from tracking.reading import ReadMail

# Of a large mail a mailbox gives its beginning, a pipe all of it: what both have tells enough.
_MOST_BYTES = 500_000

_LONGEST_KEY = 255


def of_mail(raw: bytes, mail: ReadMail) -> str:
    """The same for every copy of a mail; 64 hexadecimal digits."""
    written = mail.date and mail.date.isoformat()
    said = (mail.message_id, mail.from_address, mail.subject, written, mail.references.thread)
    digest = hashlib.sha256(repr(said).encode("utf-8", "surrogatepass"))
    _, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = [line.rstrip() for line in body[:_MOST_BYTES].split(b"\n")]
    digest.update(b"\n".join(lines).strip())
    return digest.hexdigest()


def of_key(source_key: str) -> str:
    """What a source knows a mail by, in a length that can be stored: itself where it is short."""
    if len(source_key) <= _LONGEST_KEY:
        return storable(source_key)
    return hashlib.sha256(source_key.encode("utf-8", "surrogatepass")).hexdigest()


def of_event(source_key: str) -> str:
    """Of a provider's event, by the provider's own name for it."""
    return hashlib.sha256(b"event:" + source_key.encode("utf-8", "surrogatepass")).hexdigest()
