"""What a mail can turn out to be: the types between reading and acting."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    BOUNCE = "bounce"  # a mail was refused or given up
    COMPLAINT = "complaint"  # a feedback report: abuse, or a wish to be left alone
    AUTO_REPLY = "auto_reply"  # a machine answered in somebody's name
    UNSUBSCRIBE = "unsubscribe"  # a person wants no more mail, by subject or in own words
    REPLY = "reply"  # a person answered
    OTHER = "other"  # also delays and reports of success: nothing has ended


class Verdict(StrEnum):
    """What a refusal says about the address."""

    HARD = "hard"  # no mail will ever arrive there
    SOFT = "soft"  # not this one, not now
    SENDER_PROBLEM = "sender_problem"  # the refusal is about us, and says nothing about the address


class Reason(StrEnum):
    """Why a mail was refused, with the codes of RFC 3463 §3 that say so by themselves.

    Where the remote server's words and its code disagree, the words win (`diagnosis`).
    """

    UNKNOWN_USER = "unknown_user"  # 5.1.1
    UNKNOWN_HOST = "unknown_host"  # 5.1.2
    MOVED = "moved"  # 5.1.6
    NO_MAIL_ACCEPTED = "no_mail_accepted"  # 5.1.10, RFC 7505: the domain takes no mail
    ADDRESS_SYNTAX = "address_syntax"  # 5.1.3
    DISABLED = "disabled"  # x.2.1: there, but suspended or closed for now
    MAILBOX_FULL = "mailbox_full"  # x.2.2
    SIZE = "size"  # x.2.3, x.3.4: this mail is too large
    CONTENT = "content"  # x.6.x: the mail can't be read or converted; viruses
    NETWORK = "network"  # x.4.x: no route, no answer, a loop
    EXPIRED = "expired"  # x.4.7: tried for days and given up
    SYSTEM = "system"  # x.3.x, x.5.x: the receiving system is broken or full
    RATE = "rate"  # too many mails or connections in a time; 5.7.x and 4.7.x by its words
    RELAY = "relay"  # the server is not responsible for the domain; by its words
    TEMPORARY = "temporary"  # 4.x.x that says no more
    BLOCKED = "blocked"  # our server or domain is on a list; 5.7.5xx to 5.7.7xx of Microsoft
    SPAM = "spam"  # the mail was taken for spam
    AUTH = "auth"  # 5.7.20 to 5.7.30 (RFC 7372, RFC 8616): SPF, DKIM, DMARC, reverse DNS
    POLICY = "policy"  # x.7.x, 5.1.7, 5.1.8: the sender may not
    RESTRICTED = "restricted"  # this recipient takes no mail from outside, or has blocked us
    OTHER = "other"

    @property
    def verdict(self) -> Verdict:
        if self in _HARD:
            return Verdict.HARD
        return Verdict.SENDER_PROBLEM if self in _ABOUT_US else Verdict.SOFT


_HARD = frozenset({Reason.UNKNOWN_USER, Reason.UNKNOWN_HOST, Reason.MOVED, Reason.NO_MAIL_ACCEPTED})
_ABOUT_US = frozenset({Reason.BLOCKED, Reason.SPAM, Reason.AUTH, Reason.POLICY})


class AutoReplySort(StrEnum):
    OUT_OF_OFFICE = "out_of_office"
    LEFT_COMPANY = "left_company"  # for a person to read: who follows?
    CHALLENGE = "challenge"  # for a person: asks us to prove that we are one
    ACKNOWLEDGEMENT = "acknowledgement"  # "we have received your mail", read receipts


class Intent(StrEnum):
    INTERESTED = "interested"
    MEETING = "meeting"
    NOT_INTERESTED = "not_interested"
    OUT_OF_OFFICE = "out_of_office"
    UNSUBSCRIBE = "unsubscribe"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address that a report speaks of."""

    address: str  # lower case; as we wrote to it, where the report says so (RFC 3464 §2.3.1)
    final_address: str  # where it was forwarded to; else the same
    status: str  # "5.1.1", or "" where none is given
    action: str  # failed, delayed, delivered, relayed, expanded (RFC 3464 §2.3.3)
    reason: Reason
    verdict: Verdict
    diagnostic: str  # third-party text, at most 1,000 characters: escape it


@dataclass(frozen=True, slots=True)
class Complaint:
    """A feedback report (RFC 5965)."""

    feedback_type: str  # "abuse", "opt-out", …
    original_recipient: str  # "" where the provider hides it
    original_sender: str


@dataclass(frozen=True, slots=True)
class SignedReference:
    """A number with the token that we signed for it; unproven until the token is checked
    (`mailsuite.lib.tokens`)."""

    purpose: str  # "unsubscribe", "return-path", "open"
    message_id: int
    token: str


@dataclass(frozen=True, slots=True)
class References:
    """What the mail names that may be ours, the best proof first."""

    signed: tuple[SignedReference, ...] = ()
    # X-Campaign-Message-ID and Message-ID of the mail that was returned.
    returned: tuple[str, ...] = ()
    # In-Reply-To first, then References from the last to the first.
    thread: tuple[str, ...] = ()

    @property
    def message_ids(self) -> tuple[str, ...]:
        """All of them without brackets, each once, in the order to try them in."""
        return tuple(dict.fromkeys(self.returned + self.thread))


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail as it was understood. Strings are third-party text: escape them."""

    kind: Kind
    message_id: str = ""  # its own, without brackets
    from_address: str = ""
    to_addresses: tuple[str, ...] = ()
    cc_addresses: tuple[str, ...] = ()
    subject: str = ""
    date: dt.datetime | None = None  # with a time zone; UTC where the mail gives none
    recipients: tuple[Recipient, ...] = ()
    references: References = References()
    auto_reply: AutoReplySort | None = None
    # An automatic reply that says neither what it is nor why it came, and may be a person's.
    is_unclear: bool = False
    return_date: dt.date | None = None  # the day that an out of office names
    intent: Intent = Intent.NONE
    # A reply that speaks of opting out in a way that a person has to judge.
    may_opt_out: bool = False
    own_text: str = ""  # what the writer wrote; the quoted text is gone
    complaint: Complaint | None = None
    is_cut: bool = False  # too large to be read whole
    # A bounce whose facts come from words that anybody could have written, not from a report's
    # machine-readable part (RFC 3464); a complaint that does not enclose our mail.
    is_prose: bool = False
