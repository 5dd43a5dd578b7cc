"""Web, worker and beat as real processes, on the database and the Redis of the tests."""

import io
import os
import re
import signal
import smtplib
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from rich.console import Console

from campaigns.tasks import send_domain
from mailsuite.lib.embedded.places import CHECKOUT
from mailsuite.management.commands.run_stack import CATCHER, show_logs, welcome
from mailsuite.stack import STOP_SECONDS, Stack, StackError, listen, signals_interrupt
from tests.factories import SendingDomainFactory
from tracking.tasks import read_mailbox

SUPERVISOR = """
import sys, time
from pathlib import Path
import django
django.setup()
from mailsuite.stack import Stack
with Stack(log_folder=Path(sys.argv[1]), worker_processes=1):
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def environment() -> dict[str, str]:
    """What leads the processes to the test's own database."""
    address = os.environ["DATABASE_URL"].rpartition("/")[0]
    name = settings.DATABASES["default"]["NAME"]
    return {
        "DATABASE_URL": f"{address}/{name}",
        "DJANGO_SETTINGS_MODULE": "mailsuite.settings",
        "REDIS_URL": settings.REDIS_URL,
        "LOG_LEVEL": "INFO",
    }


def logging_to(folder: Path) -> list[psutil.Process]:
    """The processes whose output goes into `folder`."""
    found = []
    for process in psutil.process_iter():
        try:
            target = Path(f"/proc/{process.pid}/fd/1").readlink()
        except OSError:
            continue
        if target.is_relative_to(folder):
            found.append(process)
    return found


@pytest.mark.django_db(transaction=True)
def test_a_stack_answers_and_leaves_no_process(tmp_path: Path, environment: dict[str, str]) -> None:
    with Stack(log_folder=tmp_path, worker_processes=1, environment=environment) as stack:
        assert {process.name for process in stack.services} == {"web", "worker", "beat"}
        with urllib.request.urlopen(f"{stack.url}/admin/login/") as page:  # noqa: S310 our own server
            assert page.status == 200
        stack.check()
        (worker,) = [p for p in logging_to(tmp_path / "worker.log") if p.ppid() == os.getpid()]
        worker.kill()
        with pytest.raises(StackError, match=r"worker ended with status -9.*worker\.log"):
            for _ in range(100):
                stack.check()
                time.sleep(0.05)
    assert logging_to(tmp_path) == []


@pytest.mark.django_db(transaction=True)
def test_a_beat_that_hangs_in_its_own_end_holds_nobody_up(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    with Stack(log_folder=tmp_path, worker_processes=1, environment=environment):
        (beat,) = logging_to(tmp_path / "beat.log")
        beat.suspend()  # deaf to SIGTERM, as one that waits for its own connection
        asked_at = time.monotonic()
    assert time.monotonic() - asked_at < STOP_SECONDS / 3
    assert logging_to(tmp_path) == []


@pytest.mark.django_db(transaction=True)
def test_one_worker_sends_before_it_reads_the_mailboxes_that_wait(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """As it is started by `celery -A mailsuite worker`, with a process of its own alone."""
    for _ in range(4):
        read_mailbox.apply_async(args=(0,))
    send_domain.apply_async(args=(SendingDomainFactory().pk,))
    log = tmp_path / "worker.log"
    command = ["celery", "-A", "mailsuite", "worker", "--concurrency", "1", "--loglevel", "INFO"]
    with log.open("wb") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=CHECKOUT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 30
        while len(done := succeeded(log)) < 5:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
    finally:
        worker.terminate()
        worker.wait(30)
    assert done == ["send_domain", *["read_mailbox"] * 4]


def succeeded(log: Path) -> list[str]:
    plain = re.sub(r"\x1b\[\d*m", "", log.read_text())
    return re.findall(r"task_succeeded .*task=[\w.]+\.tasks\.(\w+)", plain)


@pytest.mark.django_db(transaction=True)
def test_a_killed_supervisor_takes_its_processes_along(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path)],
        cwd=CHECKOUT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
    )
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == b"ready\n"
    assert len(logging_to(tmp_path)) >= 3
    supervisor.kill()
    supervisor.communicate()
    deadline = time.monotonic() + 20
    while logging_to(tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_taken_port_is_replaced_by_a_free_one() -> None:
    with listen() as first, listen(first.getsockname()[1]) as second:
        assert second.getsockname()[1] not in (0, first.getsockname()[1])


@pytest.mark.parametrize("port", ["0", "65536", "99999"])
def test_a_port_that_cannot_be_is_refused(port: str) -> None:
    with pytest.raises(CommandError, match="--port needs a number from 1 to 65535"):
        call_command("run_stack", "--port", port)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_request_to_end_is_an_interrupt(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with signals_interrupt(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    assert signal.getsignal(number) is before


@pytest.mark.django_db
def test_who_starts_with_nothing_is_told_where_to_begin() -> None:
    lines = welcome("http://127.0.0.1:8000", "sesame")
    assert lines[0] == "mailsuite runs at http://127.0.0.1:8000/admin/   (Ctrl-C ends it)"
    assert lines[1] == "Log in as admin with the password sesame"
    assert "manage.py set_up_example` makes four" in lines[3]
    assert CATCHER in lines[4]
    SendingDomainFactory()
    assert welcome("http://127.0.0.1:8000", None) == lines[:1]


def test_the_mail_catcher_that_is_named_takes_mails_at_the_example_s_port() -> None:
    ours = (CHECKOUT / "README.md").read_text()
    assert CATCHER in ours
    with listen() as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-u", *CATCHER.replace("1025", str(port)).split()[1:]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=CHECKOUT) as catcher:
        try:
            hand_over(port)
        finally:
            catcher.terminate()
        assert catcher.stdout is not None
        assert b"Subject: Dag" in catcher.stdout.read()


def hand_over(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            with smtplib.SMTP("localhost", port) as connection:
                connection.sendmail("a@hotel.nl", ["b@hotel.nl"], "Subject: Dag\r\n\r\nDag\r\n")
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_the_address_stands_below_what_the_processes_say_when_they_start(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    page = io.StringIO()
    with Stack(log_folder=tmp_path, worker_processes=1, environment=environment) as stack:
        asked = 0

        def check() -> None:
            nonlocal asked
            asked += 1
            if asked > 1:
                raise KeyboardInterrupt

        stack.check = check  # type: ignore[method-assign]
        with pytest.raises(KeyboardInterrupt):
            show_logs(stack, Console(file=page), ["Here it is."])
    lines = page.getvalue().splitlines()
    assert any("celery@" in line and "ready" in line for line in lines)
    below = lines[lines.index("Here it is.") + 1 :]
    assert [line for line in below if "task_" not in line] == []
    assert "-------------- celery" not in page.getvalue()
    assert "beat   |" not in page.getvalue()
