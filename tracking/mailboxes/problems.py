"""What a server or the way to it answered, in words for the person who set the mailbox up."""

from __future__ import annotations

import socket
import ssl
from imaplib import IMAP4

from tracking.mailboxes.values import Login, MailboxProblem, Security
from tracking.mailboxes.wire import TooSlowError

_LONGEST_SAID = 300


def no_connection(login: Login, error: Exception) -> MailboxProblem:
    """Nothing was said in IMAP yet, or TLS could not be begun."""
    return MailboxProblem(_why_not_connected(login, error))


def refused_login(login: Login, error: Exception) -> MailboxProblem:
    return MailboxProblem(
        f"{login.host} refuses the login of {login.username!r}: {said(error)} Enter the user name "
        "and password again; where the provider asks for a second factor, make an app password."
    )


def connection_lost(login: Login, error: Exception) -> MailboxProblem:
    if isinstance(error, TooSlowError):
        return MailboxProblem(_too_slow(login, error))
    if isinstance(error, TimeoutError):
        return MailboxProblem(f"{login.server} fell silent. It is asked again later.")
    return MailboxProblem(f"{login.server} ended the connection: {said(error)}")


def said(error: BaseException) -> str:
    """The server's words as one printable sentence."""
    text = str(error) or type(error).__name__
    if text.startswith(("b'", 'b"')):  # imaplib quotes bytes in its messages
        text = text[2:-1]
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    text = " ".join(text.split())[:_LONGEST_SAID]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _why_not_connected(login: Login, error: Exception) -> str:
    if isinstance(error, socket.gaierror | UnicodeError):
        return f"There is no server named {login.host!r}. Correct the host of this mailbox."
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The certificate of {login.server} is not to be trusted: {error.verify_message}. "
            "Use the server's name as its certificate has it; if your own authority signed it, "
            "name that authority's file in SSL_CERT_FILE."
        )
    if isinstance(error, ssl.SSLError):
        return (
            f"{login.server} does not begin with TLS: {said(error)} "
            "TLS from the start is usually on port 993, STARTTLS on 143."
        )
    if isinstance(error, TooSlowError):
        return _too_slow(login, error)
    if isinstance(error, TimeoutError):
        return f"{login.server} does not answer. Correct host and port, or open the way to it."
    if isinstance(error, OSError):
        return f"No connection to {login.server}: {said(error)} Correct host and port."
    if isinstance(error, IMAP4.error):
        return f"{login.server} does not speak IMAP as {_wish(login.security)}: {said(error)}"
    return f"{login.server} cannot be used: {said(error)}"


def _too_slow(login: Login, error: TooSlowError) -> str:
    return f"{login.server} is too slow: {said(error)} It is asked again later."


def _wish(security: Security) -> str:
    return {
        Security.NONE: "asked, without TLS",
        Security.STARTTLS: "asked, with STARTTLS",
        Security.TLS: "asked, with TLS from the start",
    }[security]
