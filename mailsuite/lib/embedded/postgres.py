"""PostgreSQL for development: a cluster made once, then started as it is."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from mailsuite.lib.embedded.places import EmbeddedError, account, make_folder
from mailsuite.lib.embedded.process import ServerProcess, on_free_port, spawn
from mailsuite.lib.embedded.programs import POSTGRES_MAJOR, postgres_programs, run

NAME = "mailsuite"  # of the database and of the superuser
READY_SECONDS = 60
STOP = signal.SIGINT  # PostgreSQL's "fast" shutdown: connections are cut, nothing is lost

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # A power cut may cost this server its data: it serves development, the demo and tests
    # only, all of which can be made again, and is several times faster for it. A process
    # that crashes or is killed loses nothing: what it wrote is with the kernel.
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def start(folder: Path) -> ServerProcess:
    programs = postgres_programs()
    password = _password(folder)
    data = folder / f"data-{POSTGRES_MAJOR}"
    if not data.exists():
        _make_cluster(programs, data, password)

    def attempt(port: int) -> ServerProcess | None:
        settings = {**SETTINGS, "port": str(port)}
        command: list[str | Path] = [programs / "postgres", "-D", data]
        command += [f"--{name}={value}" for name, value in settings.items()]
        process = spawn(command, folder=data, stop_signal=STOP)
        url = f"postgres://{NAME}:{password}@127.0.0.1:{port}/{NAME}"
        return ServerProcess(url, process, STOP) if _is_ready(process, url) else None

    return on_free_port(attempt, "PostgreSQL")


def _password(folder: Path) -> str:
    """The cluster's password, made at first use. The port is open to every local account."""
    kept = folder / "password"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(24))
    return kept.read_text()


def _make_cluster(programs: Path, data: Path, password: str) -> None:
    """initdb into a folder that gets its final name when all is done: no half a cluster."""
    making, password_file = data.with_suffix(".making"), data.with_suffix(".password")
    if making.exists():
        shutil.rmtree(making)
    make_folder(making, owner=account())
    # Read as the other account, which can open neither our own file nor our pipe.
    password_file.unlink(missing_ok=True)
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    if (other := account()) is not None:
        os.chown(password_file, other.uid, other.gid)
    try:
        run(
            [
                programs / "initdb",
                f"--pgdata={making}",
                f"--username={NAME}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-sync",
            ],
            data.parent,
        )
    finally:
        password_file.unlink()
    making.rename(data)


def _is_ready(process: subprocess.Popen[bytes], url: str) -> bool:
    """Wait until it takes queries, then see that the database is there. False: it ended."""
    maintenance = f"{url.rpartition('/')[0]}/postgres"
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None:
        try:
            with psycopg.connect(maintenance, autocommit=True, connect_timeout=5) as connection:
                known = "SELECT 1 FROM pg_database WHERE datname = %s"
                if connection.execute(known, [NAME]).fetchone() is None:
                    connection.execute(f"CREATE DATABASE {NAME}")
            return True
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                process.kill()
                raise EmbeddedError(f"PostgreSQL does not take connections: {error}") from error
            time.sleep(0.03)
    return False
