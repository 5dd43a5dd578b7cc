"""Test mode: every mail goes the whole way and ends in a folder, as a file to open."""

from __future__ import annotations

from pathlib import Path

from campaigns.mail import ComposedMail
from campaigns.mime import as_bytes
from campaigns.transport.base import Delivery, Outcome, Transport, TransportUnavailableError
from mailsuite.lib import clock


class FolderTransport(Transport):
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def connect(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise TransportUnavailableError(
                f"MAIL_TEST_FOLDER {self._folder} cannot be made: {problem}",
                is_account_problem=True,
            ) from problem

    def deliver(self, mail: ComposedMail) -> Delivery:
        path = self._folder / f"{mail.message_id}.eml"
        try:
            path.write_bytes(as_bytes(mail, clock.now()))
        except OSError as problem:
            return Delivery(Outcome.NOT_TRANSMITTED, detail=str(problem))
        return Delivery(Outcome.ACCEPTED, 250, f"test mode: {path.name}")

    def close(self) -> None:
        """A folder needs no goodbye."""
