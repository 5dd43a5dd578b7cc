"""Does a mailbox let itself be read? Asked by people; nothing is read and nothing moves."""

from __future__ import annotations

from dataclasses import dataclass

from tracking.mailboxes.connection import Connection, connected
from tracking.mailboxes.folders import Folder, Use
from tracking.mailboxes.turns import folders_of, login_of
from tracking.mailboxes.values import FolderProblem, MailboxProblem, OpenFolder, Patience
from tracking.models import Mailbox

# A person waits for the answer.
_PATIENCE = Patience(connect=5, read=10)
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Report:
    """`read`: the folders that are read; `others`: what else the server has."""

    read: tuple[OpenFolder, ...] = ()
    others: tuple[Folder, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What was found, for a person."""
        read = ", ".join(f"{folder.name} ({folder.mails} mails)" for folder in self.read)
        others = ", ".join(_named(folder) for folder in self.others[:_MOST_NAMED])
        more = len(self.others) - _MOST_NAMED
        return (
            f"Read: {read or 'nothing'}. Not read: {others or 'nothing'}"
            f"{f' and {more} more' if more > 0 else ''}."
        )


def check(mailbox: Mailbox, patience: Patience = _PATIENCE) -> Report:
    """Connect, log in, and open each folder that is to be read. Takes seconds; call it in no
    transaction."""
    try:
        with connected(login_of(mailbox), patience) as connection:
            return _look(mailbox, connection)
    except MailboxProblem as problem:
        return Report(problems=(str(problem),))


def _look(mailbox: Mailbox, connection: Connection) -> Report:
    names, problems = folders_of(mailbox, connection)
    opened = []
    for name in names:
        try:
            opened.append(connection.open(name))
        except FolderProblem as problem:
            problems.append(str(problem))
    read = {folder.name for folder in opened}
    others = tuple(folder for folder in connection.folders() if folder.name not in read)
    return Report(tuple(opened), others, tuple(problems))


def _named(folder: Folder) -> str:
    return folder.name if folder.use in (Use.OTHER, Use.INBOX) else f"{folder.name} ({folder.use})"
