"""Peak resident memory of another process."""

from __future__ import annotations

from pathlib import Path


def peak_mb(pid: int) -> float:
    """So far, of a process that lives (Linux: VmHWM); 0 elsewhere."""
    status = Path(f"/proc/{pid}/status")
    for line in status.read_text().splitlines() if status.exists() else []:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0
