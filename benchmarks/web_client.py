"""Asks for every address once over a few kept connections, and keeps count.

As a process of its own: `python -m benchmarks.web_client ADDRESSES PORT STATUS`. It keeps the
connections open as a proxy in front of the web does.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailsuite.lib.embedded.places import CHECKOUT

CONNECTIONS = 16  # as many as there are threads behind them
_USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.0"
# Of the client's own processor time: with more it would have measured itself.
_BUSIEST = 0.8


@dataclass(frozen=True, slots=True)
class Answers:
    """All were as expected; `p99` is of a single answer. All in seconds."""

    seconds: float
    p99: float


def ask(port: int, paths: Sequence[str], *, status: int) -> Answers:
    """Ask for each of `paths` from another process. Raises AssertionError where an answer has
    another status, and where the client was too busy to be trusted."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as addresses:
        addresses.write("\n".join(paths))
        addresses.flush()
        command = [sys.executable, "-m", "benchmarks.web_client"]
        done = subprocess.run(
            [*command, addresses.name, str(port), str(status)],
            cwd=CHECKOUT,
            check=True,
            capture_output=True,
            text=True,
        )
    found = json.loads(done.stdout)
    if found["wrong"]:
        raise AssertionError(f"{found['wrong']} of {len(paths)} answers were not {status}")
    if found["busy"] > _BUSIEST:
        raise AssertionError(f"the client was the limit: {found['busy']:.0%} busy")
    return Answers(found["seconds"], found["p99"])


class Visitor(asyncio.Protocol):
    """One connection: the next request leaves when the answer before is complete."""

    def __init__(self, requests: Iterator[bytes], expected: bytes) -> None:
        self._requests, self._expected = requests, expected
        self._received = b""
        self._asked_at = 0.0
        self.latencies: list[float] = []
        self.wrong = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not _is_complete(self._received):
            return
        self.latencies.append(time.perf_counter() - self._asked_at)
        self.wrong += not self._received.startswith(self._expected)
        self._received = b""
        self._ask()

    def connection_lost(self, _exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server closed a kept connection"))

    def _ask(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._asked_at = time.perf_counter()
        self._transport.write(request)


def _is_complete(received: bytes) -> bool:
    """Where a view does not say how long its body is, gunicorn sends it in chunks."""
    head, end, body = received.lower().partition(b"\r\n\r\n")
    if not end:
        return False
    length = re.search(rb"\r\ncontent-length: *(\d+)", head)
    return len(body) >= int(length[1]) if length else body.endswith(b"0\r\n\r\n")


async def _ask_all(paths: Sequence[str], port: int, status: str) -> dict[str, float]:
    requests = iter([_request(path) for path in paths])
    expected = f"HTTP/1.1 {status}".encode()
    loop = asyncio.get_running_loop()
    began, busy = time.perf_counter(), time.process_time()
    visitors = [
        (await loop.create_connection(lambda: Visitor(requests, expected), "127.0.0.1", port))[1]
        for _ in range(CONNECTIONS)
    ]
    await asyncio.gather(*(visitor.done for visitor in visitors))
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    latencies = sorted(latency for visitor in visitors for latency in visitor.latencies)
    return {
        "seconds": seconds,
        "p99": latencies[int(len(latencies) * 0.99)],
        "wrong": sum(visitor.wrong for visitor in visitors) + len(paths) - len(latencies),
        "busy": busy / seconds,
    }


def _request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {_USER_AGENT}\r\n\r\n".encode()


def main(addresses: str, port: str, status: str) -> None:
    paths = Path(addresses).read_text().split("\n")
    print(json.dumps(asyncio.run(_ask_all(paths, int(port), status))))


if __name__ == "__main__":
    main(*sys.argv[1:])
