"""What a server's refusal says about the address (pure).

Only facts about the address condemn it. A server that dislikes the sender, the content or
the moment says nothing about whether the person exists; suppressing on that would throw
good leads away.
"""

from __future__ import annotations

import re

# RFC 3463 §3.2: bad mailbox, bad domain, bad syntax, moved without forwarding, null MX.
_ADDRESS_STATUS = re.compile(r"\b5\.1\.(?:0*1|2|3|6|10)\b")
_OTHER_STATUS = re.compile(r"\b[245]\.[0-7]\.\d{1,3}\b")
_UNKNOWN_USER = re.compile(
    r"user (?:is )?unknown|unknown (?:user|recipient|local part|mailbox)"
    r"|no such (?:user|recipient|mailbox|person|address)"
    r"|(?:user|mailbox|recipient|account|address)(?: \S+)? (?:does not|doesn't) exist"
    r"|(?:user|mailbox|recipient|address|account)(?: was)? not found"
    r"|invalid (?:recipient|mailbox|user)|unrouteable address",
    re.IGNORECASE,
)


# RFC 3463 §3.8: security or policy; RFC 4954 §6: authentication.
_POLICY_STATUS = re.compile(r"\b5\.7\.\d{1,3}\b")
_AUTHENTICATION_CODES = (530, 534, 535, 538)
_BLOCKED = re.compile(
    r"spamhaus|spamcop|barracuda\w*|block(?:ed|list)|black ?list|poor reputation", re.IGNORECASE
)


_SENDER_WORDS = re.compile(
    r"sender (?:signature|identity|address|domain)|from (?:address|field|email)|\bfrom\b[\"'`]"
    r"|not (?:a )?verified|unverified|sending (?:domain|quota|limit)|(?:out of|not enough) credit"
    r"|account (?:is |has been )?(?:disabled|suspended|inactive|blocked)|plan limit",
    re.IGNORECASE,
)


def is_about_sender(code: int | None, text: str) -> bool:
    """Whether a final refusal objects to the sender: authentication, policy, a blocklist.

    The next lead's mail would be refused too, so the domain has to stop until a person has
    looked; it says nothing about the address.
    """
    if code in _AUTHENTICATION_CODES or _POLICY_STATUS.search(text):
        return True
    return not _ADDRESS_STATUS.search(text) and bool(_BLOCKED.search(text))


def names_the_sender(text: str) -> bool:
    """Whether a provider's refusal of a request is about who sends: the address, its domain, the
    account. Providers say it in words, with the same status as for a bad recipient."""
    return bool(_SENDER_WORDS.search(text))


def is_hard_bounce(code: int | None, text: str) -> bool:
    """Whether a final (5xx) refusal means that the address does not exist.

    An enhanced status decides where there is one; else the words, for the codes that are
    about mailboxes (RFC 5321 §4.2.3: 550, 551, 553).
    """
    if _ADDRESS_STATUS.search(text):
        return True
    if _OTHER_STATUS.search(text):
        return False
    return code in (550, 551, 553) and bool(_UNKNOWN_USER.search(text))
