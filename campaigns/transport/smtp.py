"""Mails by SMTP, each told apart by how far it came."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import replace

from campaigns.mail import ComposedMail
from campaigns.mime import as_bytes
from campaigns.models import SendingAccount
from campaigns.transport import connection as smtp
from campaigns.transport.base import Delivery, Outcome, Transport, TransportUnavailableError
from campaigns.transport.connection import (
    Announcement,
    Reply,
    WatchedConnection,
    WatchedTlsConnection,
)
from mailsuite.lib import clock


class SmtpTransport(Transport):
    def __init__(self, account: SendingAccount) -> None:
        self._account = account
        self._connection: WatchedConnection | None = None

    def connect(self) -> None:
        if self._connection is not None:
            return
        try:
            self._connection = self._open()
        except smtplib.SMTPAuthenticationError as problem:
            permanent = problem.smtp_code >= 500
            raise TransportUnavailableError(
                f"{self._account.host} refuses the login of {self._account.name!r}: "
                f"{problem.smtp_code} {_text(problem.smtp_error)}",
                is_account_problem=permanent,
            ) from problem
        except smtplib.SMTPNotSupportedError as problem:
            raise TransportUnavailableError(
                f"{self._account.host} cannot do what {self._account.name!r} asks: {problem}",
                is_account_problem=True,
            ) from problem
        except ValueError as problem:  # a name or a password that cannot be said in SMTP
            raise TransportUnavailableError(
                f"The account {self._account.name!r} cannot be used: {problem}. Correct its "
                "server, user name or password.",
                is_account_problem=True,
            ) from problem
        except (smtplib.SMTPException, OSError) as problem:
            raise TransportUnavailableError(
                f"no connection to {self._account.host}:{self._account.port}: {problem}"
            ) from problem

    def deliver(self, mail: ComposedMail) -> Delivery:
        content = as_bytes(mail, clock.now())
        try:
            return self._converse(mail, content)
        except (smtplib.SMTPException, OSError) as problem:
            connection = self._connection
            self.close()
            handed_over = connection is not None and connection.is_handed_over
            outcome = Outcome.UNKNOWN if handed_over else Outcome.NOT_TRANSMITTED
            return Delivery(outcome, detail=f"{type(problem).__name__}: {problem}")

    def close(self) -> None:
        """Say goodbye. A server that fails at QUIT took the mail all the same."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            connection.close()

    def _open(self) -> WatchedConnection:
        account = self._account
        # Loading the system's certificates takes longer than a mail; without TLS nobody asks.
        plain = account.security == SendingAccount.Security.NONE
        context = None if plain else ssl.create_default_context()
        connection: WatchedConnection
        if account.security == SendingAccount.Security.TLS:
            connection = WatchedTlsConnection(
                account.host, account.port, timeout=smtp.COMMAND_TIMEOUT_SECONDS, context=context
            )
        else:
            connection = WatchedConnection(
                account.host, account.port, timeout=smtp.COMMAND_TIMEOUT_SECONDS
            )
        try:
            if account.security == SendingAccount.Security.STARTTLS:
                connection.starttls(context=context)
            if account.username:
                connection.login(account.username, account.secret)
            connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection

    def _converse(self, mail: ComposedMail, content: bytes) -> Delivery:
        """One transaction with one recipient, so that a reply is about this mail alone. Those in Cc
        of an answer by hand share it: whom of them the server turns away keeps it from nobody."""
        connection, announcement = self._announce(mail)
        if announcement.refusal is not None:
            self._withdraw(connection, announcement)
            code, reply = announcement.refusal
            objects = announcement.is_about_the_sender and code // 100 == 5
            return replace(_refusal(code, reply), is_account_problem=objects)
        if announcement.problem is not None:
            raise announcement.problem
        code, reply = connection.hand_over(content)
        if code == 250:
            turned_away = tuple(_turned_away(mail.cc, announcement.copies))
            return Delivery(Outcome.ACCEPTED, code, _text(reply), turned_away=turned_away)
        self._reset(connection)  # RFC 5321 §4.1.4: only DATA that succeeded ends a transaction
        return _refusal(code, reply, handed_over=True)

    def _announce(self, mail: ComposedMail) -> tuple[WatchedConnection, Announcement]:
        """On a new connection where the kept one has been closed. Many servers take so many mails
        on one connection and then say 421 or nothing."""
        envelope = (mail.sender_address, mail.recipient, mail.cc)
        if self._connection is not None:
            announcement = self._connection.announce(*envelope)
            if not announcement.is_from_a_closed_connection:
                return self._connection, announcement
            self.close()
        self.connect()
        assert self._connection is not None  # noqa: S101  or connect() has raised
        return self._connection, self._connection.announce(*envelope)

    def _withdraw(self, connection: WatchedConnection, announcement: Announcement) -> None:
        """Leave a transaction that was refused. A server that asks for the mail even so would take
        RSET and QUIT for its text."""
        if announcement.awaits_mail:
            self._connection = None
            connection.close()
        else:
            self._reset(connection)

    def _reset(self, connection: WatchedConnection) -> None:
        """Leave the failed transaction; a connection that cannot is given up."""
        try:
            connection.rset()
        except (smtplib.SMTPException, OSError):
            self.close()


def _turned_away(addresses: Sequence[str], replies: Sequence[Reply]) -> Iterator[str]:
    for address, (code, reply) in zip(addresses, replies, strict=True):
        if code // 100 != 2:
            yield f"{address}: {code} {_text(reply)}"


def _refusal(code: int, reply: bytes | str, *, handed_over: bool = False) -> Delivery:
    """A 4xx or 5xx reply is definite at any phase; anything else is no answer at all."""
    kinds = {4: Outcome.DEFERRED, 5: Outcome.REFUSED}
    no_answer = Outcome.UNKNOWN if handed_over else Outcome.NOT_TRANSMITTED
    return Delivery(kinds.get(code // 100, no_answer), code, _text(reply))


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
