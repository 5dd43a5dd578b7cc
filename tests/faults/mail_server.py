"""The mail server of a run, in a process of its own: scripted, and honest about what it took.

`python -m tests.faults.mail_server FOLDER`. It writes its port into FOLDER/port, what it accepts
into FOLDER/journal.jsonl, and does what FOLDER/script.json says (see `script`).
"""

from __future__ import annotations

import contextlib
import itertools
import re
import socketserver
import sys
import threading
import time
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

from mailsuite.lib import clock
from tests.faults.journal import Accepted, Misbehaved, Refused, append
from tests.faults.script import DROP, GARBAGE, SILENCE, Rule, Script, read_script

_STEP = re.compile(r"Mail (\d+) ")


class Gone(Exception):
    """The conversation is over."""


class World:
    """What all conversations share."""

    def __init__(self, folder: Path) -> None:
        self.journal = folder / "journal.jsonl"
        self._script_file = folder / "script.json"
        self._version = 0
        self._script = Script()
        self._used: dict[str, int] = {}
        self._seen: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()
        self.conversations = itertools.count()

    def script(self) -> Script:
        version = self._script_file.stat().st_mtime_ns
        if version != self._version:
            self._script, self._version = read_script(self._script_file), version
        return self._script

    def rule_for(self, verb: str, recipient: str, domain: str) -> Rule | None:
        with self._lock:
            for rule in self.script().rules:
                is_left = rule.times is None or self._used.get(rule.name, 0) < rule.times
                if rule.verb == verb and is_left and rule.domain in ("", domain):
                    self._used[rule.name] = self._used.get(rule.name, 0) + 1
                    self.note(rule.name, verb, recipient)
                    return rule
        return None

    def is_grey(self, recipient: str) -> bool:
        """Whether this recipient's mail has to come again later (RFC 6647)."""
        minutes = self.script().greylist_minutes
        if not minutes:
            return False
        with self._lock:
            first = self._seen.setdefault(("grey", recipient), clock.now())
        if clock.now() - first >= timedelta(minutes=minutes):
            return False
        self.note("greylist", "RCPT", recipient)
        return True

    def note(self, rule: str, verb: str, recipient: str) -> None:
        append(self.journal, Misbehaved(clock.now(), rule, verb, recipient, time.time()))


class Conversation(socketserver.StreamRequestHandler):
    server: Listener

    def handle(self) -> None:
        self.world = self.server.world
        self.sender = self.recipient = ""
        self.has_sender = self.has_recipient = False
        # Every second one, so that each fault meets servers of both kinds (RFC 2920).
        self.takes_commands_together = next(self.world.conversations) % 2 == 0
        with contextlib.suppress(Gone, OSError):
            self._answer("CONNECT", "220 ready")
            while line := self.rfile.readline():
                self._verb(line.decode("utf-8", "replace").strip())

    def _verb(self, line: str) -> None:
        verb = line.split(" ")[0].upper()
        if verb in ("EHLO", "HELO"):
            self._answer("EHLO", self._greeting())
        elif verb == "MAIL":
            self.sender = line.partition("<")[2].partition(">")[0]
            self.has_recipient = False
            self.has_sender = self._answer(verb, "250 ok").startswith("250")
        elif (verb == "RCPT" and not self.has_sender) or (
            verb == "DATA" and not self.has_recipient
        ):
            self.wfile.write(b"503 5.5.1 the one before was refused\r\n")
        elif verb == "RCPT":
            self.recipient = line.partition("<")[2].partition(">")[0].lower()
            grey = self.world.is_grey(self.recipient)
            reply = self._answer(verb, "451 4.7.1 greylisted" if grey else "250 ok")
            self.has_recipient = reply.startswith("250")
        elif verb == "DATA":
            if self._answer(verb, "354 go on").startswith("354"):
                self._body()
        elif verb == "QUIT":
            self._answer(verb, "221 bye")
            raise Gone
        else:
            usual = {"AUTH": "235 welcome", "STARTTLS": "454 not now"}
            self._answer(verb, usual.get(verb, "250 ok"))

    def _greeting(self) -> str:
        script = self.world.script()
        lines = ["here", "8BITMIME"]
        lines += ["AUTH PLAIN LOGIN"] if script.offers_login else []
        lines += ["STARTTLS"] if script.offers_tls else []
        lines += ["PIPELINING"] if self.takes_commands_together else []
        return "\r\n".join(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines)

    def _answer(self, verb: str, usual: str) -> str:
        domain = self.sender.rpartition("@")[2]
        rule = self.world.rule_for(verb, self.recipient, domain)
        reply = usual
        if rule is not None:
            time.sleep(rule.delay)
            reply = rule.reply or usual
        if reply == DROP:
            raise Gone
        if reply == SILENCE:
            self.rfile.read()  # until the client has had enough
            raise Gone
        if reply == GARBAGE:
            self.wfile.write(b"220 go ahead\r\n" + b"this is no TLS " * 20)
            raise Gone
        if reply.startswith("5") and self.recipient and verb in ("RCPT", "DATA", "BODY"):
            append(self.world.journal, Refused(clock.now(), self.recipient))
        self.wfile.write(reply.encode() + b"\r\n")
        return reply

    def _body(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise Gone
            lines.append(line[1:] if line.startswith(b"..") else line)
        domain = self.sender.rpartition("@")[2]
        rule = self.world.rule_for("TAKE", self.recipient, domain)
        if rule is not None:  # refused or lost instead of taken
            reply = rule.reply
        else:
            self._take(b"".join(lines), domain)
            reply = ""
        if reply == DROP:
            raise Gone
        if reply == SILENCE:
            self.rfile.read()
            raise Gone
        if reply.startswith("5"):
            append(self.world.journal, Refused(clock.now(), self.recipient))
        if reply:
            self.wfile.write(reply.encode() + b"\r\n")
        else:
            self._answer("BODY", "250 taken")

    def _take(self, content: bytes, domain: str) -> None:
        message = message_from_bytes(content, policy=policy.default)
        found = _STEP.match(str(message["Subject"]))
        entry = Accepted(
            at=clock.now(),
            message_id=str(message["Message-ID"]).strip("<> "),
            recipient=self.recipient,
            domain=domain,
            step=int(found[1]) if found else 0,
        )
        append(self.world.journal, entry)


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128
    world: World


def main(folder: Path) -> None:
    with Listener(("127.0.0.1", 0), Conversation) as listener:
        listener.world = World(folder)
        draft = folder / "port.draft"
        draft.write_text(str(listener.server_address[1]))
        draft.replace(folder / "port")
        listener.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
