"""The settings under test, with the servers started before anything reads their URLs.

pytest-django loads the settings ahead of every conftest, so this cannot live there. Runs in
two terminals share the servers; each has databases of its own, in PostgreSQL and in Redis.
"""

import fcntl
import itertools
import os
from urllib.parse import urlsplit

from mailsuite.lib import embedded
from mailsuite.lib.embedded.lease import take
from mailsuite.lib.embedded.places import CHECKOUT

XDIST_WORKERS = 16


def number_of_this_run() -> int:
    """The lowest number that no other run holds; its lock goes with this process.

    From 1: the Redis databases of number 0 begin with the one of daily work.
    """
    var = CHECKOUT / "var"
    var.mkdir(exist_ok=True)
    return next(n for n in itertools.count(1) if take(var / f"tests-{n}.lock", fcntl.LOCK_EX))


def redis_url_of_this_worker(run: int) -> str:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return urlsplit(REDIS_URL)._replace(path=f"/{run * XDIST_WORKERS + worker}").geturl()


# The workers of pytest-xdist inherit all of it from the process that started them.
embedded.ensure()
TEST_RUN = int(os.environ.get("TEST_RUN") or number_of_this_run())
os.environ["TEST_RUN"] = str(TEST_RUN)
REDIS_URL = os.environ["REDIS_URL"]
os.environ["REDIS_URL"] = redis_url_of_this_worker(TEST_RUN)

# What a test failed on must not drown in what went well.
os.environ.setdefault("LOG_LEVEL", "WARNING")

from mailsuite.settings import *  # noqa: E402, F403
from mailsuite.settings import DATABASES, VAR_DIR  # noqa: E402

DATABASES["default"]["TEST"] = {"NAME": f"test_mailsuite_{TEST_RUN}"}

MEDIA_ROOT = VAR_DIR / f"tests-{TEST_RUN}" / "media"

# One fast, weak hash: tests make many users, none of whom anybody wants to break into.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A worker's thread in a test ends without a word, and its connection must not outlive it.
CELERY_DB_REUSE_MAX = None
