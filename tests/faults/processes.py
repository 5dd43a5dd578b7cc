"""The processes of a run: workers, beats and the mail server, looked after as an operator's
service manager would: what dies is started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from django_celery_beat.models import IntervalSchedule, PeriodicTask, PeriodicTasks

from mailsuite.celery import app
from mailsuite.lib.children import dies_with_parent
from mailsuite.lib.embedded.places import CHECKOUT

READY_SECONDS = 60
STOP_SECONDS = 30
WORKER_PROCESSES = 2
NODES = ("north", "south")


def quicken_schedule() -> None:
    """Plans are mended as often as ticks come, because the clock waits for them. What the clock
    does not wait for comes once a second, and what has no part in sending keeps still: it would
    only take the machine's time."""
    tick = PeriodicTask.objects.get(name="tick")
    PeriodicTask.objects.filter(name="roll-over").update(interval=tick.interval)
    second, _ = IntervalSchedule.objects.get_or_create(every=1, period=IntervalSchedule.SECONDS)
    seldom = PeriodicTask.objects.filter(name__in=["release-unmailable", "complete-finished"])
    seldom.update(interval=second)
    idle = PeriodicTask.objects.exclude(task__startswith="campaigns.tasks.")
    idle.exclude(name="celery.backend_cleanup").update(enabled=False)
    PeriodicTasks.update_changed()


class Processes:
    """Named processes, each in a session of its own, with its log in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._commands: dict[str, list[str]] = {}
        self.environment: dict[str, str] = {}
        self.revived: list[str] = []

    def start_node(self, name: str, *, wait: bool = True) -> None:
        command = ["celery", "-A", "tests.faults.worker", "worker", "-n", f"{name}@faults"]
        command += ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        command += ["--concurrency", str(WORKER_PROCESSES)]
        self.start(name, command)
        if wait:
            self.wait_for_nodes([name])

    def start_beat(self, name: str = "beat") -> None:
        self.start(name, ["celery", "-A", "mailsuite", "beat", "--pidfile=", "--loglevel", "INFO"])

    def start(self, name: str, command: list[str]) -> None:
        self._commands[name] = command
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=CHECKOUT,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGKILL),
            )

    def wait_for_nodes(self, names: list[str]) -> None:
        """Until these take tasks. Raises RuntimeError."""
        waiting = {f"{name}@faults" for name in names}
        deadline = time.monotonic() + READY_SECONDS
        while waiting:
            # A connection of its own: the pool's may have been to a Redis that is gone.
            with app.connection_for_write() as broker:
                answers = app.control.ping(
                    destination=sorted(waiting), timeout=1, limit=len(waiting), connection=broker
                )
            waiting -= {node for answer in answers for node in answer}
            if waiting and time.monotonic() > deadline:
                raise RuntimeError(f"{sorted(waiting)} not ready; see the logs in {self._folder}")

    def names(self) -> set[str]:
        return set(self._running)

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def signal(self, name: str, number: signal.Signals) -> None:
        self._running[name].send_signal(number)

    def wait(self, name: str) -> None:
        """Until it has ended by itself, having been asked to."""
        self._running[name].wait(STOP_SECONDS)
        self.kill(name)

    def kill(self, name: str) -> None:
        """kill -9 of the process and all that it started."""
        process = self._running.pop(name)
        self._commands.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def revive(self) -> None:
        """Start again what has ended uncalled-for."""
        for name, process in list(self._running.items()):
            if process.poll() is not None:
                command = self._commands[name]
                self.kill(name)
                self.revived.append(name)
                self.start(name, command)

    def stop(self) -> None:
        """End all of them; workers may finish what they are at."""
        for name in (*NODES, "beat"):
            if name in self._running:
                self.signal(name, signal.SIGTERM if name != "beat" else signal.SIGKILL)
        for name in NODES:
            if name in self._running:
                with suppress(subprocess.TimeoutExpired):
                    self._running[name].wait(5)
        for name in list(self._running):
            self.kill(name)
