"""The mail server of everybody: takes what comes, notes it down, hands it to its recipient."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailsuite.demo.journal import Journal
from mailsuite.demo.letters import read_letter
from mailsuite.demo.recipients import Recipients

_START_SECONDS = 10


class MailServer:
    """An SMTP server on a free loopback port, in a thread, for the length of a `with` block.

    `now` answers the business time that a mail is noted with. `error` is what went wrong with a
    mail, which the sender was told with a 5xx reply.
    """

    def __init__(
        self, journal: Journal, recipients: Recipients, now: Callable[[], datetime]
    ) -> None:
        self._journal, self._recipients, self._now = journal, recipients, now
        self.port = 0  # known from the start of the block on
        self.error: Exception | None = None
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mail server", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise RuntimeError("The demo's mail server did not start.")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            self._loop.create_server(self._conversation, "127.0.0.1", 0)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0))
            self._loop.close()

    def _conversation(self) -> SMTP:
        return SMTP(self, hostname="mail.example", loop=self._loop)

    async def handle_DATA(  # noqa: N802  the name that aiosmtpd asks for
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        if not isinstance(content, bytes) or len(envelope.rcpt_tos) != 1:
            return "554 one recipient a mail"
        try:
            letter = read_letter(
                content, envelope.mail_from or "", envelope.rcpt_tos[0], self._now()
            )
        except Exception as problem:
            self.error = problem
            return "554 this is no campaign mail"
        self._journal.append(letter.mail)
        self._recipients.receive(letter)
        return "250 taken"
