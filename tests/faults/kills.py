"""Workers that die, or sleep, at the worst moments."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from campaigns import gate
from campaigns.models import Message
from tests.faults import points
from tests.faults.campaign import Size
from tests.faults.fault import Fault, one_a_round
from tests.faults.lab import Lab
from tests.faults.oracle import Rules
from tests.faults.place import CLAIM_LEASE_SECONDS, WIRE_LEASE_SECONDS
from tests.faults.points import KILL, STOP
from tests.faults.processes import NODES
from tests.faults.script import Rule
from tests.faults.waiting import wait_for

# Two ticks, a new process for the dead one, and the mails themselves, on a busy machine.
_SLACK = 6.0
_TOGETHER = 4  # as many as there are worker processes
_IN_PEACE = 2  # moments between two shots
_SLEEPERS = (points.AFTER_CLAIM, points.AFTER_GATE, points.AFTER_DOT)


def kill_at(point: str, lab: Lab, rounds: int) -> int:
    """Up to four at once: each kills the process that comes by."""
    while (done := len(lab.points.hits_since_opened())) < rounds and lab.move():
        lab.points.arm(point, KILL, min(_TOGETHER, rounds - done))
        with lab.recovering():
            lab.settle()
        lab.points.disarm()
        lab.steps(_IN_PEACE)
    return len(lab.points.hits_since_opened())


def deploy(lab: Lab, rounds: int) -> int:
    """A new node takes over while the old one is told to end in the middle of a mail."""
    lab.set_rules(Rule("slow", "BODY", delay=0.3))
    done = 0
    while done < rounds:
        old, new = (NODES[0], "next") if done % 2 == 0 else ("next", NODES[0])
        lab.processes.start_node(new)
        if not lab.move():
            break
        time.sleep(random.uniform(0.1, 0.6))
        lab.processes.signal(old, signal.SIGTERM)
        with lab.recovering():
            lab.settle()
        lab.processes.wait(old)
        done += 1
    if "next" in lab.processes.names():
        lab.processes.start_node(NODES[0])
        lab.processes.kill("next")
    return done


def sleep_past_the_lease(lab: Lab, rounds: int) -> int:
    """SIGSTOP, until the reaper has given up on the mail, then SIGCONT."""
    for number in range(rounds):
        if not lab.move():
            break
        known = len(lab.points.hits_since_opened())
        lab.points.arm(_SLEEPERS[number % len(_SLEEPERS)], STOP, 1)
        wait_for(lambda known=known: len(lab.points.hits_since_opened()) > known, "a sleeper")
        hit = lab.points.hits_since_opened()[-1]
        with lab.recovering():
            lab.wait_until_settled()
        os.kill(hit.pid, signal.SIGCONT)
        wait_for(lambda hit=hit: lab.points.has_woken(hit), "the sleeper to wake up")
        _wait_until_answered()
        lab.settle()
        lab.steps(_IN_PEACE)
    return len(lab.points.hits_since_opened())


def _wait_until_answered() -> None:
    """Who was on the wire has an answer, late as it is, and it counts."""
    unknown = Message.objects.filter(status=Message.Status.UNKNOWN)
    wait_for(lambda: not unknown.exists(), "the late answer", seconds=10)


def _kill(point: str, does: str, lease: float, allowed: Callable[[int], int] | None) -> Fault:
    return Fault(
        name=f"kill {point}",
        does=f"kill -9 of the worker {does}",
        must_hold="I1-I8; " + ("unknown ≤ kills" if allowed else "no unknown"),
        rounds=50,
        inject=partial(kill_at, point),
        recovery_limit=lease + _SLACK,
        **({"unknown_allowed": allowed} if allowed else {}),
    )


def ten_a_round(rounds: int) -> int:
    return rounds * gate.AT_ONCE


def _kill_without_pause(point: str, does: str) -> Fault:
    """Of a domain without a pause ten pass the gate at once, and all ten are in doubt."""
    return Fault(
        name=f"kill {point}, no pause",
        does=f"the same {does} with others, of a domain without a pause",
        must_hold="I1-I8; unknown ≤ 10 × kills",
        rounds=20,
        inject=partial(kill_at, point),
        recovery_limit=WIRE_LEASE_SECONDS + _SLACK,
        unknown_allowed=ten_a_round,
        size=Size(policy={"interval_minutes": 0}),
        rules=Rules(interval=timedelta(0)),
    )


FAULTS = (
    _kill(points.AFTER_CLAIM, "that has claimed a mail", CLAIM_LEASE_SECONDS, None),
    _kill(points.AFTER_GATE, "that has passed the gate", WIRE_LEASE_SECONDS, one_a_round),
    _kill(points.AFTER_DOT, "when the mail's end has left", WIRE_LEASE_SECONDS, one_a_round),
    _kill(
        points.BEFORE_FINAL_COMMIT,
        "before it has committed the answer",
        WIRE_LEASE_SECONDS,
        one_a_round,
    ),
    _kill_without_pause(points.AFTER_GATE, "that has passed the gate"),
    _kill_without_pause(points.AFTER_DOT, "when a mail's end has left"),
    Fault(
        name="sigterm deploy",
        does="a new node starts, the old one gets SIGTERM amid a mail",
        must_hold="I1-I8; no unknown",
        rounds=20,
        inject=deploy,
        recovery_limit=_SLACK,
        leads_a_domain=30,
    ),
    Fault(
        name="sigstop past the lease",
        does="SIGSTOP after claim, gate or dot until the lease is over, then SIGCONT",
        must_hold="I1-I8; the late answer counts, no unknown",
        rounds=20,
        inject=sleep_past_the_lease,
        recovery_limit=WIRE_LEASE_SECONDS + _SLACK,
        leads_a_domain=30,
    ),
)
