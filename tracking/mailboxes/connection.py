"""One connection to an IMAP server that looks and touches nothing (RFC 3501).

Whatever imapclient and the network raise comes out as one of three problems: with the mailbox
(`MailboxProblem`), with a folder (`FolderProblem`), with a single mail (`MailProblem`).
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from imaplib import IMAP4

from tracking.mailboxes.folders import Folder, told_folders
from tracking.mailboxes.problems import connection_lost, no_connection, refused_login, told
from tracking.mailboxes.values import (
    USUAL_PATIENCE,
    FetchedMail,
    FolderProblem,
    Login,
    MailboxProblem,
    MailProblem,
    OpenFolder,
    Patience,
    Security,
)
from tracking.mailboxes.wire import BoundedClient

# More than `tracking.reading` looks at, so that it can tell a mail that was cut.
MOST_BYTES = 1_048_576
# UIDs that one search asks for. A reply is one line, and imaplib takes a million bytes of it.
_SPAN = 20_000

# It would write whole mails into a debugging log.
logging.getLogger("imapclient").setLevel(logging.WARNING)


class Connection:
    """Made by `connected`. Calls that raise MailboxProblem leave a connection of no use."""

    def __init__(self, client: BoundedClient, login: Login) -> None:
        self._client = client
        self._login = login

    def folders(self) -> list[Folder]:
        """All folders that can hold mails, with what each is for."""
        with self._talking(MailboxProblem, "does not list its folders"):
            return told_folders(self._client.list_folders())

    def open(self, name: str) -> OpenFolder:
        """Look into a folder, without the right to change anything in it (EXAMINE)."""
        with self._talking(FolderProblem, f"does not open the folder {name!r}"):
            told = self._client.select_folder(name, readonly=True)
            next_uid = told.get(b"UIDNEXT") or self._highest_uid() + 1
        if not told.get(b"UIDVALIDITY"):
            raise FolderProblem(
                f"{self._login.host} keeps no numbers for the mails in {name!r} (UIDVALIDITY), so "
                "nobody can tell which of them were read. Have them forwarded to another mailbox."
            )
        return OpenFolder(
            name=name,
            uid_validity=told[b"UIDVALIDITY"],
            next_uid=next_uid,
            mails=told.get(b"EXISTS", 0),
        )

    def uids_after(
        self, last_uid: int, folder: OpenFolder, *, since: date | None = None
    ) -> Iterator[list[int]]:
        """The UIDs above `last_uid` in the open folder, ascending, some at a time.

        `since` leaves out what came on earlier days, by the calendar of the server.
        """
        begin, span = last_uid + 1, _SPAN
        while begin < folder.next_uid:
            end = min(begin + span, folder.next_uid) - 1
            criteria: list[object] = ["UID", f"{begin}:{end}"]
            if since is not None:
                criteria += ["SINCE", since]
            with self._talking(FolderProblem, f"does not search the folder {folder.name!r}"):
                found = self._client.search(criteria)
            # A range that lies above all UIDs matches the last mail (RFC 3501 §6.4.8).
            if uids := sorted(uid for uid in set(found) if begin <= uid <= end):
                yield uids
            # Servers may leave gaps of millions.
            begin, span = end + 1, _SPAN if uids else span * 2

    def fetch(self, uid: int, *, most_bytes: int = MOST_BYTES) -> FetchedMail | None:
        """One mail of the open folder, unmarked (PEEK), at most its first `most_bytes`.

        None: it is gone, and no search finds it. Raises MailProblem.
        """
        wanted = ["INTERNALDATE", f"BODY.PEEK[]<0.{most_bytes}>"]
        with self._talking(MailProblem, "does not hand the mail over"):
            told = self._client.fetch([uid], wanted).get(uid)
            # A server that is out of breath says OK and nothing else.
            if told is None and uid not in self._client.search(["UID", str(uid)]):
                return None
        if told is None:
            raise MailProblem(f"{self._login.host} has the mail and answers without it.")
        raw = next((value for key, value in told.items() if key.startswith(b"BODY[]")), None)
        if not isinstance(raw, bytes):
            raise MailProblem(f"{self._login.host} answers without the mail.")
        return FetchedMail(uid, raw[:most_bytes], _in_utc(told.get(b"INTERNALDATE")))

    def _highest_uid(self) -> int:
        """For servers that do not say their UIDNEXT, as RFC 3501 §6.3.1 lets them."""
        return max(self._client.search(["UID", "*"]), default=0)

    @contextmanager
    def _talking(self, refusal: type[Exception], what: str) -> Iterator[None]:
        try:
            yield
        except (IMAP4.abort, OSError, EOFError) as error:  # of no use any more, says imaplib
            raise connection_lost(self._login, error) from error
        except Exception as error:  # NO, BAD, or an answer that imapclient cannot read
            raise refusal(f"{self._login.host} {what}: {self._why(error)}") from error

    def _why(self, error: Exception) -> str:
        if size := self._client.passed_over:
            return f"it sends {size} bytes where {MOST_BYTES} at most are asked for."
        return told(self._login, error)


@contextmanager
def connected(login: Login, patience: Patience = USUAL_PATIENCE) -> Iterator[Connection]:
    """A connection that is logged in. Raises MailboxProblem."""
    client = _connect(login, patience)
    try:
        _log_in(client, login)
        yield Connection(client, login)
    except MailboxProblem:  # a goodbye to a server that fell silent would wait for its answer
        _hang_up(client)
        raise
    except BaseException:
        client.__exit__(None, None, None)
        raise
    client.__exit__(None, None, None)  # logs out; what goes wrong with that is passed over


def _connect(login: Login, patience: Patience) -> BoundedClient:
    context = None if login.security == Security.NONE else ssl.create_default_context()
    try:
        client = BoundedClient(login, patience, context, MOST_BYTES)
    except Exception as error:  # what an unknown service says need not even be IMAP
        raise no_connection(login, error) from error
    client.normalise_times = False  # with their time zones
    if login.security == Security.STARTTLS:
        try:
            client.starttls(context)
        except Exception as error:
            _hang_up(client)
            raise no_connection(login, error) from error
    return client


def _log_in(client: BoundedClient, login: Login) -> None:
    """PLAIN takes any letters (RFC 4616), LOGIN none beyond ASCII."""
    try:
        if client.has_capability("AUTH=PLAIN"):
            client.plain_login(login.username, login.secret)
        else:
            client.login(login.username, login.secret)
    except OSError as error:
        raise connection_lost(login, error) from error
    except (IMAP4.error, ValueError) as error:
        raise refused_login(login, error) from error


def _hang_up(client: BoundedClient) -> None:
    with suppress(OSError):  # imaplib closes its end ahead of the call that fails
        client.shutdown()


def _in_utc(moment: datetime | None) -> datetime | None:
    """None for what is no moment: servers hand on the year 0 and offsets of days."""
    if moment is None or moment.tzinfo is None:
        return None
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
