"""One fault from its beginning to its verdict."""

from __future__ import annotations

import math
import time
import traceback
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import connection

from campaigns.integrity import check_integrity
from campaigns.models import Message
from mailsuite.lib import clock
from tests.faults.fault import Fault
from tests.faults.lab import Lab
from tests.faults.oracle import count_violations

_MIN_LEADS = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """`as_json` is the contract. `problem` is what went wrong with the harness itself."""

    name: str
    rounds: int
    sent: int
    accepted: int
    unknown: int
    unknown_allowed: int
    violations: dict[str, int]
    recovery_seconds: float
    seconds: float
    problem: str = ""

    @property
    def passed(self) -> bool:
        return not self.problem and not any(self.violations.values())

    def as_json(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**fields, "passed": self.passed}


def try_fault(lab: Lab, fault: Fault, rounds: int) -> Verdict:
    """Never raises for what the product does; what it got stuck in counts against I6."""
    if not fault.needs_stack:
        return _try_alone(lab, fault, rounds)
    begun = time.monotonic()
    done, problem = 0, ""
    full = fault.leads_a_domain
    leads = max(_MIN_LEADS, math.ceil(full * rounds / fault.rounds), min(full, rounds))
    size = replace(fault.size, leads_a_domain=leads)
    lab.open(fault.name.replace(" ", "-"), size, fault.start)
    try:
        done = fault.inject(lab, rounds)
        lab.be_well()
        lab.run_out()
    except Exception:
        problem = traceback.format_exc()
    finally:
        lab.close()
    return _judge(lab, fault, rounds, done, time.monotonic() - begun, problem)


def _try_alone(lab: Lab, fault: Fault, rounds: int) -> Verdict:
    begun = time.monotonic()
    lab.expected.clear()
    done = fault.inject(lab, rounds)
    return Verdict(
        name=fault.name,
        rounds=done,
        sent=0,
        accepted=0,
        unknown=0,
        unknown_allowed=0,
        violations={**lab.expected, "rounds": rounds - done},
        recovery_seconds=0.0,
        seconds=round(time.monotonic() - begun, 1),
    )


def _judge(lab: Lab, fault: Fault, wanted: int, done: int, seconds: float, problem: str) -> Verdict:
    connection.close()
    allowed = fault.unknown_allowed(done)
    recovery = max(lab.recoveries, default=0.0)
    now = clock.now()
    found = check_integrity(since=now - timedelta(days=400), now=now)
    findings = [one for one in found if one.check not in fault.deaf_checks]
    if findings:
        problem += "\n".join(f"{one.check}: {one.count} {one.samples}" for one in findings)
    violations = count_violations(lab.journal(), lab.recipients, fault.rules)
    violations["I2"] += Message.objects.unfinished().count()
    violations["I6"] = int("StuckError" in problem) + sum(
        one > fault.recovery_limit for one in lab.recoveries
    )
    violations["unknown"] = max(0, lab.unknown - allowed)
    violations["integrity"] = sum(one.count for one in findings)
    violations["rounds"] = max(0, wanted - done)
    violations |= lab.expected
    return Verdict(
        name=fault.name,
        rounds=done,
        sent=Message.objects.accepted().count(),
        accepted=len(lab.accepted()),
        unknown=lab.unknown,
        unknown_allowed=allowed,
        violations=violations,
        recovery_seconds=round(recovery, 2),
        seconds=round(seconds, 1),
        problem=problem,
    )
