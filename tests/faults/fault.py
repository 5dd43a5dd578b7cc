"""What a fault is: a few words, how often, what is allowed, and the deed itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.faults.campaign import Size
from tests.faults.lab import START, Lab
from tests.faults.oracle import Rules


def none_at_all(_rounds: int) -> int:
    return 0


def one_a_round(rounds: int) -> int:
    return rounds


@dataclass(frozen=True)
class Fault:
    """`rounds` of the full plan; `unknown_allowed` mails for so many rounds; `recovery_limit` in
    seconds of this stack, whose ticks come every 0.2 s and whose leases last 3 and 6 s.

    `inject` does the rounds while the campaign is being sent, and answers how many it did.
    """

    name: str
    does: str
    must_hold: str
    rounds: int
    inject: Callable[[Lab, int], int]
    recovery_limit: float
    unknown_allowed: Callable[[int], int] = none_at_all
    leads_a_domain: int = 100
    size: Size = field(default_factory=Size)
    rules: Rules = field(default_factory=Rules)
    start: datetime = START
    needs_stack: bool = True
    # Checks of check_integrity that say nothing here.
    deaf_checks: tuple[str, ...] = ()
