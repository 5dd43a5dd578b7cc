"""A connection to an SMTP server that knows how far a mail came.

smtplib raises the same SMTPServerDisconnected for a connection lost at RCPT, where nothing was
delivered, and after the final dot, where the mail may be on its way. "Retry when disconnected" is
therefore how doubles are made (RFC 1047 describes the window). This one tells the two apart by
watching the end of the mail leave.
"""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings

# For a verb's reply. RFC 5321 §4.5.3.2 has 5 minutes for most; no server that is any use
# takes one, and the lease of the message must outlast them all together.
COMMAND_TIMEOUT_SECONDS = 60

_GO_ON = 354
_CLOSING = 421  # RFC 5321 §3.8: may be the reply to any command, and is the last
END_OF_MAIL = b".\r\n"

Reply = tuple[int, bytes]


class Announcement(NamedTuple):
    """What a server said to MAIL, RCPT and DATA: the replies as far as they came, and what kept
    the others from coming. Those to the RCPTs of copies stand apart, and none of them decides."""

    replies: Sequence[Reply]
    problem: Exception | None = None
    copies: Sequence[Reply] = ()

    @property
    def refusal(self) -> Reply | None:
        """The first; what is no answer at all to its command is one too."""
        for number, reply in enumerate(self.replies):
            if not _is_consent(number, reply):
                return reply
        return None

    @property
    def is_about_the_sender(self) -> bool:
        """Refused before it looked at the recipient."""
        return self.refusal is not None and self.refusal is self.replies[0]

    @property
    def is_from_a_closed_connection(self) -> bool:
        return not self.replies or self.replies[0][0] == _CLOSING

    @property
    def awaits_mail(self) -> bool:
        return len(self.replies) == _COMMANDS and self.replies[-1][0] == _GO_ON


_COMMANDS = 3


def _is_consent(number: int, reply: Reply) -> bool:
    code, _ = reply
    return code == _GO_ON if number == _COMMANDS - 1 else code // 100 == 2


class WatchedConnection(smtplib.SMTP):
    """`is_handed_over` is true from the moment when the end of the mail may have left."""

    is_handed_over = False

    def announce(
        self, sender_address: str, recipient: str, copies: Sequence[str] = ()
    ) -> Announcement:
        """Say MAIL, RCPT and DATA for a new mail, of which nothing is handed over yet.

        In one go where the server can take that (PIPELINING, RFC 2920), because a mail is mostly
        waiting for replies; otherwise one by one, up to the first refusal.
        """
        self.is_handed_over = False
        # What smtplib's own mail() and rcpt() take apart and quote has been checked (ComposedMail).
        named = [f"RCPT TO:<{address}>" for address in (recipient, *copies)]
        commands = [f"MAIL FROM:<{sender_address}>", *named, "DATA"]
        together = self.has_extn("pipelining")
        replies: list[Reply] = []
        to_copies: list[Reply] = []
        try:
            if self.sock is not None:
                self.sock.settimeout(COMMAND_TIMEOUT_SECONDS)
            if together:
                self.send("".join(f"{command}\r\n" for command in commands))
            for number, command in enumerate(commands):
                reply = self.getreply() if together else self.docmd(command)
                if 1 < number < len(named) + 1:
                    to_copies.append(reply)
                    continue
                replies.append(reply)
                if not together and not _is_consent(len(replies) - 1, reply):
                    break
        except (smtplib.SMTPException, OSError) as problem:
            # Some hang up on whom they have refused; the refusal stands.
            return Announcement(replies, problem, to_copies)
        return Announcement(replies, copies=to_copies)

    def hand_over(self, content: bytes) -> Reply:
        """The mail itself, which ends with a line end; the server's verdict on it."""
        # RFC 5321 §4.5.2. No mail begins with a dot: its first line is a header.
        self.send(content.replace(b"\r\n.", b"\r\n.."))
        # From here on nobody can say whether the server got the end. It decides slowly (RFC
        # 5321 §4.5.3.2.6 asks for 10 minutes), and giving up early leaves an `unknown`.
        self.is_handed_over = True
        assert self.sock is not None  # noqa: S101  the mail before its end has gone through it
        self.sock.settimeout(settings.SMTP_TIMEOUT_SECONDS)
        self.send(END_OF_MAIL)
        return self.getreply()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        # The mail and its end leave in two writes; Nagle's algorithm would hold the second
        # back until the first is acknowledged, which takes the other side 40 ms.
        sock = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # not in typeshed
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock


class WatchedTlsConnection(WatchedConnection, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""
