"""mailsuite's own side of the bench: a Celery worker of two processes and beat, as deployed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from benchmarks.dispatch_campaign import START
from benchmarks.mail_sink import Sink
from benchmarks.peak_memory import peak_mb
from campaigns import tasks
from campaigns.models import Campaign, Message, SendAttempt
from mailsuite.celery import app
from mailsuite.lib import clock
from mailsuite.lib.children import dies_with_parent, stop
from mailsuite.lib.embedded.places import CHECKOUT

PROCESSES = 2
_READY_SECONDS = 60
_POLL_SECONDS = 0.05
# A campaign that stands still for this long will not go on.
_PATIENCE_SECONDS = 120


def send_all(campaign: Campaign, sink: Sink) -> tuple[float, float]:
    """Let the workers send the whole campaign.

    Answers the seconds from the first tick until the last message is final, and the largest
    resident memory of a worker process in MB. Raises AssertionError where not every mail was
    sent exactly once.
    """
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        # The clock of the campaign runs as fast as the one on the wall.
        clock.write(Path(folder) / "clock.json", START, rate=1.0)
        environment = {
            **os.environ,
            "CLOCK_FILE": str(Path(folder) / "clock.json"),
            "LOG_LEVEL": "INFO",
            "LOG_FORMAT": "json",
        }
        worker = stack.enter_context(
            _celery("worker", "--concurrency", str(PROCESSES), folder=folder, env=environment)
        )
        stack.enter_context(_celery("beat", "--pidfile=", folder=folder, env=environment))
        _wait_until_ready(worker)
        seconds = _seconds_to_send(campaign, sink)
        memory = max(peak_mb(one.pid) for one in psutil.Process(worker.pid).children())
    _check(campaign, sink)
    return seconds, memory


@contextmanager
def _celery(
    role: str, *options: str, folder: str, env: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "celery", "-A", "mailsuite", role, "--loglevel", "INFO"]
    with (Path(folder) / f"{role}.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *options],
            cwd=CHECKOUT,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
    try:
        yield process
    finally:
        stop(process, [(signal.SIGTERM, 2 if role == "beat" else 30)])


def _wait_until_ready(worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and worker.poll() is None:
        if app.control.ping(timeout=0.5):
            return
    raise RuntimeError("The Celery worker did not get ready.")


def _seconds_to_send(campaign: Campaign, sink: Sink) -> float:
    """The first tick is ours, since beat's comes after a minute; the others are beat's."""
    mails = Message.objects.filter(campaign=campaign).count()
    began = moved_at = time.perf_counter()
    tasks.tick.delay()
    taken = 0
    while taken < mails or Message.objects.filter(campaign=campaign).unfinished().exists():
        time.sleep(_POLL_SECONDS)
        now, before, taken = time.perf_counter(), taken, sink.accepted()
        moved_at = now if taken != before else moved_at
        if now - moved_at > _PATIENCE_SECONDS:
            raise AssertionError(f"only {taken} of {mails} mails have left")
    return time.perf_counter() - began


def _check(campaign: Campaign, sink: Sink) -> None:
    """Each mail once: by the sink, by the ledger, by the attempts."""
    messages = Message.objects.filter(campaign=campaign)
    attempts = SendAttempt.objects.filter(message__campaign=campaign)
    found = {
        "taken by the sink": sink.accepted(),
        "sent by the ledger": messages.filter(status=Message.Status.SENT).count(),
        "attempts": attempts.count(),
        "attempts that were accepted": attempts.filter(
            outcome=SendAttempt.Outcome.ACCEPTED
        ).count(),
    }
    wanted = messages.count()
    if set(found.values()) != {wanted}:
        raise AssertionError(f"not every one of {wanted} mails left exactly once: {found}")
