"""An SMTP server that takes every mail and throws it away, in a process of its own.

Postfix's `smtp-sink` where it is installed: written in C, it is never the limit. Elsewhere
aiosmtpd, which takes about a tenth as many mails.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailsuite.lib.children import dies_with_parent, stop

_START_SECONDS = 10
# Debian keeps it out of an ordinary account's PATH.
_PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/lib/postfix/sbin"])


@dataclass(frozen=True, slots=True)
class Sink:
    """A running sink on loopback; `kind` is smtp-sink or aiosmtpd."""

    kind: str
    port: int
    counters: Path

    def accepted(self) -> int:
        """How many mails it has taken so far."""
        # Written over and over, once for each mail and more: "sess=2 quit=1 mesg=500".
        with self.counters.open("rb") as written:
            written.seek(max(0, self.counters.stat().st_size - 400))
            found = re.findall(rb"mesg=(\d+)\D", written.read())
        return int(found[-1]) if found else 0


@contextmanager
def mail_sink() -> Iterator[Sink]:
    """A sink for the block, with counters that start at 0."""
    program, port = shutil.which("smtp-sink", path=_PLACES), _free_port()
    command = _smtp_sink(program, port) if program else _own_command(port)
    with tempfile.TemporaryDirectory() as folder:
        counters = Path(folder) / "counters"
        with counters.open("wb") as output:
            process = subprocess.Popen(
                command, stdout=output, preexec_fn=dies_with_parent(signal.SIGKILL)
            )
        try:
            _wait_for(port, process)
            yield Sink("smtp-sink" if program else "aiosmtpd", port, counters)
        finally:
            stop(process, [(signal.SIGTERM, 5)])


def _smtp_sink(program: str, port: int) -> list[str]:
    # It refuses to run as root.
    account = ["-u", "nobody"] if os.geteuid() == 0 else []
    return [program, "-c", *account, f"127.0.0.1:{port}", "128"]


def _own_command(port: int) -> list[str]:
    return [sys.executable, "-m", "benchmarks.mail_sink", str(port)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"The mail sink does not listen on port {port}; its words stand above.")


async def _serve(port: int) -> None:
    from aiosmtpd.smtp import SMTP, Envelope, Session

    class Counting:
        taken = 0

        async def handle_DATA(  # noqa: N802  aiosmtpd's name
            self, _server: SMTP, _session: Session, _envelope: Envelope
        ) -> str:
            self.taken += 1
            os.write(1, f"mesg={self.taken}\r".encode())
            return "250 OK"

    handler = Counting()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler), "127.0.0.1", port, backlog=128
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
