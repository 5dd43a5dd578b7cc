"""What travels between an IMAP server and the one who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Security(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Login:
    """Where a mailbox is and how one gets in."""

    host: str
    port: int
    security: Security
    username: str
    secret: str

    def __repr__(self) -> str:  # the secret belongs into no log
        return f"Login({self.username!r} at {self.host}:{self.port}, {self.security})"

    @property
    def server(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds until a server is given up: one that is silent, one whose answer has no end."""

    connect: float = 15
    read: float = 30
    answer: float = 60


USUAL_PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class OpenFolder:
    """A folder as the server describes it on opening (RFC 3501 §6.3.1)."""

    name: str
    uid_validity: int
    next_uid: int  # all mails in it have lower ones
    mails: int


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """A mail, or its first part where it is larger than what is read of one."""

    uid: int
    raw: bytes
    arrived_at: datetime | None  # when the server took it in; None where it does not say


class MailboxProblem(Exception):
    """The mailbox cannot be read now. The text is for a person: what, where, how to mend."""


class FolderProblem(MailboxProblem):
    """One folder cannot be read; the others of the mailbox may."""


class MailProblem(Exception):
    """The server does not hand this one mail over, or does so in a form that nobody can read.
    The connection goes on."""
