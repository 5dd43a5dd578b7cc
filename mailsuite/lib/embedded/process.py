"""One running server process: what the keeper knows about it."""

import signal
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mailsuite.lib.children import dies_with_parent, stop
from mailsuite.lib.embedded.places import EmbeddedError
from mailsuite.lib.embedded.programs import run_as

_PORT_ATTEMPTS = 5
_STOP_SECONDS = 10.0


@dataclass(frozen=True)
class ServerProcess:
    """A server that answers at `url`. `stop_signal` makes it close connections and end."""

    url: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals

    def stop(self) -> None:
        stop(self.process, [(self.stop_signal, _STOP_SECONDS), (signal.SIGQUIT, _STOP_SECONDS)])


def spawn(
    command: list[str | Path], *, folder: Path, stop_signal: signal.Signals, config: str = ""
) -> subprocess.Popen[bytes]:
    """Start a server in `folder` that reads `config` on its standard input and logs to ours."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.PIPE,
        preexec_fn=dies_with_parent(stop_signal),
        **run_as(),
    )
    if process.stdin is not None:
        process.stdin.write(config.encode())
        process.stdin.close()
    return process


def on_free_port(start: Callable[[int], ServerProcess | None], name: str) -> ServerProcess:
    """Call `start` with free ports until the server stays up: another program may be faster."""
    for _ in range(_PORT_ATTEMPTS):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if (server := start(port)) is not None:
            return server
    raise EmbeddedError(f"{name} does not stay up. Above is what it said.")
