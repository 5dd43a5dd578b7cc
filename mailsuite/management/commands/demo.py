"""`manage.py demo`: a whole campaign, from import to the last answer, in a minute or a few."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from mailsuite.demo.place import FOLDER_VARIABLE
from mailsuite.lib.arguments import count, new_file


class Command(BaseCommand):
    help = (
        "Show mailsuite at work, in a database of its own: import a shipped file of leads, launch "
        "a campaign over the HTTP API, send it to a mail server on this machine on a fast clock, "
        "let the recipients read, click, answer, opt out, be away and bounce, and check what the "
        "server got. Exit status 0 when every mail is final, no promise was broken "
        "and each answer, bounce, complaint and opt-out was counted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add(
            "--leads",
            type=count,
            metavar="N",
            help="for the first N leads only (default: all)",
        )
        add(
            "--exit-when-done",
            action="store_true",
            help="end then; otherwise the admin stays up for a look, until Ctrl-C",
        )
        add("--json", type=new_file, metavar="FILE", help="write the figures and violations there")

    def handle(
        self, *, leads: int | None, exit_when_done: bool, json: Path | None, **_options: Any
    ) -> None:
        if FOLDER_VARIABLE not in os.environ:
            raise CommandError("The demo is started by `manage.py demo` or `make demo` only.")
        from mailsuite.stack import signals_interrupt

        with signals_interrupt():
            try:
                is_good = _show(leads, not exit_when_done, _writer(json))
            except KeyboardInterrupt:
                print("The demo has ended.", file=sys.stderr)
                raise
        sys.exit(0 if is_good else 1)


def parse_arguments(argv: Sequence[str]) -> None:
    """Exit, with the help or with what is wrong, unless the demo can run with `argv`.

    For manage.py, ahead of everything that a new demo takes away from the last one. So this
    module imports nothing that reads the settings, which are not made yet.
    """
    command = Command()
    # As run_from_argv() does: exit, and do not raise.
    command._called_from_command_line = True  # type: ignore[attr-defined]
    command.create_parser(argv[0], argv[1]).parse_args(argv[2:])


def _show(leads: int | None, stay: bool, finished: Callable[[Any], None]) -> bool:
    try:
        from mailsuite.demo import show
        from mailsuite.demo.api import ApiError
        from mailsuite.demo.driver import StuckError
        from mailsuite.demo.recipients import WorldError
        from mailsuite.stack import StackError
    except ModuleNotFoundError as missing:
        raise CommandError(
            f"The demo needs {missing.name}. Install what development needs: "
            "pip install -r requirements-dev.txt"
        ) from missing
    try:
        outcome = show.run_demo(
            Console(), Path(os.environ[FOLDER_VARIABLE]), leads=leads, finished=finished, stay=stay
        )
    except (StackError, StuckError, WorldError, ApiError) as error:
        raise CommandError(str(error)) from error
    return outcome.is_good


def _writer(path: Path | None) -> Callable[[Any], None]:
    def write(outcome: Any) -> None:
        if path is not None:
            path.write_text(json.dumps(outcome.as_json(), indent=2) + "\n")

    return write
