"""imaplib with an end to its patience: so long for an answer, and so much memory.

A socket's time limit is one for silence. A server that drips a byte a second, or says that it is
still there, keeps to it for ever; so each answer is read against a deadline of its own.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from imaplib import IMAP4
from io import BufferedReader
from typing import TYPE_CHECKING, cast

from imapclient import IMAPClient, SocketTimeout

from tracking.mailboxes.values import Login, Patience, Security

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_LONGEST_LINE = 1_000_000
_LONGEST_ANSWER = 8_000_000  # without its literals; 50,000 folders are named in less
_AT_ONCE = 65_536


class TooSlowError(TimeoutError):
    """The server talks, and comes to no end."""


class BoundedClient(IMAPClient):
    """Connects on being made. `most_bytes`: larger literals (RFC 3501 §4.3) are passed over and
    come as empty ones."""

    def __init__(
        self, login: Login, patience: Patience, context: ssl.SSLContext | None, most_bytes: int
    ) -> None:
        self._arguments = (login, patience, context, most_bytes)
        super().__init__(
            login.host,
            login.port,
            ssl=login.security == Security.TLS,
            ssl_context=context,
            timeout=SocketTimeout(patience.connect, patience.read),
        )

    def _create_IMAP4(self) -> _BoundedImap:  # noqa: N802 imapclient calls it so
        return _BoundedImap(*self._arguments)

    @property
    def passed_over(self) -> int:
        """The bytes of the literal that the last answer lacks; 0: it is complete."""
        passed_over: int = self._imap.passed_over
        return passed_over


class _BoundedImap(IMAP4):
    def __init__(
        self, login: Login, patience: Patience, context: ssl.SSLContext | None, most_bytes: int
    ) -> None:
        self._patience = patience
        self._context = context if login.security == Security.TLS else None
        self._most_bytes = most_bytes
        self.passed_over = 0
        super().__init__(login.host, login.port, timeout=patience.connect)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        self._begin_answer(silence=self._patience.connect)
        plain = socket.create_connection((self.host, self.port), timeout)
        if self._context is None:
            return plain
        return self._context.wrap_socket(plain, server_hostname=self.host)

    def send(self, data: ReadableBuffer) -> None:
        """What we say begins the time for the answer to it."""
        self._begin_answer(silence=self._patience.read)
        self.sock.settimeout(self._patience.read)
        super().send(data)

    def read(self, size: int) -> bytes:
        """A literal; an empty one in place of one that is too large."""
        if size <= self._most_bytes:
            return b"".join(self._pieces(size))
        self.passed_over = size
        for _ in self._pieces(size):
            pass
        return b""

    def readline(self) -> bytes:
        line = bytearray()
        while not line.endswith(b"\n"):
            ahead = self._at_most_one_wait(self._reader.peek, _AT_ONCE)
            if not ahead:
                break
            line += self._reader.read(ahead.find(b"\n") + 1 or len(ahead))
            if len(line) > _LONGEST_LINE:
                raise self.abort(f"a line of more than {_LONGEST_LINE} bytes")
        self._said += len(line)
        if self._said > _LONGEST_ANSWER:
            raise self.abort(f"an answer of more than {_LONGEST_ANSWER} bytes")
        return bytes(line)

    @property
    def _reader(self) -> BufferedReader:
        return cast(BufferedReader, self.file)

    def _pieces(self, size: int) -> Iterator[bytes]:
        while size > 0:
            piece = self._at_most_one_wait(self._reader.read1, min(size, _AT_ONCE))
            if not piece:  # the end of the connection, which readline() tells imaplib
                return
            size -= len(piece)
            yield piece

    def _begin_answer(self, *, silence: float) -> None:
        self._deadline = time.monotonic() + self._patience.answer
        self._silence = silence
        self._said = 0
        self.passed_over = 0

    def _at_most_one_wait(self, read: Callable[[int], bytes], size: int) -> bytes:
        """`read` asks the socket once at most, so that its time limit is one for this call."""
        left = self._deadline - time.monotonic()
        if left > 0:
            self.sock.settimeout(min(left, self._silence))
            try:
                return read(size)
            except TimeoutError:
                if time.monotonic() < self._deadline:
                    raise
        raise TooSlowError(f"no end of its answer after {self._patience.answer:g} seconds")
