"""A way to PostgreSQL that breaks at a chosen COMMIT: before it arrives, or before its answer."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum

# A simple Query, as libpq sends it (PostgreSQL documentation, "Message Formats").
_COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
_BEGIN = b"Q\x00\x00\x00\x0aBEGIN\x00"
_CHUNK = 65536


class Loss(Enum):
    COMMIT = "the COMMIT never arrives"
    ANSWER = "it is carried out and nobody is told"


@dataclass
class CommitProxy:
    """`break_next` arms it: the next transaction in which `statement` was said loses its COMMIT
    or the answer to it, and its connection. `broken` counts them."""

    upstream: tuple[str, int]
    port: int = 0
    broken: int = 0
    _armed: list[tuple[bytes, Loss]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def break_next(self, statement: str, loss: Loss, times: int = 1) -> None:
        with self._lock:
            self._armed += [(statement.encode(), loss)] * times

    def disarm(self) -> int:
        """Answer how many were left."""
        with self._lock:
            left = len(self._armed)
            self._armed.clear()
        return left

    def take(self, transaction: bytes) -> Loss | None:
        with self._lock:
            for shot in self._armed:
                if shot[0] in transaction:
                    self._armed.remove(shot)
                    self.broken += 1
                    return shot[1]
        return None


class _Connection(socketserver.BaseRequestHandler):
    server: _Listener

    def handle(self) -> None:
        self.transaction = b""
        self.is_silenced = False
        with suppress(OSError), socket.create_connection(self.server.world.upstream) as upstream:
            self.upstream = upstream
            upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = threading.Thread(target=self._answers, daemon=True)
            back.start()
            self._questions()
            back.join()

    def _questions(self) -> None:
        try:
            while data := self.request.recv(_CHUNK):
                self.transaction = data if _BEGIN in data else self.transaction + data
                if not data.endswith(_COMMIT):
                    self.upstream.sendall(data)
                    continue
                loss = self.server.world.take(self.transaction)
                self.transaction = b""
                if loss is Loss.COMMIT:
                    return
                self.is_silenced = loss is Loss.ANSWER
                self.upstream.sendall(data)
        except OSError:
            pass
        finally:
            self._hang_up()

    def _answers(self) -> None:
        with suppress(OSError):
            while data := self.upstream.recv(_CHUNK):
                if self.is_silenced:
                    break
                self.request.sendall(data)
        self._hang_up()

    def _hang_up(self) -> None:
        for end in (self.upstream, self.request):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    world: CommitProxy


@contextmanager
def commit_proxy(host: str, port: int) -> Iterator[CommitProxy]:
    """A proxy on a free loopback port in front of the server at `host`:`port`."""
    world = CommitProxy((host, port))
    with _Listener(("127.0.0.1", 0), _Connection) as listener:
        listener.world = world
        world.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield world
        finally:
            listener.shutdown()
            thread.join()
