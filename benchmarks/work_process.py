"""Work in a process of its own that gets ready first, so that only the work is timed.

The process prints "ready", waits for a line, works, and prints "done".
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from mailsuite.lib.children import dies_with_parent
from mailsuite.lib.embedded.places import CHECKOUT


def seconds_together(commands: Sequence[Sequence[str]], **environment: str) -> float:
    """Run Python modules with arguments side by side: the seconds until the last has ended its
    work. Raises RuntimeError where one fails; its words are on the terminal."""
    processes = [_start(command, environment) for command in commands]
    try:
        for process in processes:
            _expect(process, "ready")
        began = time.perf_counter()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in processes:
            _expect(process, "done")
        return time.perf_counter() - began
    finally:
        for process in processes:
            process.communicate()


def ready_then(work: Callable[[], None]) -> None:
    """The process's side: everything is prepared, `work` is what is timed."""
    print("ready", flush=True)
    sys.stdin.readline()
    work()
    print("done", flush=True)


def _start(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=CHECKOUT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )


def _expect(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    if process.stdout.readline().strip() != word:
        raise RuntimeError(f"{process.args!r} ended before it was {word}.")
