"""gunicorn as the Dockerfile starts it, with the empty view beside mailsuite."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.peak_memory import peak_mb
from mailsuite.lib.children import dies_with_parent, stop
from mailsuite.lib.embedded.places import CHECKOUT
from mailsuite.stack import listen

_READY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Web:
    port: int
    process: subprocess.Popen[bytes]

    def peak_memory_mb(self) -> float:
        """Of the largest worker."""
        return max(peak_mb(worker.pid) for worker in psutil.Process(self.process.pid).children())


@contextmanager
def web(log: Path) -> Iterator[Web]:
    """The web on a free port of loopback for the block; what it logs goes to `log`."""
    with listen() as listener, log.open("wb") as output:
        port = listener.getsockname()[1]
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", *_deployed_command()),
                # Handed down, so that no other program can take the port in between.
                *("--bind", f"fd://{listener.fileno()}"),
            ],
            cwd=CHECKOUT,
            env={**os.environ, "LOG_LEVEL": "INFO", "LOG_FORMAT": "json"},
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()],
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
        try:
            _wait_until_ready(port, process)
            yield Web(port, process)
        finally:
            stop(process, [(signal.SIGTERM, 30)])


def _deployed_command() -> list[str]:
    """The image's command without its address, serving our application."""
    text = (CHECKOUT / "Dockerfile").read_text().partition("\nCMD ")[2]
    command: list[str] = json.loads(text.replace("\\\n", ""))
    at = command.index("--bind")
    del command[at : at + 2]
    command[command.index("mailsuite.wsgi")] = "benchmarks.web_app"
    return command


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("gunicorn did not get ready.")
