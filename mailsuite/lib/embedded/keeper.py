"""The process that runs one embedded server for as long as it has users; see `lease`."""

import contextlib
import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

from mailsuite.lib.embedded import postgres, redis_server
from mailsuite.lib.embedded.places import EmbeddedError, server_home
from mailsuite.lib.embedded.process import ServerProcess

STARTS: dict[str, Callable[[Path], ServerProcess]] = {
    "postgres": postgres.start,
    "redis": redis_server.start,
}
_ORPHAN_SECONDS = 20


class EndedError(Exception):
    """Told to end, or the server ended by itself."""


def main(name: str) -> None:
    folder = server_home(name)
    os.chdir(folder)  # the folder we were started in is not ours to keep busy
    with _held(folder / "keeper.lock"):
        end_orphan(folder)
        server = STARTS[name](folder)
        try:
            with _signals_raise():
                if server.process.poll() is not None:
                    raise EndedError("the server ended right after its start")
                _publish(folder / "state.json", server)
                users = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(users, fcntl.LOCK_EX)
        except EndedError as reason:
            print(f"keeper: {reason}", flush=True)
        finally:
            server.stop()
            (folder / "state.json").unlink(missing_ok=True)
    # `users` is still held here, and freed by the end of this process: nobody can become a
    # user of a server whose keeper still seems to live.


@contextlib.contextmanager
def _held(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _signals_raise() -> Iterator[None]:
    """Let the death of the server, and a request to end, break the wait for the lock."""

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        raise EndedError(f"{signal.Signals(number).name} received")

    wanted = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.signal(number, end) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _publish(state: Path, server: ServerProcess) -> None:
    """Write the URL in one step, readable for this account only: it holds the password."""
    draft = state.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({"url": server.url, "server": server.process.pid}))
    draft.replace(state)


def end_orphan(folder: Path) -> None:
    """End a server that outlived its keeper, and clear what a power cut left behind.

    A process id alone proves nothing, since it may have been given out again: the server is
    the process with this id that works in a folder of ours.
    """
    for data in folder.glob("data*"):
        for pid in _written_pids(folder, data):
            deadline = time.monotonic() + _ORPHAN_SECONDS
            while _works_in(pid, data):
                late = time.monotonic() > deadline
                os.kill(pid, signal.SIGKILL if late else signal.SIGINT)
                time.sleep(0.1)
        (data / "postmaster.pid").unlink(missing_ok=True)


def _written_pids(folder: Path, data: Path) -> Iterator[int]:
    with contextlib.suppress(OSError, ValueError, KeyError):
        yield int(json.loads((folder / "state.json").read_text())["server"])
    with contextlib.suppress(OSError, ValueError, IndexError):
        yield int((data / "postmaster.pid").read_text().split()[0])


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except EmbeddedError as error:
        sys.exit(str(error))
