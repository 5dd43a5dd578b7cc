"""One mailbox's turn: connect, read what is new in its folders, hang up.

No network call is made inside a transaction; the transactions are in `position`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db import Error

from mailsuite.lib import clock
from tracking.mailboxes import condition, position, stuck
from tracking.mailboxes.claims import claimed
from tracking.mailboxes.connection import Connection, connected
from tracking.mailboxes.folders import NEVER_READ, Use, is_same_folder, use_of
from tracking.mailboxes.position import OvertakenError
from tracking.mailboxes.values import (
    USUAL_PATIENCE,
    FolderProblem,
    Login,
    MailboxProblem,
    MailProblem,
    OpenFolder,
    Patience,
    Security,
)
from tracking.models import Mailbox, MailboxFolder

TURN_SECONDS = 45
_OWN_FAULT = "Reading it fails within mailsuite; the worker's log says where."
_EPOCH = date(1970, 1, 2)  # what servers may be asked about


@dataclass(frozen=True, slots=True)
class Turn:
    """`mails`: how many were gone past; `has_more`: time was up before all were."""

    mails: int = 0
    has_more: bool = False


def read_mailbox(
    mailbox_id: int, *, seconds: float = TURN_SECONDS, patience: Patience = USUAL_PATIENCE
) -> Turn:
    """Read on in an active mailbox for about that long, unless another worker does. What ails it
    is written down on it."""
    with claimed(mailbox_id) as is_ours:
        mailbox = Mailbox.objects.defer("secret").filter(pk=mailbox_id, is_active=True).first()
        if not is_ours or mailbox is None:
            return Turn()
        reader = _Reader(mailbox, time.monotonic() + seconds)
        try:
            reader.read(patience)
        except MailboxProblem as problem:
            condition.note_failed(mailbox, clock.now(), str(problem))
        except OvertakenError:
            pass  # nothing to say of a mailbox that another worker reads
        except Error:
            raise  # the database's trouble, which it would not take down either
        except Exception:
            condition.note_failed(mailbox, clock.now(), _OWN_FAULT)
            raise
        else:
            condition.note_read(mailbox, clock.now(), reader.problems)
        return Turn(reader.mails, reader.has_more)


def login_of(mailbox: Mailbox) -> Login:
    """Raises MailboxProblem where its secret cannot be unsealed."""
    try:
        secret = mailbox.secret
    except ImproperlyConfigured as error:
        raise MailboxProblem(str(error)) from error
    return Login(mailbox.host, mailbox.port, Security(mailbox.security), mailbox.username, secret)


def folders_of(mailbox: Mailbox, connection: Connection) -> tuple[list[str], list[str]]:
    """The names of the folders to read, and what is wrong with the others that it names."""
    names = list(dict.fromkeys(name.strip() for name in mailbox.folders if name.strip()))
    if not mailbox.reads_junk and all(is_same_folder(name, "INBOX") for name in names):
        return names, []
    told = connection.folders()
    refused = {name: use for name in names if (use := use_of(name, told)) in NEVER_READ}
    problems = [
        f"{name!r} is the {use} folder, which is never read: take it off the folders."
        for name, use in refused.items()
    ]
    junk = [folder.name for folder in told if folder.use == Use.JUNK]
    if mailbox.reads_junk and not junk:
        problems.append("The server names no junk folder: name it among the folders.")
    names = [name for name in names if name not in refused]
    return [*names, *(j for j in junk if mailbox.reads_junk and j not in names)], problems


def _since(mailbox: Mailbox) -> date | None:
    """A day earlier than asked for: the server's calendar may be behind ours."""
    return mailbox.read_from and max(mailbox.read_from, _EPOCH) - timedelta(days=1)


class _Reader:
    def __init__(self, mailbox: Mailbox, until: float) -> None:
        self.mailbox = mailbox
        self.until = until
        self.mails = 0
        self.has_more = False
        self.problems: list[str] = []

    def read(self, patience: Patience) -> None:
        """Raises MailboxProblem, OvertakenError."""
        with connected(login_of(self.mailbox), patience) as connection:
            names, problems = folders_of(self.mailbox, connection)
            self.problems += problems
            for name in names:
                if self.has_more:
                    return
                try:
                    self._read_folder(connection, connection.open(name))
                except FolderProblem as problem:
                    self.problems.append(str(problem))

    def _read_folder(self, connection: Connection, opened: OpenFolder) -> None:
        place = position.place_in(self.mailbox, opened)
        found = connection.uids_after(place.last_uid, opened, since=_since(self.mailbox))
        for uid in (uid for uids in found for uid in uids):
            self._read_mail(connection, place, uid)
            if self._is_over():
                return
        position.finish(place, opened.next_uid - 1, clock.now())
        for mail in stuck.due(place, clock.now()):
            self._read_stuck(connection, place, mail.uid)
            if self._is_over():
                return

    def _read_mail(self, connection: Connection, place: MailboxFolder, uid: int) -> None:
        try:
            mail = connection.fetch(uid)
        except MailProblem as problem:
            position.set_aside(place, uid, problem)
        except MailboxProblem as problem:
            # It may be this mail that makes the server hang up: it is not to do so for ever.
            position.set_aside(place, uid, problem)
            raise
        else:
            position.take(place, uid, mail)
        self.mails += 1

    def _read_stuck(self, connection: Connection, place: MailboxFolder, uid: int) -> None:
        try:
            mail = connection.fetch(uid)
        except (MailProblem, MailboxProblem) as problem:
            stuck.note(place, uid, problem)
            if isinstance(problem, MailboxProblem):
                raise
        else:
            position.take_stuck(place, uid, mail)

    def _is_over(self) -> bool:
        """Asked behind a mail, so that each turn gets on by one at least."""
        self.has_more = time.monotonic() >= self.until
        return self.has_more
