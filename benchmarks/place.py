"""Where benches work: the embedded servers, with databases that nobody else uses."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql

from mailsuite.lib import embedded
from mailsuite.lib.embedded.places import CHECKOUT
from mailsuite.lib.run_numbers import take_run_number

_LAST_REDIS_DATABASE = 1023  # the tests count from the front


@dataclass(frozen=True, slots=True)
class Place:
    """The servers' URLs, and names in them that this run alone uses."""

    database_url: str
    redis_url: str
    template: str
    folder: str

    @contextmanager
    def fresh(self) -> Iterator[dict[str, str]]:
        """The environment of a process with a migrated, empty database; yields it."""
        name = f"{self.template}_run"
        self._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, self.template)
        try:
            yield self.environment(name)
        finally:
            self._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            with redis.Redis.from_url(self.redis_url) as client:
                client.flushdb()

    def make_template(self) -> None:
        """Migrate once; every bench gets a copy, which takes a moment only."""
        self.drop_template()
        self._administer("CREATE DATABASE {}", self.template)
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--skip-checks", "--verbosity", "0"],
            env=self.environment(self.template),
            cwd=CHECKOUT,
            check=True,
        )

    def drop_template(self) -> None:
        self._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.template)

    def environment(self, database: str) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "mailsuite.settings",
            "DATABASE_URL": urlsplit(self.database_url)._replace(path=f"/{database}").geturl(),
            "REDIS_URL": self.redis_url,
            "MEDIA_ROOT": self.folder,
            "LOG_LEVEL": "ERROR",
            "DEBUG": "0",
        }

    def _administer(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def place() -> Iterator[Place]:
    """The embedded servers and a template, for the block; then no trace is left.

    Servers of the environment are not asked: a bench must never fill somebody's database.
    """
    for variable in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(variable, None)
        os.environ.pop(f"{variable}_FILE", None)
    number, lock = take_run_number("bench")
    try:
        with embedded.servers() as urls, tempfile.TemporaryDirectory() as folder:
            redis_url = urlsplit(urls["REDIS_URL"])._replace(
                path=f"/{_LAST_REDIS_DATABASE - number}"
            )
            ours = Place(urls["DATABASE_URL"], redis_url.geturl(), f"bench_{number}", folder)
            try:
                ours.make_template()
                yield ours
            finally:
                ours.drop_template()
    finally:
        os.close(lock)
