"""A refusal's words and codes → why (`Reason`).

What the server that refused said by itself comes first: its words, then its own enhanced code.
The status that the reporting server put beside them is asked last; sendmail for one translates
any 550 to "5.1.1 User unknown", also where the other side spoke of spam.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from tracking.reading import refusal_words as words
from tracking.reading.values import Reason

_LONGEST = 4_000
_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_SMTP_CODE = re.compile(r"(?<![\d.:])([45]\d\d)(?=[\s\-#:\]])")

# What must not speak: hosts, addresses and links carry words like "spam" or "blocked".
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.I)
_IN_ANGLES = re.compile(r"<[^<>\s]{0,300}>")
_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:@']{1,64}@[^\s<>()\[\]\",;:@']{1,255}")
_HOST = re.compile(r"\b[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}\.?(?=[\s,;:)\]\[(]|$)")

# Codes that say nothing beyond "no": the words or the other code are asked.
_VAGUE_DETAIL = frozenset({(0, 0), (3, 0), (1, 0), (7, 0), (5, 0), (2, 0), (4, 0), (6, 0)})

_BY_CODE = {
    (1, 1): Reason.UNKNOWN_USER,
    (1, 2): Reason.UNKNOWN_HOST,
    (1, 3): Reason.ADDRESS_SYNTAX,
    (1, 6): Reason.MOVED,
    (1, 7): Reason.POLICY,
    (1, 8): Reason.POLICY,
    (1, 10): Reason.NO_MAIL_ACCEPTED,
    (2, 1): Reason.DISABLED,
    (2, 2): Reason.MAILBOX_FULL,
    (2, 3): Reason.SIZE,
    (3, 4): Reason.SIZE,
    (4, 7): Reason.EXPIRED,
}
# Microsoft's: the group or mailbox takes mail from known, internal or signed-in senders only.
_RESTRICTED = frozenset({124, 129, 133, 134, 135, 136})
_BY_SUBJECT = {
    1: Reason.OTHER,
    2: Reason.OTHER,
    3: Reason.SYSTEM,
    4: Reason.NETWORK,
    5: Reason.SYSTEM,
    6: Reason.CONTENT,
    7: Reason.POLICY,
}


def diagnose(remote: str, status: str = "", senders: Collection[str] = ()) -> Reason:
    """`remote`: the refusing server's words, as a diagnostic code or a line of text. `status`:
    the enhanced code that the report gives (RFC 3463), "" for none. `senders`: the addresses
    that the mail was from, as far as known."""
    remote = remote[:_LONGEST]
    own = _own_code(remote)
    if _is_about_sender(remote, senders):
        return Reason.POLICY
    if words.RESTRICTION_OF_EXCHANGE.search(remote) or _is_restriction(own):
        return Reason.RESTRICTED  # its words speak of authentication, and mean the recipient's
    by_words = _by_words(bare_words(remote), own, _smtp_code(remote))
    if by_words is not None:
        return by_words
    for code in (own, _parsed(status)):
        if code and code[1:] not in _VAGUE_DETAIL:
            return _by_code(code)
    code = own or _parsed(status)
    if code and code[1:] != (0, 0):
        return _by_code(code)
    is_temporary = (code and code[0] == 4) or _smtp_code(remote).startswith("4")
    return Reason.TEMPORARY if is_temporary else Reason.OTHER


def bare_words(text: str) -> str:
    """Lower case, one space between words, without what only names places."""
    text = text.replace("\u2019", "'").replace("\u02bc", "'")
    for pattern in (_LINK, _IN_ANGLES, _ADDRESS, _HOST):
        text = pattern.sub(" ", text)
    return " ".join(re.sub(r"[\"“”„«»*_`\[\](){}<>|]", " ", text).lower().split())


def asks_for_confirmation(text: str) -> bool:
    """A refusal that is no refusal: a person shall prove to be one (challenge-response)."""
    return bool(words.CHALLENGE.search(bare_words(text[:_LONGEST])))


def _is_about_sender(remote: str, senders: Collection[str]) -> bool:
    """The sender was verified, and failed: nothing is said about the recipient."""
    text = bare_words(remote)
    if words.SENDER_VERIFICATION.search(text):
        return True
    named = {found[0].lower() for found in _ADDRESS.finditer(remote)}
    return bool(words.CALLOUT.search(text)) and not named.isdisjoint(senders)


def _by_words(text: str, code: tuple[int, int, int] | None, smtp_code: str) -> Reason | None:
    says_address = bool(code and code[0] == 5 and code[1:] in ((1, 1), (1, 2), (1, 6), (1, 10)))
    says_other = bool(code and not says_address and code[1:] not in _VAGUE_DETAIL)
    if says_address and words.UNKNOWN_USER.search(text):
        return Reason.UNKNOWN_USER
    if code == (5, 4, 1) and words.NOT_IN_DIRECTORY.search(text):
        return Reason.UNKNOWN_USER
    for reason, pattern in words.BEFORE_ADDRESS:
        if pattern.search(text):
            return reason
    is_passing = bool(words.PASSING.search(text))
    for reason, pattern in words.ADDRESS_FACTS:
        if not is_passing and pattern.search(text):
            return reason
    if not (is_passing or says_other or smtp_code.startswith("4")) and (
        words.PERHAPS_UNKNOWN_USER.search(text)
    ):
        return Reason.UNKNOWN_USER
    if words.ACCOUNT_GONE.search(text):
        is_for_now = says_other or smtp_code.startswith("4") or is_passing
        return Reason.DISABLED if is_for_now else Reason.UNKNOWN_USER
    if words.DISABLED.search(text):
        is_for_good = says_address and not is_passing
        return Reason.UNKNOWN_USER if is_for_good else Reason.DISABLED
    return next((reason for reason, found in words.AFTER_ADDRESS if found.search(text)), None)


def _is_restriction(code: tuple[int, int, int] | None) -> bool:
    return bool(code and code[1] == 7 and code[2] in _RESTRICTED)


def _by_code(code: tuple[int, int, int]) -> Reason:
    kind, subject, detail = code
    if _is_restriction(code):
        return Reason.RESTRICTED
    if subject == 7 and (20 <= detail <= 30 or detail == 515):
        return Reason.AUTH
    if subject == 7 and 500 < detail < 800:
        return Reason.BLOCKED
    reason = _BY_CODE.get((subject, detail), _BY_SUBJECT.get(subject, Reason.OTHER))
    if kind == 4 and (reason.verdict == "hard" or reason in (Reason.OTHER, Reason.POLICY)):
        return Reason.TEMPORARY
    return reason


def _own_code(remote: str) -> tuple[int, int, int] | None:
    """The last one that says something; else the last one."""
    codes = [(int(m[1]), int(m[2]), int(m[3])) for m in _CODE.finditer(remote)]
    telling = [code for code in codes if code[1:] not in _VAGUE_DETAIL and code[0] != 2]
    known = telling or codes
    return known[-1] if known else None


def _parsed(status: str) -> tuple[int, int, int] | None:
    match = _CODE.search(status)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _smtp_code(remote: str) -> str:
    found = _SMTP_CODE.findall(f"{remote} ")
    return found[-1] if found else ""
