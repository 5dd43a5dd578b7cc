"""Where one demo lives: a database, a Redis database, a folder and a clock of its own.

Set up before Django reads its settings, because they are made of the environment. Nothing of
daily work is touched, and several demos of one checkout run beside each other.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql

from mailsuite.lib.embedded.places import CHECKOUT, EmbeddedError
from mailsuite.lib.run_numbers import take_run_number

# A tick, one a minute by the clock on the wall, comes every 0.3 seconds.
BEAT_SPEED = 200
FOLDER_VARIABLE = "DEMO_FOLDER"
# The embedded Redis has 1024 databases. Daily work uses the first, tests those from the 16th up
# (tests/settings.py), 16 a run; demos those from the last down.
LAST_REDIS_DATABASE = 1023


@contextmanager
def demo_place(embedded: Collection[str]) -> Iterator[Path]:
    """Make the place and lead this process and its children there; yields its folder.

    `embedded` are the variables of those servers that are ours. A Redis of somebody else's is
    used as it is given. Raises EmbeddedError where the database can't be made.
    """
    number, lock = take_run_number("demo")
    try:
        # What can fail comes first: the records of the last demo go when there is a new one.
        database_url = _fresh_database(os.environ["DATABASE_URL"], number)
        redis_url = os.environ["REDIS_URL"]
        if "REDIS_URL" in embedded:
            redis_url = _fresh_redis(redis_url, LAST_REDIS_DATABASE - number)
        folder = _fresh_folder(number)
        os.environ.update(_environment(folder, database_url, redis_url))
        yield folder
    finally:
        os.close(lock)


def _environment(folder: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """What a `.env` of daily work may say otherwise is set, too: the demo is plain HTTP on this
    machine, and its mails really go to its mail server."""
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "MEDIA_ROOT": str(folder / "media"),
        "CLOCK_FILE": str(folder / "clock.json"),
        "CELERY_BEAT_SPEED": str(BEAT_SPEED),
        FOLDER_VARIABLE: str(folder),
        "DEVELOPMENT": "true",
        "DEBUG": "false",
        "ALLOWED_HOSTS": "127.0.0.1",
        "PROXY_COUNT": "0",
        "SECURE_SSL_REDIRECT": "false",
        "MAIL_TEST_MODE": "false",
        "LOG_LEVEL": "WARNING",
    }


def _fresh_folder(number: int) -> Path:
    folder = CHECKOUT / "var" / ("demo" if number == 0 else f"demo-{number}")
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
    folder.mkdir()
    return folder


def _fresh_database(url: str, number: int) -> str:
    """An empty database beside the one of `url`; the URL that leads to it."""
    name = f"mailsuite_demo_{number}"
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            for command in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}"):
                connection.execute(sql.SQL(command).format(sql.Identifier(name)))
    except psycopg.Error as problem:
        raise EmbeddedError(
            f"The demo needs a database {name} of its own on the server of DATABASE_URL, and can't "
            f"make it: {problem} Give that account the right (ALTER ROLE … CREATEDB), or unset "
            "DATABASE_URL."
        ) from problem
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _fresh_redis(url: str, number: int) -> str:
    url = urlsplit(url)._replace(path=f"/{number}").geturl()
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url
