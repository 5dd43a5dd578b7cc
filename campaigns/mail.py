"""A mail that is ready to go: what composing makes and a transport delivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class CannotComposeError(Exception):
    """This lead's mail cannot be made; the text says why, for the marketer."""


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A picture inside the HTML, which names it as `cid:<content_id>`."""

    content_id: str
    filename: str
    content: bytes
    content_type: str  # "image/png"


@dataclass(frozen=True, slots=True)
class Attachment:
    filename: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """One mail to one recipient. Addresses are bare (`info@hotel.example`), ASCII and checked.

    `message_id` and the ids in `headers` carry their angle brackets only in `headers`.
    """

    message_id: str
    sender_name: str
    sender_address: str
    recipient: str
    subject: str
    html: str
    text: str
    reply_to: str = ""
    # Beside From, To, Subject, Reply-To, Date and Message-ID, which follow from the fields.
    headers: Mapping[str, str] = field(default_factory=dict)
    inline_images: tuple[InlineImage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
