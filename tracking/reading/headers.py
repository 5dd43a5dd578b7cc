"""A block of header lines → fields, decoded."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses, parsedate_to_datetime

_LONGEST_BLOCK = 64_000
_MOST_FIELDS = 400
_LONGEST_VALUE = 4_000  # References of a long thread fit; a bomb does not
_LONGEST_ENCODED = 2_000

_FIELD = re.compile(r"([!-9;-~]{1,100})[ \t]*:[ \t]*(.*)")
# Looser than RFC 5322's addr-spec, as servers name what they refused: no spaces, no brackets.
_LETTER = r"[^\x00-\x20\x7f<>()\[\]\",;:@]"
_ADDRESS = re.compile(rf"{_LETTER}{{1,64}}@{_LETTER}{{1,255}}")
_MESSAGE_ID = re.compile(r"<([^<>\s]{3,255})>")


@dataclass(frozen=True, slots=True)
class Headers:
    """Fields in their order, names in lower case, folded lines joined (RFC 5322 §2.2.3)."""

    fields: tuple[tuple[str, str], ...] = field(default=())

    def get(self, name: str) -> str:
        """The first value, raw; "" where there is none."""
        return next((value for key, value in self.fields if key == name), "")

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]

    def text(self, name: str) -> str:
        return decoded(self.get(name))

    def address(self, name: str) -> str:
        """The first address of the field, in lower case; "" for none and for `<>`."""
        return next(iter(self.addresses(name)), "")

    def addresses(self, name: str) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                match[0].lower() for value in self.all(name) for match in _ADDRESS.finditer(value)
            )
        )

    def display_name(self, name: str) -> str:
        value = self.get(name)[:_LONGEST_ENCODED]
        pairs = getaddresses([value])
        return decoded(pairs[0][0]) if pairs else ""

    def message_ids(self, name: str) -> tuple[str, ...]:
        """Without brackets. What is not in brackets is not an id (RFC 5322 §3.6.4), except
        where the field holds one bare id and no more."""
        value = " ".join(self.all(name))
        found = tuple(match[1] for match in _MESSAGE_ID.finditer(value))
        bare = value.strip("<> \t")
        return found or ((bare,) if "@" in bare and len(bare.split()) == 1 else ())

    def date(self) -> datetime | None:
        try:
            parsed = parsedate_to_datetime(self.get("date")[:200])
            parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
            parsed.astimezone(UTC)  # year 1 with an offset overflows here, not at the caller
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        return parsed


def parse_headers(block: bytes) -> Headers:
    """Lines that are no fields are left out: broken mail is read, not refused."""
    fields: list[tuple[str, str]] = []
    for line in text_of(block[:_LONGEST_BLOCK]).splitlines():
        if line[:1] in (" ", "\t"):
            if fields:
                name, value = fields[-1]
                joined = f"{value} {line.strip()}" if len(value) < _LONGEST_VALUE else value
                fields[-1] = (name, joined[:_LONGEST_VALUE])
        elif match := _FIELD.match(line):
            fields.append((match[1].lower(), match[2].strip()[:_LONGEST_VALUE]))
            if len(fields) == _MOST_FIELDS:
                break
    return Headers(tuple(fields))


def first_address(value: str) -> str:
    """`rfc822; <a@b.nl>` → `a@b.nl`, lower case; "" for X.400 and the like."""
    found = _ADDRESS.search(value)
    return found[0].lower() if found else ""


def text_of(raw: bytes) -> str:
    """UTF-8 (RFC 6532), else the one that western mail is in; never fails."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def decoded(value: str) -> str:
    """Encoded words (RFC 2047) as text, on one line."""
    value = value[:_LONGEST_ENCODED]
    if "=?" in value:
        # Else as it stands: better an ugly subject than none.
        with suppress(HeaderParseError, ValueError, LookupError):
            value = "".join(
                part if isinstance(part, str) else decode(part, charset or "")
                for part, charset in decode_header(value)
            )
    return " ".join(value.split())


# Codecs that are none of text, or whose time grows faster than their input does.
_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})


def decode(raw: bytes, charset: str) -> str:
    """By the charset that the mail names, else by guess."""
    name = charset.strip("\"' ").lower().replace("-", "_")
    if name in ("", "us_ascii", "ascii", "unknown_8bit") or name in _NO_CHARSETS:
        return text_of(raw)
    try:
        return raw.decode(name, "replace")
    except (LookupError, ValueError):
        return text_of(raw)
