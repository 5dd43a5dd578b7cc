"""Where the embedded servers of this checkout live, and as whom they run.

Normally both is simple: below `var/` and as oneself. PostgreSQL refuses to run as root,
though, so root's servers run as `nobody`. That account can reach `var/` only where every
folder above it is open to all; where one is not (a home, a `mktemp -d`), the servers live
below the system's temporary folder. No existing folder is ever made readable for them.

Also runs as a script, by any Python and without the project's packages:
`python3 places.py --clear` removes everything, for `make clean`.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
ALTERNATIVE = "or set DATABASE_URL and REDIS_URL to servers of your own"


class EmbeddedError(RuntimeError):
    """A server cannot be had or does not start; the text says why and what to do."""


@dataclass(frozen=True)
class Account:
    """An unprivileged account that root's servers run as."""

    uid: int
    gid: int


def account() -> Account | None:
    """Whom the servers run as; None: oneself."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise EmbeddedError(
            "PostgreSQL refuses to run as root, and this system has no account `nobody` to run "
            f"it as. Work as an ordinary user, {ALTERNATIVE}."
        ) from error
    return Account(nobody.pw_uid, nobody.pw_gid)


def _open_to_all(folder: Path) -> bool:
    """Whether any account may pass through to `folder`; parts yet to be made will be open."""
    return all(
        part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.parents) if part.exists()
    )


def home() -> Path:
    """The folder that holds all servers of this checkout. It need not exist yet."""
    var = CHECKOUT / "var"
    if os.geteuid() != 0 or _open_to_all(var):
        return var / "servers"
    key = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:12]
    # /var/tmp comes first because it outlives a reboot. $TMPDIR is not asked: it may differ
    # from one terminal to the next, and is often private.
    for temporary in (Path("/var/tmp"), Path("/tmp")):  # noqa: S108 ownership is checked below
        if temporary.is_dir() and _open_to_all(temporary):
            return temporary / f"mailsuite-{key}"
    raise EmbeddedError(
        f"Root's servers run as `nobody`, who can reach neither {var} nor /var/tmp nor /tmp. "
        f"Open one of them (chmod a+x), work as an ordinary user, {ALTERNATIVE}."
    )


def make_folder(path: Path, owner: Account | None = None) -> Path:
    """Make `path`: passable for all where root made it for a server, else private.

    Refuses a folder that somebody else put there first: /var/tmp is open to all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir()
        path.chmod(0o711 if os.geteuid() == 0 and owner is None else 0o700)
        if owner is not None:
            os.chown(path, owner.uid, owner.gid)
    except FileExistsError:
        found = path.lstat()
        expected = owner.uid if owner else os.geteuid()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != expected:
            raise EmbeddedError(
                f"{path} belongs to the account with the number {found.st_uid}. Run `make clean` "
                "as that account, then try again."
            ) from None
    except PermissionError as error:
        raise EmbeddedError(
            f"Cannot write {path}. The embedded servers need a place there: give this account "
            f"the right to write, {ALTERNATIVE}."
        ) from error
    return path


def server_home(name: str) -> Path:
    """The folder of one server, made where it is missing."""
    return make_folder(make_folder(home()) / name)


def clear() -> None:
    """Remove all data of the embedded servers; refuses while anybody uses them."""
    folder = home()
    for lock in folder.glob("*/users.lock"):
        with lock.open("rb") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise EmbeddedError(
                    f"The servers in {lock.parent} are in use. Stop what runs from this checkout."
                ) from None
    if folder.exists():
        shutil.rmtree(folder)


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["--clear"]:
            clear()
        else:
            print(home())
    except EmbeddedError as error:
        sys.exit(f"mailsuite: {error}")
