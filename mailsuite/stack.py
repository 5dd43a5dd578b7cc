"""All of mailsuite as processes of one machine: web, worker and beat, for `make run` and the demo.

Not honcho: its manager keeps the main thread for itself and kills after five seconds, which
may cut a mail in two. Here the caller has the thread, a worker may finish what it is sending,
and the kernel ends the processes even where this one is killed.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import NoReturn, Self

from mailsuite.celery import app as celery_app
from mailsuite.lib.children import dies_with_parent

READY_SECONDS = 90
STOP_SECONDS = 60  # a mail in the middle of a slow SMTP dialogue
# Celery's beat saves its schedule inside its handler of SIGTERM. Where the signal meets it in a
# query, the handler waits for the very connection it interrupted, and for good. Killing it loses
# nothing: its state is in the database, and a tick that comes twice does no harm.
BEAT_STOP_SECONDS = 2
_STEP = 0.1
_SHOWN_LOG_LINES = 15


class StackError(RuntimeError):
    """A process of the stack ended or did not get ready; the text names its log."""


@dataclass(frozen=True)
class Service:
    """One process: its name, what it runs after `python -m`, where its output goes, and how many
    seconds it has to end when it is asked to."""

    name: str
    command: list[str]
    log: Path
    stop_seconds: float


def listen(port: int | None = None) -> socket.socket:
    """A listening loopback socket on `port`, or on a free one where that is None or taken.

    Made here and handed down, so that no other program can take the port in between.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port or 0))
    except OSError:
        listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


@contextmanager
def signals_interrupt() -> Iterator[None]:
    """Let SIGTERM and a closed terminal do what Ctrl-C does: raise KeyboardInterrupt.

    Ctrl-C itself is set too: a shell's background jobs are born ignoring it.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Stack:
    """Web, worker and beat, from `with` until the end of its block.

    Entering returns when the web answers and the worker takes tasks; leaving, when all have
    ended: they finish what they are at, or are killed by a second interrupt or when their
    time to stop is over. Between the two, call `check()` now and then. Use in the main thread.
    """

    def __init__(
        self,
        *,
        log_folder: Path,
        port: int | None = None,
        worker_processes: int = 4,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._listener = listen(port)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._environment = {"PUBLIC_URL": self.url, **os.environ, **(environment or {})}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        web = [
            *("gunicorn", "--config", "python:mailsuite.web_server", "mailsuite.wsgi"),
            *("--bind", f"fd://{self._listener.fileno()}", "--workers", "2", "--threads", "4"),
        ]
        celery = ["celery", "--quiet", "-A", "mailsuite"]  # without a banner
        worker = [*celery, "worker", "--without-gossip", "--without-mingle"]
        worker += ["--concurrency", str(worker_processes), "--loglevel", "INFO"]
        beat = [*celery, "beat", "--pidfile=", "--loglevel", "INFO"]
        self.services = [
            Service(name, command, log_folder / f"{name}.log", stop_seconds)
            for name, command, stop_seconds in (
                ("web", web, STOP_SECONDS),
                ("worker", worker, STOP_SECONDS),
                ("beat", beat, BEAT_STOP_SECONDS),
            )
        ]

    def __enter__(self) -> Self:
        try:
            for service in self.services:
                self._processes[service.name] = self._start(service)
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def check(self) -> None:
        """Raise `StackError` where a process has ended, with the last lines of its log."""
        for service in self.services:
            status = self._processes[service.name].poll()
            if status is not None:
                lines = service.log.read_text(errors="replace").splitlines()
                raise StackError(
                    f"{service.name} ended with status {status}. The end of {service.log}:\n"
                    + "\n".join(lines[-_SHOWN_LOG_LINES:])
                )

    def stop(self) -> None:
        """End all processes, and whatever they started. May be called twice."""
        try:
            for process in self._processes.values():
                if process.poll() is None:
                    process.terminate()
            asked_at = time.monotonic()
            for service in sorted(self.services, key=lambda one: one.stop_seconds):
                if service.name not in self._processes:
                    continue
                process = self._processes[service.name]
                left = asked_at + service.stop_seconds - time.monotonic()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, left))
                _kill_group(process)
                del self._processes[service.name]
        finally:
            for process in self._processes.values():
                _kill_group(process)
            self._processes.clear()
            self._listener.close()

    def _start(self, service: Service) -> subprocess.Popen[bytes]:
        # Nobody is left to kill a beat that hangs where this process is killed.
        orphaned = signal.SIGKILL if service.name == "beat" else signal.SIGTERM
        service.log.parent.mkdir(parents=True, exist_ok=True)
        with service.log.open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *service.command],
                cwd=Path(__file__).resolve().parents[1],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[self._listener.fileno()] if service.name == "web" else [],
                # Away from the terminal: Ctrl-C reaches us alone, and we end them in order.
                start_new_session=True,
                preexec_fn=dies_with_parent(orphaned),
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        waiting = {"web": self._web_answers, "worker": _worker_answers}
        while waiting:
            self.check()
            waiting = {name: answers for name, answers in waiting.items() if not answers()}
            if waiting and time.monotonic() > deadline:
                logs = ", ".join(str(s.log) for s in self.services if s.name in waiting)
                raise StackError(f"Not ready after {READY_SECONDS} s; see {logs}.")
            time.sleep(_STEP)

    def _web_answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()  # noqa: S310 own URL
        except urllib.error.HTTPError as answer:
            answer.close()
        except OSError:
            return False
        return True


def _worker_answers() -> bool:
    return bool(celery_app.control.ping(timeout=0.5))


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the session of `process`, its own children included."""
    with suppress(ProcessLookupError):  # all ended by themselves
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
