from __future__ import annotations

import pytest
from django.db import OperationalError
from psycopg.errors import AdminShutdown, DeadlockDetected

from tracking.deadlocks import through_deadlocks


class Work:
    """Fails as many times as there are causes."""

    def __init__(self, *causes: type[Exception]) -> None:
        self.causes, self.calls = list(causes), 0

    def __call__(self) -> str:
        self.calls += 1
        if self.causes:
            raise OperationalError from self.causes.pop(0)()
        return "done"


@pytest.mark.parametrize("times", range(4))
def test_a_transaction_that_was_rolled_back_for_another_is_done_again(times: int):
    work = Work(*[DeadlockDetected] * times)
    assert (through_deadlocks(work), work.calls) == ("done", times + 1)


def test_four_times_at_most():
    work = Work(*[DeadlockDetected] * 9)
    with pytest.raises(OperationalError):
        through_deadlocks(work)
    assert work.calls == 4


def test_a_database_that_is_away_is_not_asked_again():
    work = Work(AdminShutdown)
    with pytest.raises(OperationalError):
        through_deadlocks(work)
    assert work.calls == 1
