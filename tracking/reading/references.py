"""What in a mail points to one of ours: ids in headers, and numbers that we signed."""

from __future__ import annotations

import re

from tracking.reading.headers import Headers
from tracking.reading.parts import Letter
from tracking.reading.values import References, SignedReference

_MOST_IDS = 100
_SIGNATURE = r"([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])"
# `unsubscribe.<message id>.<token>`: the subject of our List-Unsubscribe mailto.
_OPT_OUT_SUBJECT = re.compile(rf"\bunsubscribe\.(\d{{1,19}})\.{_SIGNATURE}", re.IGNORECASE)
# `bounce+<message id>.<token>@…`: the envelope sender of a signed return path.
_RETURN_PATH = re.compile(rf"\bbounces?[+.=-](\d{{1,19}})[.=+]{_SIGNATURE}@", re.IGNORECASE)
# The opt-out link of ours that people quote when they answer.
_OPT_OUT_LINK = re.compile(rf"/unsubscribe\?m=(\d{{1,19}})&(?:amp;)?t={_SIGNATURE}")
# Reports that give the head of our mail among their own words.
_ID_IN_TEXT = re.compile(r"\bmessage-id[ \t]{0,5}:\s{0,5}<([^<>\s]{3,255})>", re.IGNORECASE)
_RECEIVERS = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "cc")


def references_of(letter: Letter, returned: list[Headers], text: str) -> References:
    """`returned`: headers of enclosed mails; `text`: what stands in the mail, quotes included."""
    headers = letter.headers
    ids: list[str] = []
    for name in ("x-campaign-message-id", "message-id"):
        for enclosed in returned:
            ids += enclosed.message_ids(name)
    # Exim and some gateways copy our header into their own.
    ids += headers.message_ids("x-campaign-message-id")
    ids += headers.message_ids("x-original-message-id")
    ids += _ID_IN_TEXT.findall(text)
    thread = [*headers.message_ids("in-reply-to"), *reversed(headers.message_ids("references"))]
    return References(
        signed=_signed(headers, text),
        returned=tuple(dict.fromkeys(ids))[:_MOST_IDS],
        thread=tuple(dict.fromkeys(thread))[:_MOST_IDS],
    )


def opt_out_reference(subject: str) -> SignedReference | None:
    return _first(_OPT_OUT_SUBJECT, subject, "unsubscribe")


def _signed(headers: Headers, text: str) -> tuple[SignedReference, ...]:
    receivers = " ".join(value for name in _RECEIVERS for value in headers.all(name))
    found = (
        opt_out_reference(headers.text("subject")),
        _first(_RETURN_PATH, receivers, "return-path"),
        _first(_OPT_OUT_LINK, text, "unsubscribe"),
    )
    return tuple(dict.fromkeys(reference for reference in found if reference))


def _first(pattern: re.Pattern[str], text: str, purpose: str) -> SignedReference | None:
    match = pattern.search(text)
    return SignedReference(purpose, int(match[1]), match[2]) if match else None
