"""What a server or the way to it answered, in words for the person who set the mailbox up."""

from __future__ import annotations

import re
import socket
import ssl
from base64 import b64encode
from imaplib import IMAP4

from tracking.mailboxes.values import Login, MailboxProblem, Security
from tracking.mailboxes.wire import TooSlowError

_LONGEST_SAID = 300


def no_connection(login: Login, error: Exception) -> MailboxProblem:
    """Nothing was said in IMAP yet, or TLS could not be begun."""
    return MailboxProblem(_why_not_connected(login, error))


def refused_login(login: Login, error: Exception) -> MailboxProblem:
    if isinstance(error, UnicodeEncodeError):
        return MailboxProblem(
            f"{login.host} takes no letters beyond ASCII in a user name or password. Choose a "
            "password without them at the provider, and enter it here."
        )
    return MailboxProblem(
        f"{login.host} refuses the login of {login.username!r}: {told(login, error)} "
        "Enter the user name and password again; where the provider asks for a second factor, "
        "make an app password."
    )


def connection_lost(login: Login, error: Exception) -> MailboxProblem:
    if isinstance(error, TooSlowError):
        return MailboxProblem(_too_slow(login, error))
    if isinstance(error, TimeoutError):
        return MailboxProblem(f"{login.server} fell silent. It is asked again later.")
    return MailboxProblem(f"{login.server} ended the connection: {told(login, error)}")


def told(login: Login, error: BaseException) -> str:
    """The same of a server that the password was told: some repeat the line they refuse."""
    return _sentence(_without_secret(login, _text(error)))


def said(error: BaseException) -> str:
    """The server's words as one printable sentence."""
    return _sentence(_text(error))


def _text(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _without_secret(login: Login, text: str) -> str:
    """Before it is shortened: half a password is one too."""
    if not login.secret:
        return text
    escaped = login.secret.replace("\\", "\\\\").replace('"', '\\"')  # RFC 3501 §9, quoted
    encoded = b64encode(f"\0{login.username}\0{login.secret}".encode()).decode()  # RFC 4616 §2
    spellings = {login.secret, escaped, encoded, b64encode(login.secret.encode()).decode()}
    # imaplib puts the bytes of an answer into its messages as Python writes them.
    spellings |= {repr(spelling.encode())[2:-1] for spelling in spellings}
    longest_first = sorted(spellings, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), "•••", text, flags=re.IGNORECASE)


def _sentence(text: str) -> str:
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
