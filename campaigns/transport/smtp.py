"""SMTP that knows how far it came.

smtplib raises the same SMTPServerDisconnected for a connection lost at RCPT, where nothing
was delivered, and after the final dot, where the mail may be on its way. "Retry when
disconnected" is therefore how doubles are made (RFC 1047 describes the window). This
module tells the two apart by watching the last bytes of the mail leave.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings

from campaigns.mail import ComposedMail
from campaigns.mime import as_bytes
from campaigns.models import SendingAccount
from campaigns.transport.base import Delivery, Outcome, Transport, TransportUnavailableError
from mailsuite.lib import clock

if TYPE_CHECKING:
    from typing_extensions import Buffer

# For a verb's reply. RFC 5321 §4.5.3.2 has 5 minutes for most; no server that is any use
# takes one, and the lease of the message must outlast them all together.
COMMAND_TIMEOUT_SECONDS = 60
_END_OF_MAIL = b".\r\n"
_CLOSING = 421  # RFC 5321 §3.8: may be the reply to any command


class WatchedConnection(smtplib.SMTP):
    """`is_handed_over` is true from the moment when the end of the mail may have left."""

    is_handed_over = False
    _in_data = False

    def begin(self, sender_address: str) -> tuple[int, bytes]:
        """MAIL, the start of a new mail of which nothing is handed over yet."""
        self.is_handed_over = False
        if self.sock is not None:
            self.sock.settimeout(COMMAND_TIMEOUT_SECONDS)
        # What smtplib's own mail() and rcpt() take apart and quote has been checked (ComposedMail).
        return self.docmd("MAIL", f"FROM:<{sender_address}>")

    def name_recipient(self, address: str) -> tuple[int, bytes]:
        return self.docmd("RCPT", f"TO:<{address}>")

    def data(self, msg: Buffer | str) -> tuple[int, bytes]:
        self._in_data = True
        try:
            return super().data(msg)
        finally:
            self._in_data = False

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        # The mail and its end leave in two writes; Nagle's algorithm would hold the second
        # back until the first is acknowledged, which takes the other side 40 ms.
        sock = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # not in typeshed
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def send(self, s: Buffer | str) -> None:
        # Inside data() smtplib sends the verb as text and then the whole mail as bytes.
        if not (self._in_data and isinstance(s, bytes)):
            super().send(s)
            return
        super().send(s[: -len(_END_OF_MAIL)])
        # From here on nobody can say whether the server got the end. It decides slowly (RFC
        # 5321 §4.5.3.2.6 asks for 10 minutes), and giving up early leaves an `unknown`.
        self.is_handed_over = True
        assert self.sock is not None  # noqa: S101  the mail before its end has gone through it
        self.sock.settimeout(settings.SMTP_TIMEOUT_SECONDS)
        super().send(s[-len(_END_OF_MAIL) :])


class WatchedTlsConnection(WatchedConnection, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""


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
                account.host, account.port, timeout=COMMAND_TIMEOUT_SECONDS, context=context
            )
        else:
            connection = WatchedConnection(
                account.host, account.port, timeout=COMMAND_TIMEOUT_SECONDS
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
        """One transaction with one recipient, so that a reply is about this mail alone."""
        connection, code, reply = self._begin(mail)
        if code // 100 != 2:  # said before anybody has named the recipient
            self._reset(connection)
            return replace(_refusal(code, reply), is_account_problem=code // 100 == 5)
        code, reply = connection.name_recipient(mail.recipient)
        if code // 100 != 2:
            self._reset(connection)
            return _refusal(code, reply)
        try:
            code, reply = connection.data(content)
        except smtplib.SMTPDataError as problem:  # the server did not want the DATA
            self._reset(connection)
            return _refusal(problem.smtp_code, problem.smtp_error)
        if code == 250:
            return Delivery(Outcome.ACCEPTED, code, _text(reply))
        self._reset(connection)  # RFC 5321 §4.1.4: only DATA that succeeded ends a transaction
        return _refusal(code, reply, handed_over=True)

    def _begin(self, mail: ComposedMail) -> tuple[WatchedConnection, int, bytes]:
        """The reply to MAIL; on a new connection where the kept one has been closed. Many
        servers take so many mails on one connection and then say 421 or nothing."""
        if self._connection is not None:
            try:
                code, reply = self._connection.begin(mail.sender_address)
            except (smtplib.SMTPException, OSError):
                code, reply = _CLOSING, b""
            if code != _CLOSING:
                return self._connection, code, reply
            self.close()
        self.connect()
        assert self._connection is not None  # noqa: S101  or connect() has raised
        return self._connection, *self._connection.begin(mail.sender_address)

    def _reset(self, connection: WatchedConnection) -> None:
        """Leave the failed transaction; a connection that cannot is given up."""
        try:
            connection.rset()
        except (smtplib.SMTPException, OSError):
            self.close()


def _refusal(code: int, reply: bytes | str, *, handed_over: bool = False) -> Delivery:
    """A 4xx or 5xx reply is definite at any phase; anything else is no answer at all."""
    kinds = {4: Outcome.DEFERRED, 5: Outcome.REFUSED}
    no_answer = Outcome.UNKNOWN if handed_over else Outcome.NOT_TRANSMITTED
    return Delivery(kinds.get(code // 100, no_answer), code, _text(reply))


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
