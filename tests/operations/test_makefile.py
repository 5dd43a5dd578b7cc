"""What make does to the tree."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from mailsuite.lib.embedded.places import CHECKOUT


def test_clean_leaves_what_was_checked_out_and_nothing_else(tmp_path: Path) -> None:
    kept = [Path("Makefile"), Path("mailsuite/lib/embedded/places.py")]
    for path in kept:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / path, tmp_path / path)
    for path in ("leads/models/__pycache__/leads.pyc", ".venv/bin/python", "var/log/web.log"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).touch()
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    left = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == set(kept)
