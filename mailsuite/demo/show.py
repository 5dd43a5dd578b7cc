"""The demo from start to end: servers up, leads in, campaign launched, watched and judged."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError
from django_celery_beat.models import PeriodicTask, PeriodicTasks
from rich.console import Console

from mailsuite.demo.api import Api
from mailsuite.demo.desk import Desk
from mailsuite.demo.display import display_on
from mailsuite.demo.driver import Driver
from mailsuite.demo.journal import Journal
from mailsuite.demo.mail_server import MailServer
from mailsuite.demo.make_leads import LEADS_FILE
from mailsuite.demo.outcome import Outcome, judge
from mailsuite.demo.pipe import Pipe
from mailsuite.demo.recipients import Recipients
from mailsuite.demo.set_up import LIST_NAME, launch, set_up_senders
from mailsuite.demo.summary import show_summary
from mailsuite.lib import clock
from mailsuite.management.commands.run_stack import ADMIN, make_first_admin
from mailsuite.stack import Stack

# A Monday: a week before the clocks change, two before Easter.
START = datetime(2026, 3, 23, 6, 30, tzinfo=UTC)
_WORKERS = 2
# Beat reads its schedule anew at each tick, and no task takes longer than that.
_REST_SECONDS = 0.7


@dataclass(frozen=True, slots=True)
class World:
    """What is outside mailsuite."""

    journal: Journal
    recipients: Recipients
    mail_server: MailServer


def run_demo(
    console: Console,
    folder: Path,
    *,
    leads: int | None,
    finished: Callable[[Outcome], None],
    stay: bool,
) -> Outcome:
    """Show everything and answer what came of it; `finished` is told first.

    `leads` is how many of the imported leads the campaign is for, None for all. With `stay` the
    web server goes on until somebody interrupts. Raises KeyboardInterrupt, StackError,
    StuckError, WorldError and ApiError.
    """
    started = time.monotonic()
    clock.write(folder / "clock.json", START)
    password = _fill_database(console)
    with world(folder) as outside:
        console.print("Setting up sending domains, a flow of four mails, and a mail server …")
        example = set_up_senders(outside.mail_server.port)
        # Of daily work's `.env`, read by our own settings. The stack knows where it is itself.
        os.environ.pop("PUBLIC_URL", None)
        console.print("Starting the web server, workers and beat …")
        with (
            Stack(
                log_folder=folder / "log",
                worker_processes=_WORKERS,
                environment={"LOG_LEVEL": "INFO"},
            ) as stack,
            quiet_end(),
        ):
            api = Api(stack.url, ADMIN, password)
            launched = launch(api, example, leads)
            console.print(f"The admin: {stack.url}/admin/   {ADMIN}   {password}", highlight=False)
            _watch(console, folder, outside, Desk(api, outside.journal), stack)
            seconds = time.monotonic() - started
            outcome = judge(api, launched, outside.journal.entries, seconds)
            finished(outcome)
            show_summary(console, outcome)
            if stay:
                _stay(console, stack, password)
    return outcome


def _fill_database(console: Console) -> str:
    """All tables, the leads and an administrator, whose password this is."""
    console.print("Making a database for the demo …")
    call_command("migrate", verbosity=0)
    password = make_first_admin() or ""
    console.print("Importing the file of leads …")
    call_command("import_leads", LEADS_FILE, "--list", LIST_NAME)
    return password


@contextmanager
def quiet_end() -> Iterator[None]:
    """At the end of the block, switch off what beat ticks and let the workers come to rest.

    At this speed beat and workers are never idle. Asked to end in the middle of a query, beat
    waits for itself (its handler of SIGTERM asks the same connection), and a worker whose task
    ends while it stops waits half a minute for somebody to take the result.
    """
    try:
        yield
    finally:
        with suppress(DatabaseError):
            PeriodicTask.objects.update(enabled=False)
            PeriodicTasks.update_changed()
            time.sleep(_REST_SECONDS)


@contextmanager
def world(folder: Path) -> Iterator[World]:
    with ExitStack() as stack:
        journal = Journal(folder / "journal.jsonl")
        stack.callback(journal.close)
        recipients = Recipients(journal, Pipe())
        stack.callback(recipients.close)
        mail_server = stack.enter_context(MailServer(journal, recipients, clock.now))
        yield World(journal, recipients, mail_server)


def _watch(console: Console, folder: Path, outside: World, desk: Desk, stack: Stack) -> None:
    with display_on(console, outside.journal) as display:

        def look() -> None:
            stack.check()
            if outside.mail_server.error is not None:
                raise outside.mail_server.error
            display.refresh()

        Driver(folder / "clock.json", outside.recipients, desk, look).run()


def _stay(console: Console, stack: Stack, password: str) -> None:
    console.print(
        f"\nLook around at {stack.url}/admin/ as {ADMIN} with the password {password}"
        "\nCtrl-C ends the demo.",
        highlight=False,
    )
    try:
        while True:
            stack.check()
            time.sleep(0.2)
    except KeyboardInterrupt:
        pass
