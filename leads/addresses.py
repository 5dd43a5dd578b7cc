"""E-mail addresses as people type them → the one form that is stored and mailed.

Lower case throughout, domain in ASCII (IDNA): then "one row an address" holds in the database.
Strictly, RFC 5321 §2.4 leaves the case of the part before the @ to its own server; none of
today's providers distinguishes by it, and lists are full of the same address in two cases.
"""

from __future__ import annotations

import re

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

# Accepts only what email-validator accepts, thirty times as fast: dot-atoms of unremarkable
# characters, labels without "--" (which may be IDNA), a top level of letters. All else takes the
# library's way. tests/leads/test_addresses.py holds the one against the other.
_UNREMARKABLE = re.compile(
    r"(?=.{6,254}\Z)(?=[^@]{1,64}@)"
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*"
    r"@(?:(?=[a-z0-9-]{1,63}\.)[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?P<top>[a-z]{2,63})",
    re.ASCII,
)
_SPECIAL_TOPS = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)

# More than an address (254) with a name and its brackets; the library's time grows faster than
# the text does.
_LONGEST_CELL = 1_000

# What comes along when an address is pasted. Quotation marks go in pairs only: one alone may be
# part of the address (o'neil@…).
_SEPARATORS = " \t\r\n\xa0;,:"
_PAIRS = ("<>", "()", "[]", "''", '""', "“”", "‘’", "``")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_INVISIBLE = re.compile(r"[\xad\u200b-\u200f\u2060\ufeff]")
_IN_BRACKETS = re.compile(r"[^<>]*<([^<>]*)>[\s;,.]*")


class InvalidAddress(ValueError):
    """No mail can go there. The message tells people why, and how to mend it."""


def normalised_address(text: str) -> str:
    """The address in `text`: exactly one addr-spec (RFC 5322 §3.4.1), lower case, ASCII.

    Understands `Name <a@b.nl>`, `mailto:` and what clings to a pasted address. No DNS is asked.
    Raises InvalidAddress.
    """
    candidate = text.strip().lower()
    match = _UNREMARKABLE.fullmatch(candidate)
    if match and match["top"] not in _SPECIAL_TOPS:
        return candidate
    return _checked(_unwrapped(text))


def _unwrapped(text: str) -> str:
    """The bare address, without name, scheme, punctuation and invisible characters around it."""
    text = text.strip()
    if not text:
        raise InvalidAddress("There is no e-mail address. Fill it in, or leave the row out.")
    if len(text) > _LONGEST_CELL:
        raise InvalidAddress(
            f"The cell holds {len(text):,} characters. Keep one e-mail address in it."
        )
    if _CONTROL.search(text):
        raise InvalidAddress(
            "There is a line break or another control character in it. Keep one address."
        )
    text = _INVISIBLE.sub("", text)
    if in_brackets := _IN_BRACKETS.fullmatch(text):
        text = in_brackets[1]
    text = _stripped(text)
    if text.lower().startswith("mailto:"):
        text = text[len("mailto:") :].partition("?")[0]
    return _stripped(text)


def _stripped(text: str) -> str:
    while True:
        text = text.strip(_SEPARATORS).rstrip(_SEPARATORS + ".")
        if len(text) < 2 or text[0] + text[-1] not in _PAIRS:
            return text
        text = text[1:-1]


def _checked(address: str) -> str:
    if address.count("@") > 1:
        raise InvalidAddress(
            f"'{address}' has more than one @. Keep one address, and give others their own row."
        )
    try:
        valid = validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        raise InvalidAddress(f"'{address}' is not an e-mail address: {error}") from error
    if valid.ascii_email is None:
        raise InvalidAddress(
            f"'{address}' has letters before the @ that most mail servers don't take. "
            "Ask for an address without accents."
        )
    return valid.ascii_email.lower()
