"""PostgreSQL and Redis that belong to one run alone: they are stopped, started and emptied."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis

from mailsuite.lib.embedded import postgres, redis_server
from mailsuite.lib.embedded.places import CHECKOUT, server_home
from mailsuite.lib.embedded.process import ServerProcess, spawn
from mailsuite.lib.embedded.programs import POSTGRES_MAJOR, postgres_programs, redis_program

CHECKOUT_MIGRATIONS = sorted(CHECKOUT.glob("*/migrations/*.py"))


@contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    """Children started meanwhile write there and not on our terminal."""
    kept = [os.dup(1), os.dup(2)]
    with path.open("ab") as log:
        for number in (1, 2):
            os.dup2(log.fileno(), number)
    try:
        yield
    finally:
        for number, descriptor in zip((1, 2), kept, strict=True):
            os.dup2(descriptor, number)
            os.close(descriptor)


@dataclass
class Server:
    """A server that comes back at the same address. Its children look the same to clients."""

    folder: Path
    server: ServerProcess

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def port(self) -> int:
        return int(urlsplit(self.server.url).port or 0)

    def stop(self) -> None:
        self.server.stop()

    def start(self) -> None:
        with _logging_to(self.folder / "log"):
            process = self._spawn()
        self.server = ServerProcess(self.url, process, self.server.stop_signal)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _spawn(self) -> subprocess.Popen[bytes]:
        raise NotImplementedError


class Postgres(Server):
    @classmethod
    def started(cls, name: str) -> Postgres:
        folder = server_home(name)
        with _logging_to(folder / "log"):
            server = cls(folder, postgres.start(folder))
        server.remember_commits()
        return server

    def remember_commits(self) -> None:
        """Have it keep the moment of each commit: the judge of who was first in a race."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute("SHOW track_commit_timestamp").fetchone()
            if row == ("on",):
                return
            connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        self.restart()
        self.wait()

    def wait(self) -> None:
        """Until it takes connections again."""
        deadline = time.monotonic() + postgres.READY_SECONDS
        while time.monotonic() < deadline:
            with suppress(psycopg.OperationalError), psycopg.connect(self.url):
                return
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL does not come back; see {self.folder / 'log'}")

    def database(self) -> str:
        """The URL of the database of runs, made where it is missing; one for each state of the
        migrations, so that only the first run has to carry them out."""
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in CHECKOUT_MIGRATIONS))
        name = f"faults_{digest.hexdigest()[:12]}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            known = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(known, [name]).fetchone() is None:
                connection.execute(f"CREATE DATABASE {name}")
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def _spawn(self) -> subprocess.Popen[bytes]:
        data = self.folder / f"data-{POSTGRES_MAJOR}"
        command: list[str | Path] = [postgres_programs() / "postgres", "-D", data]
        settings = {**postgres.SETTINGS, "port": str(self.port)}
        command += [f"--{name}={value}" for name, value in settings.items()]
        return spawn(command, folder=data, stop_signal=postgres.STOP)


class Redis(Server):
    @classmethod
    def started(cls, name: str) -> Redis:
        folder = server_home(name)
        with _logging_to(folder / "log"):
            return cls(folder, redis_server.start(folder))

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def _spawn(self) -> subprocess.Popen[bytes]:
        password = urlsplit(self.url).password or ""
        config = redis_server.CONFIG.format(port=self.port, password=password)
        data = self.folder / "data"
        return spawn(
            [redis_program(), "-"], folder=data, stop_signal=redis_server.STOP, config=config
        )


@contextmanager
def own_servers(number: int) -> Iterator[tuple[Postgres, Redis]]:
    """A pair for the length of the block; `number` tells runs apart."""
    with ExitStack() as stack:
        database = Postgres.started(f"faults-{number}-postgres")
        stack.callback(lambda: database.stop())
        broker = Redis.started(f"faults-{number}-redis")
        stack.callback(lambda: broker.stop())
        yield database, broker
