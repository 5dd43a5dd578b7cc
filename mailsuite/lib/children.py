"""Child processes that end with their parent and are never left behind."""

import ctypes
import signal
import subprocess
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Looked up here, once: between fork and exec nothing may take a lock.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def dies_with_parent(number: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends the child this signal when its parent dies, even of
    kill -9. It is the thread that started the child whose end counts: start from one that lasts.
    """

    def ask_kernel() -> None:
        if _prctl is not None:
            _prctl(_PR_SET_PDEATHSIG, int(number))

    return ask_kernel


def stop(process: subprocess.Popen[bytes], steps: list[tuple[signal.Signals, float]]) -> bool:
    """Send each signal and wait its seconds until the process ends, at last kill it.

    Returns whether it ended before the kill.
    """
    for number, seconds in steps:
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return True
    process.kill()
    process.wait()
    return False
