"""Raw bytes → a flat list of MIME parts, cut to size.

Own code instead of `email.parser`, whose time grows with size × depth of nesting (it matches each
line against the boundaries of all levels) and whose recursion ends in RecursionError.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tracking.reading.headers import Headers, decode, parse_headers

# A report's own words come first and its returned copy last, so what is cut off is the copy.
_MOST_BYTES = 1_000_000
_MOST_LEVELS = 8
_MOST_PARTS = 60
_LONGEST_TEXT = 60_000  # characters that are looked at in one part

_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
_FIELD_AHEAD = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
_TYPE = re.compile(r"\s*([\w.+-]+)/([\w.+-]+)")
_PARAMETER = re.compile(r";\s*([\w*-]{1,50})\s*=\s*(?:\"([^\"]*)\"|([^\s;\"]+))")
_FIRST_DASHES = re.compile(rb"^--([^\s-][^\r\n]{0,200}|-{2,}[^\r\n]{1,200})", re.MULTILINE)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")

_RETURNED_TYPES = frozenset({"message/rfc822", "message/global", "message/partial"})
_RETURNED_HEADER_TYPES = frozenset(
    {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
)


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf, or the head of an enclosed mail (`message/rfc822`)."""

    type: str
    parameters: dict[str, str]
    headers: Headers  # of the part
    body: bytes  # still encoded; for an enclosed mail, all of it
    container: str  # the type of the multipart around it, "" for none
    is_returned: bool  # belongs to a mail that this one encloses

    def content(self) -> bytes:
        encoding = self.headers.get("content-transfer-encoding").strip().lower()
        try:
            if encoding == "base64":
                letters = _NOT_BASE64.sub(b"", self.body).rstrip(b"=")
                letters = letters[: len(letters) - (len(letters) % 4 == 1)]
                return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
            if encoding == "quoted-printable":
                return binascii.a2b_qp(self.body)
        except binascii.Error:
            pass
        return self.body

    def text(self) -> str:
        text = decode(self.content()[: 4 * _LONGEST_TEXT], self.parameters.get("charset", ""))
        return text[:_LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


@dataclass(frozen=True, slots=True)
class Letter:
    headers: Headers
    type: str
    parameters: dict[str, str]
    parts: tuple[Part, ...]
    is_cut: bool

    def own_parts(self, *types: str) -> list[Part]:
        return [part for part in self.parts if part.type in types and not part.is_returned]


def parse_letter(raw: bytes) -> Letter:
    cut = raw[:_MOST_BYTES].lstrip(b"\r\n\t ")
    if cut.startswith((b"From ", b">From ")):  # the separator of an mbox
        cut = cut.partition(b"\n")[2]
    headers, body = _split(cut)
    main, parameters = content_type(headers)
    parts = []
    for part in _leaves(headers, body, container="", level=0, is_returned=False):
        parts.append(part)
        if len(parts) == _MOST_PARTS:
            break
    return Letter(headers, main, parameters, tuple(parts), is_cut=len(raw) > _MOST_BYTES)


def content_type(headers: Headers) -> tuple[str, dict[str, str]]:
    value = headers.get("content-type")
    match = _TYPE.match(value)
    if not match:
        return "text/plain", {}
    parameters = {
        found[1].lower().partition("*")[0]: found[2] if found[2] is not None else found[3]
        for found in _PARAMETER.finditer(value)
    }
    return match[0].strip().lower(), parameters


def enclosed(part: Part) -> tuple[Headers, bytes]:
    """Headers and body of the mail (or of its headers) that a part holds."""
    return _split(part.content())


def _split(mail: bytes) -> tuple[Headers, bytes]:
    """At the first blank line. What does not begin with a field has no headers at all."""
    mail = mail.lstrip(b"\r\n")
    if not _FIELD_AHEAD.match(mail):
        return Headers(), mail
    found = _BLANK_LINE.search(mail)
    if not found:
        return parse_headers(mail), b""
    return parse_headers(mail[: found.start()]), mail[found.end() :]


def _leaves(
    headers: Headers, body: bytes, *, container: str, level: int, is_returned: bool
) -> Iterator[Part]:
    kind, parameters = content_type(headers)
    if kind.startswith("multipart/") and level < _MOST_LEVELS:
        for piece in _pieces(body, parameters.get("boundary", "")):
            inner, rest = _split_part(piece)
            yield from _leaves(
                inner, rest, container=kind, level=level + 1, is_returned=is_returned
            )
        return
    is_mail = kind in _RETURNED_TYPES
    is_returned = is_returned or is_mail or kind in _RETURNED_HEADER_TYPES
    part = Part(kind, parameters, headers, body, container, is_returned)
    yield part
    if is_mail and level < _MOST_LEVELS:
        inner, rest = enclosed(part)
        yield from _leaves(inner, rest, container=kind, level=level + 1, is_returned=True)


def _split_part(piece: bytes) -> tuple[Headers, bytes]:
    """A part that begins with a blank line has no headers (RFC 2046 §5.1)."""
    if piece.startswith((b"\n", b"\r\n")):
        return Headers(), piece.lstrip(b"\r\n")
    return _split(piece)


def _pieces(body: bytes, boundary: str) -> list[bytes]:
    """Between the boundary lines; all of the body where it has none, as broken mail has."""
    mark = boundary.rstrip().encode("utf-8", "replace")
    if not mark or b"--" + mark not in body:
        guess = _FIRST_DASHES.search(body)
        if not guess:
            return [b"\n" + body]
        mark = guess[1].rstrip()
    line = re.compile(rb"^--" + re.escape(mark) + rb"(?:--)?[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
    pieces = []
    begin: int | None = None
    for match in line.finditer(body):
        if begin is not None:
            pieces.append(body[begin : match.start()])
        begin = match.end()
        if len(pieces) == _MOST_PARTS:
            break
    if begin is not None:
        pieces.append(body[begin:])
    return [piece for piece in pieces if piece.strip(b"\r\n -")] or [b"\n" + body]
