"""Where one run lives: servers, a database, a folder and a clock of its own.

Made before Django reads its settings, because they are made of the environment.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mailsuite.lib.embedded.places import CHECKOUT
from mailsuite.lib.run_numbers import take_run_number
from tests.faults.servers import Postgres, Redis, own_servers

# A tick, one a minute by the clock on the wall, comes every 0.2 seconds.
BEAT_SPEED = 300
TICK_SECONDS = 60 / BEAT_SPEED

# The product's times, shortened as ticks are, as far as a busy machine lets them be. The lease of
# the wire outlasts all of a slow dialogue, as it does in the product.
COMMAND_TIMEOUT_SECONDS = 1
SMTP_TIMEOUT_SECONDS = 2
CLAIM_LEASE_SECONDS = 3
WIRE_LEASE_SECONDS = 4 * COMMAND_TIMEOUT_SECONDS + SMTP_TIMEOUT_SECONDS

FOLDER_VARIABLE = "FAULTS_FOLDER"


@dataclass(frozen=True)
class Place:
    folder: Path
    postgres: Postgres
    redis: Redis

    @property
    def clock_file(self) -> Path:
        return self.folder / "clock.json"

    @property
    def points(self) -> Path:
        return self.folder / "points"


@contextmanager
def fault_place() -> Iterator[Place]:
    """Lead this process and its children to servers of their own, for the length of the block."""
    number, lock = take_run_number("faults")
    try:
        folder = CHECKOUT / "var" / f"faults-{number}"
        with suppress(FileNotFoundError):
            shutil.rmtree(folder)
        folder.mkdir()
        with own_servers(number) as (postgres, redis):
            place = Place(folder, postgres, redis)
            os.environ.update(_environment(place, postgres.database()))
            yield place
    finally:
        os.close(lock)


def _environment(place: Place, database_url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": place.redis.url,
        "DJANGO_SETTINGS_MODULE": "mailsuite.settings",
        "MEDIA_ROOT": str(place.folder / "media"),
        "CLOCK_FILE": str(place.clock_file),
        "CELERY_BEAT_SPEED": str(BEAT_SPEED),
        "SMTP_TIMEOUT_SECONDS": str(SMTP_TIMEOUT_SECONDS),
        FOLDER_VARIABLE: str(place.folder),
        "DEVELOPMENT": "true",
        "DEBUG": "false",
        "MAIL_TEST_MODE": "false",
        "LOG_LEVEL": "WARNING",
    }
