"""A mail that is ready to go: what composing makes and a transport delivers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# One addr-spec of ASCII without quoting (RFC 5322 §3.4.1); a comma would make it two recipients.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class CannotComposeError(Exception):
    """This lead's mail cannot be made; the text says why, for the marketer."""


class UnusableSenderError(CannotComposeError):
    """No mail can be made for this sender, whoever the lead is."""


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A picture inside the HTML, which names it as `cid:<content_id>`."""

    content_id: str
    filename: str
    content: bytes
    content_type: str  # "image/png"
    # Of the asset that it was read from, so that a later attempt can read it again.
    key: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    filename: str
    content: bytes
    content_type: str
    # Of the report that it was read from.
    report_id: int | None = None


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """One mail to one recipient; an answer by hand goes to those in `cc` as well. Addresses are
    bare (`info@hotel.example`), ASCII and checked.

    `message_id` and the ids in `headers` carry their angle brackets only in `headers`. `html`
    is "" for a mail of text only. Raises CannotComposeError for anything that would start a
    header of its own or name a second recipient: such a mail cannot exist.
    """

    message_id: str
    sender_name: str
    sender_address: str
    recipient: str
    subject: str
    html: str
    text: str
    reply_to: str = ""
    cc: tuple[str, ...] = ()
    # Beside From, To, Cc, Subject, Reply-To, Date and Message-ID, which follow from the fields.
    headers: Mapping[str, str] = field(default_factory=dict)
    inline_images: tuple[InlineImage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    # Variables without a value; only ever filled by a preview.
    missing: tuple[str, ...] = ()
    # Composed by an attempt before this one, and stored since (kept_content).
    is_kept: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        self._check_addresses()
        self._check_ids_and_headers()
        _refuse_control_characters("subject", self.subject)
        _refuse_control_characters("sender's name", self.sender_name)
        _refuse_half_characters(self.subject, self.html, self.text, self.sender_name)
        files: list[InlineImage | Attachment] = [*self.inline_images, *self.attachments]
        for file in files:
            _refuse_control_characters("name of a file", f"{file.filename}{file.content_type}")

    def _check_ids_and_headers(self) -> None:
        """These go out as they are, never encoded (mime)."""
        ids = [self.message_id, *(image.content_id for image in self.inline_images)]
        for verbatim in (*ids, *self.headers, *self.headers.values()):
            _refuse_control_characters("header", verbatim)
            if not verbatim.isascii():
                raise UnusableSenderError(
                    f"The header {verbatim!r} has letters beyond ASCII. Look at PUBLIC_URL and at "
                    "the name of the sending domain."
                )

    def _check_addresses(self) -> None:
        for copy in self.cc:
            if not _ADDRESS.fullmatch(copy):
                raise CannotComposeError(f"{copy!r} in Cc is not one plain e-mail address.")
        addresses = {"recipient": self.recipient, "sender": self.sender_address}
        if self.reply_to:
            addresses["reply-to"] = self.reply_to
        for role, address in addresses.items():
            if not _ADDRESS.fullmatch(address):
                problem = CannotComposeError if role == "recipient" else UnusableSenderError
                raise problem(
                    f"The {role} {address!r} is not one plain e-mail address. Correct it."
                )


def _refuse_control_characters(where: str, text: str) -> None:
    if _CONTROL.search(text):
        raise CannotComposeError(
            f"The {where} has a line break or another control character: {text!r}. Take it out."
        )


def _refuse_half_characters(*texts: str) -> None:
    """Surrogates, which a template can write as "\\ud800", are no text in any encoding."""
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError as problem:
            raise CannotComposeError(
                f"The mail has half a character ({text[problem.start]!r}). Take it out of the "
                "template."
            ) from problem
