"""Again, where PostgreSQL has rolled a transaction back to let another one through.

What ends flows in several campaigns at once can meet another such transaction in the opposite
order, whatever order the rows of each are locked in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError
from psycopg.errors import DeadlockDetected

_ATTEMPTS = 4

Answer = TypeVar("Answer")


def through_deadlocks(work: Callable[[], Answer]) -> Answer:
    """What `work` answers, a whole transaction; up to four times."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return work()
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
    return work()
