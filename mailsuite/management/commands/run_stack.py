"""`manage.py run_stack`: everything mailsuite needs, in one terminal, until Ctrl-C."""

import secrets
import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.text import Text

from mailsuite.stack import Service, Stack, StackError, signals_interrupt

COLOURS = {"web": "cyan", "worker": "green", "beat": "magenta"}
ADMIN = "admin"
_LAST_PORT = 65535


class Command(BaseCommand):
    help = "Migrate, start web, worker and beat, and show their logs. Ctrl-C ends all of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="if taken, a free one is used")

    def handle(self, *, port: int, **_options: Any) -> None:
        if not 1 <= port <= _LAST_PORT:
            raise CommandError(f"--port needs a number from 1 to {_LAST_PORT}.", returncode=2)
        console = Console(highlight=False)
        with signals_interrupt():
            try:
                call_command("migrate", verbosity=0)
                password = make_first_admin()
                with Stack(log_folder=settings.VAR_DIR / "log", port=port) as stack:
                    console.print(f"mailsuite runs at {stack.url}/admin/   (Ctrl-C ends it)")
                    if password:
                        console.print(f"Log in as {ADMIN} with the password {password}")
                        console.print(
                            "It is shown this once; `manage.py changepassword` sets another."
                        )
                    show_logs(stack, console)
            except KeyboardInterrupt:
                console.print("mailsuite has ended.")
            except StackError as error:
                raise CommandError(str(error)) from error


def make_first_admin() -> str | None:
    """The password of a new superuser; None where there is one already."""
    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return None
    password = secrets.token_urlsafe(12)
    users.create_superuser(username=ADMIN, email=f"{ADMIN}@localhost", password=password)
    return password


def show_logs(stack: Stack, console: Console) -> None:
    """Print what the processes log until one of them ends or somebody interrupts."""
    followed = {service.name: follow(service) for service in stack.services}
    while True:
        for name, news in followed.items():
            for line in next(news):
                prefix = Text(f"{name:<7}| ", style=COLOURS[name])
                console.print(prefix + Text.from_ansi(line), soft_wrap=True)
        stack.check()
        time.sleep(0.2)


def follow(service: Service) -> Iterator[list[str]]:
    """At every step the whole lines that were added to a log since the last one."""
    rest = ""
    with service.log.open(errors="replace") as log:
        while True:
            *lines, rest = (rest + log.read()).split("\n")
            yield lines
