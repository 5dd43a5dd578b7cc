"""Reference: smtplib alone, ready-made bytes over one kept connection a process.

As a process: `python -m benchmarks.dispatch_smtplib PORT SPOOL`.
"""

from __future__ import annotations

import pickle
import smtplib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.work_process import ready_then, seconds_together


class ReadyMail(NamedTuple):
    """A mail as it goes over the wire, with its envelope."""

    sender: str
    recipient: str
    content: bytes


def send_all(mails: Sequence[ReadyMail], times: int, port: int, processes: int) -> float:
    """Seconds to send each of `mails` `times` times, from so many processes."""
    with tempfile.TemporaryDirectory() as folder:
        commands = []
        for number in range(processes):
            spool = Path(folder) / f"{number}.pickle"
            spool.write_bytes(pickle.dumps([tuple(mail) for mail in mails[number::processes]]))
            commands.append(["benchmarks.dispatch_smtplib", str(port), str(spool), str(times)])
        return seconds_together(commands)


def _send(mails: Sequence[tuple[str, str, bytes]], times: int, port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for _ in range(times):
            for sender, recipient, content in mails:
                connection.sendmail(sender, [recipient], content)


def main(port: str, spool: str, times: str) -> None:
    mails = pickle.loads(Path(spool).read_bytes())  # noqa: S301  our parent wrote it
    ready_then(lambda: _send(mails, int(times), int(port)))


if __name__ == "__main__":
    main(*sys.argv[1:])
