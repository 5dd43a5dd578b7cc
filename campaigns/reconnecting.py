"""Work that must not be lost to a database that is away for a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from django.db import OperationalError, connection

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

# Seconds. A server that restarts is back after the first ones; none of them outlasts a lease.
_PAUSES = (0.1, 1.0, 5.0)


def through_outages(work: Callable[[], Result]) -> Result:
    """What `work` answers, asked again on a new connection where the database went away.

    `work` must be safe to repeat: a COMMIT whose answer was lost may have happened. Not to be
    called within a transaction. Raises OperationalError where the database stays away.
    """
    for pause in _PAUSES:
        try:
            return work()
        except OperationalError:
            log.warning("the database did not answer", exc_info=True)
            connection.close()
            time.sleep(pause)
    return work()
