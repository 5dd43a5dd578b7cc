"""`manage.py run_stack`: everything mailsuite needs, in one terminal, until Ctrl-C."""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.text import Text

from campaigns.models import SendingDomain
from mailsuite.stack import Service, Stack, StackError, signals_interrupt

COLOURS = {"web": "cyan", "worker": "green", "beat": "magenta"}
ADMIN = "admin"
PYTHON = ".venv/bin/python"
# Every mail that a program on this machine hands to it, printed.
CATCHER = f"{PYTHON} -m aiosmtpd --nosetuid --listen localhost:1025"
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
                    show_logs(stack, console, welcome(stack.url, password))
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


def welcome(url: str, password: str | None) -> list[str]:
    """Where to go, whom to be there, and what to start from where there is nothing yet."""
    lines = [f"mailsuite runs at {url}/admin/   (Ctrl-C ends it)"]
    if password:
        lines += [
            f"Log in as {ADMIN} with the password {password}",
            "It is shown this once; `manage.py changepassword` sets another.",
        ]
    if not SendingDomain.objects.exists():
        lines += [
            f"There is no sending domain yet. `{PYTHON} manage.py set_up_example` makes four, with "
            "a flow of four mails.",
            f"Their mails go to localhost:1025; `{CATCHER}` shows what comes in there.",
        ]
    return lines


def show_logs(stack: Stack, console: Console, greeting: Sequence[str]) -> None:
    """Print what the processes log until one of them ends or somebody interrupts; the greeting
    below what they had to say while they started."""
    followed = {service.name: follow(service) for service in stack.services}
    print_news(followed, console)
    for line in greeting:
        console.print(line, soft_wrap=True)
    while True:
        print_news(followed, console)
        stack.check()
        time.sleep(0.2)


def print_news(followed: Mapping[str, Iterator[list[str]]], console: Console) -> None:
    for name, news in followed.items():
        for line in next(news):
            prefix = Text(f"{name:<7}| ", style=COLOURS[name])
            console.print(prefix + Text.from_ansi(line), soft_wrap=True)


def follow(service: Service) -> Iterator[list[str]]:
    """At every step the whole lines that were added to a log since the last one."""
    rest = ""
    with service.log.open(errors="replace") as log:
        while True:
            *lines, rest = (rest + log.read()).split("\n")
            yield lines
