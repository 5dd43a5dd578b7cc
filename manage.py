#!/usr/bin/env python
"""Django's commands, with the servers this checkout needs running for as long as they take."""

import os
import signal
import sys
from contextlib import nullcontext
from pathlib import Path

import environ
from django.core.management import execute_from_command_line

from mailsuite.lib import embedded

WITHOUT_SERVERS = {"", "help", "-h", "--help", "version", "--version", "check", "collectstatic"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailsuite.settings")
    # Read before the settings do: it may name the servers.
    if (dotenv := Path(__file__).with_name(".env")).exists():
        environ.Env.read_env(dotenv)
    command = next(iter(sys.argv[1:]), "")
    try:
        with nullcontext() if command in WITHOUT_SERVERS else embedded.servers():
            execute_from_command_line(sys.argv)
    except embedded.EmbeddedError as error:
        sys.exit(f"mailsuite: {error}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
