"""An IMAP server that does what a test tells it, command by command.

For what no real server does on demand: fall silent, hang up within a mail, answer nonsense.
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.imap import PASSWORD
from tracking.mailboxes.values import Login, Security

DROP = b"DROP"
SILENCE = b"SILENCE"
DRIP = b"DRIP"  # a byte now and then
CHATTER = b"CHATTER"  # a line now and then
FLOOD = b"FLOOD"  # lines, as fast as they are taken
_WITHOUT_END = {
    DRIP: (b"x", 0.02),
    CHATTER: (b"* OK still here\r\n", 0.02),
    FLOOD: (b"* OK %s\r\n" % (b"x" * 60_000), 0.0),
}

_USUAL = {
    "GREETING": b"* OK ready\r\n",
    "CAPABILITY": b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n",
    "LOGIN": b"TAG OK welcome\r\n",
    "LIST": b'* LIST () "/" INBOX\r\nTAG OK done\r\n',
    "EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 2] ok\r\nTAG OK done\r\n",
    "SEARCH": b"* SEARCH 1\r\nTAG OK done\r\n",
    "FETCH": b"* 1 FETCH (UID 1 BODY[]<0> {2}\r\nhi)\r\nTAG OK done\r\n",
    "LOGOUT": b"* BYE bye\r\nTAG OK done\r\n",
}


@dataclass
class ScriptedImap:
    """`script` maps a command to its answers, one a use; the last one stays. TAG in an answer
    becomes the command's tag. Words ahead of DROP, SILENCE or what has no end are said first."""

    port: int = 0
    script: dict[str, list[bytes]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    connections: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def login(self) -> Login:
        return Login("127.0.0.1", self.port, Security.NONE, "victor", PASSWORD)

    def answer(self, command: str) -> bytes:
        answers = self.script.get(command) or [_USUAL.get(command, b"TAG OK done\r\n")]
        return answers.pop(0) if len(answers) > 1 else answers[0]


class _Gone(Exception):
    pass


class _Session(socketserver.StreamRequestHandler):
    server: _Listener

    def handle(self) -> None:
        world = self.server.world
        world.connections += 1
        try:
            self._say(world.answer("GREETING"))
            while line := self.rfile.readline().decode().strip():
                world.said.append(line.partition(" ")[2])
                tag, *words = line.upper().split()
                command = words[1] if words[0] == "UID" else words[0]
                self._say(world.answer(command).replace(b"TAG", tag.encode()))
        except (_Gone, ConnectionError):
            pass

    def _say(self, answer: bytes) -> None:
        for end in (DROP, SILENCE):
            if answer.endswith(end):
                self.wfile.write(answer.removesuffix(end))
                if end == SILENCE:
                    self.server.world.stopping.wait()
                raise _Gone
        for end, (words, pause) in _WITHOUT_END.items():
            if answer.endswith(end):
                self.wfile.write(answer.removesuffix(end))
                while not self.server.world.stopping.wait(pause):
                    self.wfile.write(words)
                raise _Gone
        self.wfile.write(answer)


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    world: ScriptedImap


@contextmanager
def scripted_imap(**script: list[bytes]) -> Iterator[ScriptedImap]:
    """A server on a free loopback port, gone when the block ends."""
    world = ScriptedImap(script=script)
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
