"""Which folder is which: by what the server says of it (RFC 6154), else by its usual names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Use(StrEnum):
    INBOX = "inbox"
    JUNK = "junk"
    SENT = "sent"
    DRAFTS = "drafts"
    TRASH = "trash"
    ALL = "all"  # Gmail: every mail once more, those that were sent among them
    OTHER = "other"


# What these hold was written by the mailbox's owner, or thrown away.
NEVER_READ = frozenset({Use.SENT, Use.DRAFTS, Use.TRASH, Use.ALL})

_FLAGS = {
    b"\\junk": Use.JUNK,
    b"\\sent": Use.SENT,
    b"\\drafts": Use.DRAFTS,
    b"\\trash": Use.TRASH,
    b"\\all": Use.ALL,
    b"\\allmail": Use.ALL,  # as Gmail called it before RFC 6154
    b"\\spam": Use.JUNK,
}
# Dutch, English, German and French clients and servers make these.
_NAMES = {
    Use.JUNK: (
        "junk", "spam", "junk e-mail", "junk email", "junk mail", "bulk mail", "bulk",
        "ongewenste e-mail", "ongewenste e-mails", "ongewenst", "junk-e-mail",
        "spamverdacht", "unerwünscht", "courrier indésirable", "indésirables", "pourriel",
    ),
    Use.SENT: (
        "sent", "sent items", "sent messages", "sent mail", "sent-mail", "outbox",
        "verzonden", "verzonden items", "verzonden berichten", "postvak uit",
        "gesendet", "gesendete elemente", "gesendete objekte", "postausgang",
        "envoyés", "éléments envoyés", "messages envoyés", "boîte d'envoi",
    ),
    Use.DRAFTS: ("drafts", "draft", "concepten", "entwürfe", "brouillons"),
    Use.TRASH: (
        "trash", "deleted items", "deleted messages", "deleted", "bin",
        "prullenbak", "prullenmand", "verwijderde items", "verwijderde berichten",
        "papierkorb", "gelöschte elemente", "gelöschte objekte",
        "corbeille", "éléments supprimés",
    ),
}  # fmt: skip
_BY_NAME = {name: use for use, names in _NAMES.items() for name in names}
_DELIMITERS = re.compile(r"[/.]")  # of nearly all servers


@dataclass(frozen=True, slots=True)
class Folder:
    name: str
    use: Use


def told_folders(told: Iterable[tuple[tuple[bytes, ...], bytes | None, str]]) -> list[Folder]:
    """From what LIST answers: flags, delimiter, name."""
    folders = []
    for flags, delimiter, name in told:
        lower = {flag.lower() for flag in flags if isinstance(flag, bytes)}
        if not lower & {b"\\noselect", b"\\nonexistent"}:
            folders.append(Folder(name, _use(lower, delimiter, name)))
    return folders


def is_same_folder(one: str, other: str) -> bool:
    """INBOX is INBOX in any case (RFC 3501 §5.1); the others are as they are written."""
    return one == other or one.upper() == other.upper() == "INBOX"


def use_of(name: str, told: Iterable[Folder]) -> Use:
    """What a folder that a person named is for, also where the server tells it in another case or
    not at all: many open it all the same."""
    by_name = {folder.name: folder.use for folder in told}
    if name in by_name:
        return by_name[name]
    alike = {use for other, use in by_name.items() if other.casefold() == name.casefold()}
    guessed = _BY_NAME.get(_DELIMITERS.split(name)[-1].casefold(), Use.OTHER)
    return next(iter(alike & NEVER_READ), None) or next(iter(alike), guessed)


def _use(flags: set[bytes], delimiter: bytes | None, name: str) -> Use:
    for flag, use in _FLAGS.items():
        if flag in flags:
            return use
    if name.upper() == "INBOX":
        return Use.INBOX
    if flags & {b"\\archive", b"\\flagged"}:
        return Use.OTHER
    last = name.rpartition(delimiter.decode("ascii", "replace"))[2] if delimiter else name
    return _BY_NAME.get(last.casefold(), Use.OTHER)
