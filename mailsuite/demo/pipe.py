"""How the recipients' mails reach mailsuite: as a mail server's pipe hands them over."""

from __future__ import annotations

import itertools
import subprocess
import sys

from mailsuite.demo.recipients import WorldError
from mailsuite.lib.embedded.places import CHECKOUT
from tracking.receiving import receive_piped

# A process takes a second to start. One for each mail would double the time of the whole demo.
EACH = 10
_TIMEOUT = 60  # seconds


class Pipe:
    """Hands the first mail, and from there on each tenth, to `manage.py receive_mail` on its
    standard input, in a process of its own; the others to what that command calls, in this one."""

    def __init__(self) -> None:
        self._numbers = itertools.count()

    def __call__(self, raw: bytes) -> None:
        """Raises WorldError where the command does not take the mail."""
        if next(self._numbers) % EACH:
            receive_piped(raw)
        else:
            _run_command(raw)


def _run_command(raw: bytes) -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", "receive_mail"],
        cwd=CHECKOUT,
        input=raw,
        capture_output=True,
        timeout=_TIMEOUT,
        check=False,
    )
    if ended.returncode:
        said = (ended.stderr or ended.stdout).decode(errors="replace").strip()
        raise WorldError(f"receive_mail ended with status {ended.returncode}: {said}")
