"""A real Postfix on a loopback port, with a folder, a queue and a pipe of its own.

It delivers the mail of `our_domain` to a command, and all other mail to the SMTP server that plays
the recipients. Needs Postfix and root, which Postfix's master asks for; see `why_not`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mailsuite.lib.children import dies_with_parent, stop

PATIENCE_SECONDS = 30
# Runs as nobody, who may not read the checkout: it hands the mail through a door to a process
# that may, and ends as that one says.
_AT_THE_DOOR = """\
import socket, sys
with socket.create_connection(("127.0.0.1", {port})) as door:
    door.sendall(sys.stdin.buffer.read())
    door.shutdown(socket.SHUT_WR)
    answer = b"".join(iter(lambda: door.recv(65536), b""))
sys.stderr.buffer.write(answer[1:])
sys.exit(answer[0])
"""
# Of the backoff: a queue run that meets a mail whose delivery has not let go of it yet leaves it
# lying until Postfix is started again.
_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.{our_domain}
mydestination =
alias_maps =
local_recipient_maps =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
relay_domains = {our_domain}
transport_maps = inline:{{{our_domain}=mailsuite:}}
default_transport = smtp:[127.0.0.1]:{recipients_port}
mailsuite_destination_recipient_limit = 1
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
queue_run_delay = 2s
minimal_backoff_time = 4s
maximal_backoff_time = 4s
maximal_queue_lifetime = {days}d
bounce_queue_lifetime = {days}d
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
mailsuite unix - n n - 2 pipe
  flags=DRO user=nobody directory=/ argv=/usr/bin/python3 {folder}/door.py
"""

# A raw mail → the exit status of the command, and what it said.
Command = Callable[[bytes], tuple[int, bytes]]


def why_not() -> str:
    """What is missing for a Postfix here; "" for nothing."""
    missing = [name for name in ("postfix", "/usr/bin/python3") if shutil.which(name) is None]
    if missing:
        return f"{' and '.join(missing)} not installed"
    if os.geteuid() != 0:
        return "Postfix can be started by root only"
    return ""


@dataclass(frozen=True, slots=True)
class Postfix:
    folder: Path
    port: int

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def waits_for(self, word: str) -> None:
        """Until its log says `word`."""
        gives_up = time.monotonic() + PATIENCE_SECONDS
        while word not in self.log():
            assert time.monotonic() < gives_up, f"no {word!r} in:\n{self.log()}"
            time.sleep(0.05)


@contextmanager
def postfix(
    command: Command, *, our_domain: str, recipients_port: int = 1, days: int = 1
) -> Iterator[Postfix]:
    """`days`: how long it goes on trying; with 0 it gives a mail up at the first "not now"."""
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    port = _free_port()
    try:
        with _door(command) as door_port:
            for name in ("etc", "queue", "data"):
                (folder / name).mkdir()
            folder.chmod(0o755)
            os.chown(folder / "data", pwd.getpwnam("postfix").pw_uid, -1)
            (folder / "door.py").write_text(_AT_THE_DOOR.format(port=door_port))
            values = {"folder": folder, "our_domain": our_domain, "port": port, "days": days}
            for name, text in (("main.cf", _MAIN), ("master.cf", _MASTER)):
                place = folder / "etc" / name
                place.write_text(text.format(recipients_port=recipients_port, **values))
            process = _started(folder, port)
            try:
                yield Postfix(folder, port)
            finally:
                stop(process, [(signal.SIGTERM, PATIENCE_SECONDS)])
    finally:
        shutil.rmtree(folder)


def _started(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Its master by itself: Postfix's own commands would let it outlive this process."""
    made = ["postfix", "-c", folder / "etc", "check"]  # makes the folders of the queue
    subprocess.run(made, check=True, timeout=PATIENCE_SECONDS, capture_output=True)
    programs = subprocess.check_output(["postconf", "-h", "daemon_directory"], text=True).strip()
    process = subprocess.Popen(
        [f"{programs}/master", "-c", folder / "etc", "-d"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )
    gives_up = time.monotonic() + PATIENCE_SECONDS
    while not _answers(port):
        assert time.monotonic() < gives_up, (folder / "log").read_text()
        time.sleep(0.05)
    return process


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False


@contextmanager
def _door(command: Command) -> Iterator[int]:
    class Visitor(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            status, said = command(self.rfile.read())
            with suppress(ConnectionError):
                self.wfile.write(bytes([status]) + said)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Visitor) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
