#!/usr/bin/env python
"""Django's commands, with the servers this checkout needs running for as long as they take."""

import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from mailsuite.demo.place import demo_place
from mailsuite.lib import embedded
from mailsuite.management.commands.demo import parse_arguments

WITHOUT_SERVERS = {"", "help", "-h", "--help", "version", "--version", "check", "collectstatic"}
# They say less without a database, and still work.
SERVERS_IF_POSSIBLE = {"read_mail"}
# A mail server keeps the mail where its pipe says "later", and sends it back at any other status.
LATER_IF_BROKEN = {"receive_mail"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailsuite.settings")
    # Read before the settings do: it may name the servers.
    if (dotenv := Path(__file__).with_name(".env")).exists():
        environ.Env.read_env(dotenv)
    command = next(iter(sys.argv[1:]), "")
    if command == "demo":
        parse_arguments(sys.argv)
    try:
        with ExitStack() as stack:
            if command not in WITHOUT_SERVERS:
                ours = _servers(stack, command)
                if command == "demo":
                    stack.enter_context(demo_place(ours))
            execute_from_command_line(sys.argv)
    except (embedded.EmbeddedError, ImproperlyConfigured) as error:
        sys.stderr.write(f"mailsuite: {error}\n")
        sys.exit(os.EX_TEMPFAIL if command in LATER_IF_BROKEN else 1)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _servers(stack: ExitStack, command: str) -> dict[str, str]:
    try:
        return stack.enter_context(embedded.servers())
    except embedded.EmbeddedError:
        if command in SERVERS_IF_POSSIBLE:
            return {}
        raise


if __name__ == "__main__":
    main()
