"""An SMTP server that does what a test tells it, verb by verb, and remembers what it took.

A plain socket server: what is tested is what a client makes of drops, stalls and odd
replies, which a well-behaved server library would not send.
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from mailsuite.lib import clock

DROP = "DROP"
SILENCE = "SILENCE"


@dataclass
class Accepted:
    """A mail that was answered 250, or would have been; `at` is business time."""

    sender: str
    recipient: str
    content: bytes
    at: datetime
    copies: list[str] = field(default_factory=list)  # those besides, whom it took as well

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)  # type: ignore[return-value]


@dataclass
class SmtpServer:
    """`extensions`: what it offers besides logins. `script` maps a verb (CONNECT, EHLO, AUTH, MAIL,
    RCPT, DATA, BODY, NOOP, QUIT) to its replies, one a use; the last one stays. A reply is a line,
    DROP or SILENCE. BODY is the end of the mail: with DROP the mail has been taken, and nobody is
    told.

    By the letter of RFC 5321 §4.1.4: as long as a transaction is open, which ends with a mail that
    was taken, RSET or EHLO, a second MAIL is out of order, whatever the script says. DATA is so
    without a recipient, unless the script has a reply to it."""

    port: int = 0
    extensions: Sequence[str] = ()
    script: dict[str, list[str]] = field(default_factory=dict)
    accepted: list[Accepted] = field(default_factory=list)
    connections: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def reply(self, verb: str, usual: str) -> str:
        replies = self.script.get(verb)
        if not replies:
            return usual
        return replies.pop(0) if len(replies) > 1 else replies[0]


class _Gone(Exception):
    pass


class _Session(socketserver.StreamRequestHandler):
    server: _Listener

    def handle(self) -> None:
        self.world = self.server.world
        self.world.connections += 1
        self.sender = self.recipient = ""
        self.is_open = self.has_recipient = False
        self.copies: list[str] = []
        try:
            self._answer("CONNECT", "220 ready")
            while line := self.rfile.readline():
                self._verb(line.decode().strip())
        except (_Gone, ConnectionError):
            pass

    def _answer(self, verb: str, usual: str) -> str:
        reply = self.world.reply(verb, usual)
        if reply == DROP:
            raise _Gone
        if reply == SILENCE:
            self.world.stopping.wait()
            raise _Gone
        self.wfile.write(reply.encode() + b"\r\n")
        return reply

    def _verb(self, line: str) -> None:
        verb = line.split(" ")[0].upper()
        if verb in ("EHLO", "HELO", "RSET"):
            self.is_open = False
        if verb in ("EHLO", "HELO"):
            offered = ["here", *self.world.extensions, "AUTH PLAIN LOGIN"]
            lines = [f"250-{line}\r\n" for line in offered]
            self._answer("EHLO", "".join(lines) + "250 8BITMIME")
        elif verb == "MAIL" and self.is_open:
            self.wfile.write(b"503 5.5.1 nested MAIL command\r\n")
        elif verb == "MAIL":
            self.sender = line.partition("<")[2].partition(">")[0]
            self.recipient, self.copies, self.has_recipient = "", [], False
            self.is_open = self._answer(verb, "250 ok").startswith("250")
        elif verb == "RCPT":
            self._recipient(line.partition("<")[2].partition(">")[0])
        elif verb == "DATA" and not self.has_recipient and verb not in self.world.script:
            self.wfile.write(b"503 5.5.1 nobody to send it to\r\n")
        elif verb == "DATA":
            if self._answer(verb, "354 go on").startswith("354"):
                self._body()
        elif verb == "QUIT":
            self._answer(verb, "221 bye")
            raise _Gone
        else:
            self._answer(verb, "235 welcome" if verb == "AUTH" else "250 ok")

    def _recipient(self, address: str) -> None:
        is_taken = self._answer("RCPT", "250 ok").startswith("250")
        self.has_recipient |= is_taken
        if not self.recipient:
            self.recipient = address
        elif is_taken:
            self.copies.append(address)

    def _body(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise _Gone
            lines.append(line[1:] if line.startswith(b"..") else line)
        mail = Accepted(self.sender, self.recipient, b"".join(lines), clock.now(), self.copies)
        reply = self.world.script.get("BODY", ["250 taken"])[0]
        if reply in (DROP, SILENCE) or reply.startswith("250"):
            self.world.accepted.append(mail)
        self.is_open = not self._answer("BODY", "250 taken").startswith("250")


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    world: SmtpServer


@contextmanager
def smtp_server(*, extensions: Sequence[str] = (), **script: list[str]) -> Iterator[SmtpServer]:
    """A server on a free loopback port, gone when the block ends."""
    world = SmtpServer(extensions=extensions, script=script)
    with _Listener(("127.0.0.1", 0), _Session) as listener:
        listener.world = world
        world.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield world
        finally:
            world.stopping.set()
            listener.shutdown()
            thread.join()
