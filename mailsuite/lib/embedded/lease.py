"""Sharing one server among processes that come, go and get killed.

Nobody counts users; the kernel does. Every user holds a shared `flock` on `users.lock`. A
small keeper process, in a session of its own, starts the server, then asks for the same lock
exclusively, and sleeps. The kernel grants it at the moment the last user is gone, whatever
way it went, kill -9 included. The keeper then stops the server and ends.

    users.lock    shared: the users.     exclusive: the keeper, from the last user's end on
    keeper.lock   exclusive: the keeper, as long as it lives
    start.lock    exclusive: the one user that looks whether there is a keeper, or starts it

A keeper that holds `users.lock` is on its way out and never turns back: who comes meanwhile
waits for it to end, then starts the next one.
"""

import fcntl
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from mailsuite.lib.embedded.places import ALTERNATIVE, CHECKOUT, EmbeddedError, server_home

START_SECONDS = 120  # a first start on a busy machine makes a whole database cluster
STOP_SECONDS = 30
_STEP = 0.02


def take(path: Path, mode: int) -> int | None:
    """A descriptor that holds the lock `mode` on `path`; None where others stand in the way."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _is_free(path: Path, mode: int) -> bool:
    descriptor = take(path, mode)
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is not None


@contextmanager
def lease(name: str) -> Iterator[str]:
    """Use the server `name` ("postgres", "redis") for the block; yields its URL."""
    folder = server_home(name)
    users, url, child = _join(name, folder)
    try:
        yield url
    finally:
        # Closed, not unlocked: unlocking would take the lock from forked children as well.
        os.close(users)
        _wait_if_last(folder, child)


def _join(name: str, folder: Path) -> tuple[int, str, int | None]:
    """Become a user: (descriptor of the lock, URL, process id of a keeper we started)."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        starting = take(folder / "start.lock", fcntl.LOCK_EX)
        if starting is None:
            time.sleep(_STEP)
            continue
        try:
            users = take(folder / "users.lock", fcntl.LOCK_SH)
            if users is None:
                time.sleep(_STEP)
                continue
            try:
                if _is_free(folder / "keeper.lock", fcntl.LOCK_EX):
                    return users, *_start(name, folder, deadline)
                if (url := _answering_url(folder)) is not None:
                    return users, url, None
            except BaseException:
                os.close(users)
                raise
            # Its server just died; the keeper will notice and end.
            os.close(users)
            time.sleep(_STEP)
        finally:
            os.close(starting)
    raise EmbeddedError(
        f"Waited {START_SECONDS} s for the {name} server of this checkout to start or to stop. "
        f"See {folder / 'log'}; end its processes, then try again, {ALTERNATIVE}."
    )


def _start(name: str, folder: Path, deadline: float) -> tuple[str, int]:
    """Start a keeper and wait until its server answers: (URL, process id of the keeper)."""
    state, log = folder / "state.json", folder / "log"
    started = _state_stamp(state)
    modules = [str(CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])]
    # posix_spawn: a subprocess.Popen object would complain when this process ends before the
    # keeper, which is the normal case as soon as there is a second user.
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    keeper = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "mailsuite.lib.embedded.keeper", name],
        {**os.environ, "PYTHONPATH": os.pathsep.join(modules), "PYTHONWARNINGS": "default"},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.fspath(log), write, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    try:
        while time.monotonic() < deadline:
            if _has_ended(keeper):
                raise EmbeddedError(log.read_text(errors="replace").strip())
            if _state_stamp(state) != started and (url := _answering_url(folder)) is not None:
                return url, keeper
            time.sleep(_STEP)
        raise EmbeddedError(f"The {name} server did not start within {START_SECONDS} s; see {log}.")
    except KeyboardInterrupt:
        # Nobody else can be a user yet: we hold `start.lock`.
        os.kill(keeper, signal.SIGTERM)
        os.waitpid(keeper, 0)
        raise


def _state_stamp(state: Path) -> int | None:
    return state.stat().st_mtime_ns if state.exists() else None


def _answering_url(folder: Path) -> str | None:
    """The URL that the keeper wrote, if its server takes connections."""
    try:
        url: str = json.loads((folder / "state.json").read_text())["url"]
        address = urlsplit(url)
        socket.create_connection((address.hostname or "", address.port or 0), timeout=5).close()
    except (OSError, ValueError, KeyError):
        return None
    return url


def _wait_if_last(folder: Path, child: int | None) -> None:
    """After leaving: where nobody else is left, return only when the keeper has ended."""
    keeper, users = folder / "keeper.lock", folder / "users.lock"
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and not _is_free(keeper, fcntl.LOCK_SH):
        # With no user left the keeper may still have to wake up; with another user, only a
        # shared lock can be had.
        if not _is_free(users, fcntl.LOCK_EX) and _is_free(users, fcntl.LOCK_SH):
            return
        time.sleep(_STEP)
    # The very last thing that it gives back is `users.lock`.
    while time.monotonic() < deadline and not _is_free(users, fcntl.LOCK_SH):
        time.sleep(_STEP)
    while child is not None and time.monotonic() < deadline and not _has_ended(child):
        time.sleep(_STEP)


def _has_ended(child: int) -> bool:
    """Whether a child is gone; collects its exit status, or it would stay in the table."""
    try:
        return os.waitpid(child, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return True  # collected already, by the kernel where SIGCHLD is ignored
