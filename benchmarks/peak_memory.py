"""Peak resident memory of other processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# Started from the bench itself, a child would count as its own what the bench is large: until it
# becomes another program, it has its parent's memory.
_MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_mb(pid: int) -> float:
    """So far, of a process that lives (Linux: VmHWM); 0 elsewhere."""
    status = Path(f"/proc/{pid}/status")
    for line in status.read_text().splitlines() if status.exists() else []:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def peak_mb_of_run(command: Sequence[str]) -> float:
    """Run a Python module's file with its arguments, what it prints thrown away, to its end."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, sys.executable, *command],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stdout) / 1024
