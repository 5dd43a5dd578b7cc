"""ComposedMail → the bytes that go over the wire (RFC 5322, RFC 2045–2047, RFC 2387).

Written straight, in C where it is long: `email.message.EmailMessage` parses and refolds every
header and takes four times as long. The same mail and date give the same bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import datetime
from email.header import Header
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from functools import lru_cache
from typing import NamedTuple

from campaigns.mail import Attachment, ComposedMail, InlineImage

_LINE = 78  # RFC 5322 §2.1.1: what a line should not exceed


class _Part(NamedTuple):
    """One MIME entity. `head` are its own header lines, CRLF between them and none at the end."""

    head: bytes
    body: bytes


def as_bytes(mail: ComposedMail, date: datetime) -> bytes:
    """The whole message with CRLF line ends; `date` becomes its Date header.

    ASCII only, no line longer than 998 (RFC 5321 §4.5.3.1.6).
    """
    content = _content(mail)
    lines = [
        f"Date: {format_datetime(date)}",
        _sender(mail.sender_name, mail.sender_address),
        f"To: {mail.recipient}",
        *([_verbatim("Cc", ", ".join(mail.cc))] if mail.cc else []),
        *([f"Reply-To: {mail.reply_to}"] if mail.reply_to else []),
        _subject(mail.subject),
        f"Message-ID: <{mail.message_id}>",
        *(_verbatim(name, value) for name, value in mail.headers.items()),
        "MIME-Version: 1.0",
    ]
    return b"\r\n".join(
        [*(line.encode("ascii") for line in lines), content.head, b"", content.body]
    )


def _content(mail: ComposedMail) -> _Part:
    content = _text("plain", mail.text)
    if mail.html:
        content = _multipart("alternative", [content, _html_with_pictures(mail)], mail.message_id)
    if mail.attachments:
        parts = [content, *map(_attachment, mail.attachments)]
        content = _multipart("mixed", parts, mail.message_id)
    return content


def _html_with_pictures(mail: ComposedMail) -> _Part:
    """multipart/related around the HTML (RFC 2387), so that no client lists the pictures as
    attachments; Django's own mail class would put them into multipart/mixed."""
    html = _text("html", mail.html)
    if not mail.inline_images:
        return html
    parts = [html, *map(_picture, mail.inline_images)]
    return _multipart("related", parts, mail.message_id, root='; type="text/html"')


def _text(subtype: str, text: str) -> _Part:
    """Quoted-printable: 7 bits on every road, and a line is never longer than 76."""
    lines = [*text.encode().splitlines(), b""]
    return _Part(
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable".encode(),
        binascii.b2a_qp(b"\r\n".join(lines) or b"\r\n"),
    )


def _multipart(subtype: str, parts: list[_Part], message_id: str, root: str = "") -> _Part:
    # "=_" can stand neither in quoted-printable nor in base64 (RFC 2045 §6.7): no part holds it.
    digest = hashlib.blake2b(message_id.encode(), digest_size=12).hexdigest()
    boundary = f"=_{subtype}_{digest}"
    pieces = []
    for part in parts:
        pieces += [f"--{boundary}".encode(), part.head, b"", part.body]
    pieces.append(f"--{boundary}--\r\n".encode())
    head = f'Content-Type: multipart/{subtype}{root};\r\n boundary="{boundary}"'
    return _Part(head.encode(), b"\r\n".join(pieces))


def _picture(image: InlineImage) -> _Part:
    head = _file_head(image.content_type, image.filename, "inline")
    # Not the library's, which encodes a long one; then no `cid:` finds it (RFC 2047 §5).
    content_id = _verbatim("Content-ID", f"<{image.content_id}>").encode()
    return _Part(head + b"\r\n" + content_id, _base64(image.content))


def _attachment(attachment: Attachment) -> _Part:
    head = _file_head(attachment.content_type, attachment.filename, "attachment")
    return _Part(head, _base64(attachment.content))


def _base64(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


@lru_cache(maxsize=256)
def _file_head(content_type: str, filename: str, disposition: str) -> bytes:
    """The library's, because a name beyond ASCII takes the turns of RFC 2231."""
    maintype, _, subtype = content_type.partition("/")
    part = MIMEPart(policy=SMTP)
    part.set_content(
        b"", maintype, subtype or "octet-stream",
        disposition=disposition, filename=filename,
    )  # fmt: skip
    return part.as_bytes().partition(b"\r\n\r\n")[0]


@lru_cache(maxsize=256)
def _sender(name: str, address: str) -> str:
    """Name and address; a name beyond ASCII in encoded words (RFC 2047 §5)."""
    if _speaks_for_itself(name):
        shown, _, bare = formataddr((name, address)).rpartition(" ")
        fits = len(f"From: {shown} {bare}") <= _LINE
        return f"From: {shown} {bare}" if fits else f"From: {shown}\r\n {bare}"
    words = Header(name, "utf-8", header_name="From").encode().split()
    return _verbatim("From", " ".join([*words, f"<{address}>"]))


def _subject(subject: str) -> str:
    line = f"Subject: {subject}"
    if len(line) <= _LINE and _speaks_for_itself(subject):
        return line
    encoded = Header(subject, "utf-8", header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {encoded}"


def _speaks_for_itself(text: str) -> bool:
    """Whether `text` may stand in a header as it is: what looks encoded would be decoded."""
    return text.isascii() and "=?" not in text


def _verbatim(name: str, value: str) -> str:
    """A header of ASCII tokens, folded between them and never inside one.

    Encoding a token longer than a line, as the standard policy does, would hide the address in
    List-Unsubscribe from every mail client: one-click is gone.
    """
    return f"{name}: " + "\r\n ".join(value.split())
