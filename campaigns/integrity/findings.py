"""What a check found, and how it looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.integrity.calendar import CalendarDays

SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Scope:
    """How far back the checks on pace look, and from when.

    They know the sending policies of today only, so of each domain they judge no mail that left
    before its policy was changed last, or before it got that policy.
    """

    since: datetime
    now: datetime
    days: CalendarDays

    @property
    def parameters(self) -> dict[str, Any]:
        return {"since": self.since, "now": self.now, **self.days.parameters}


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that some rows break: how many, a few of them by name, and the way out."""

    check: str
    count: int
    samples: tuple[str, ...]
    mend: str


Check = Callable[[Scope], Finding | None]


def find(check: str, sql: str, parameters: Mapping[str, Any], *, mend: str) -> Finding | None:
    """Run `sql`, whose one column `offender` names each row that breaks the rule in words."""
    counting = f"""
        SELECT count(*), (array_agg(offender ORDER BY offender))[:%(samples)s]
        FROM ({sql}) AS offenders
    """  # noqa: S608 – the statements are constants of this package
    with connection.cursor() as cursor:
        cursor.execute(counting, {**parameters, "samples": SAMPLES})
        count, samples = cursor.fetchone()
    return Finding(check, count, tuple(samples), mend) if count else None
