"""Beats that are too many or too few, and clocks that jump."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from datetime import time as wall_clock
from itertools import cycle

from campaigns.models import Message, SendingDomain
from campaigns.tasks import send_domain, tick
from campaigns.throttle import PATIENCE
from mailsuite.lib import clock
from tests.faults.campaign import Size
from tests.faults.dst import FAULT as DST_OF_ALL_ZONES
from tests.faults.fault import Fault
from tests.faults.journal import Accepted, ClockSet, append
from tests.faults.lab import Lab
from tests.faults.oracle import Rules
from tests.faults.waiting import wait_for

_SLACK = 6.0
_DOUBLED = 50
_INTERVAL = timedelta(minutes=20)
_JUMPS = (timedelta(hours=1), timedelta(hours=-1), timedelta(days=1))


def beat_too_often(lab: Lab, rounds: int) -> int:
    """Three beats, and each round fifty ticks and domain tasks on top."""
    for name in ("beat-2", "beat-3"):
        lab.processes.start_beat(name)
    domains = list(Message.objects.values_list("domain", flat=True).distinct())
    done = 0
    while done < rounds and lab.move():
        for number in range(_DOUBLED):
            tick.apply_async()
            send_domain.apply_async(args=(domains[number % len(domains)],))
        with lab.recovering():
            lab.settle()
        lab.steps(2)
        done += 1
    for name in ("beat-2", "beat-3"):
        lab.processes.kill(name)
    return done


def lose_ticks(lab: Lab, rounds: int) -> int:
    done = 0
    while done < rounds:
        lab.processes.kill("beat")
        if not lab.move():
            break
        time.sleep(random.uniform(0.5, 1.5))
        lab.processes.start_beat()
        with lab.recovering():
            lab.settle()
        lab.steps(2)
        done += 1
    return done


def jump(lab: Lab, rounds: int) -> int:
    """An hour ahead, an hour back, a day ahead, in turn; some mails there; then back again."""
    done = 0
    for by in cycle(_JUMPS):
        lab.steps(1)
        before = clock.now()
        if done == rounds or lab.next_moment() is None:
            return done
        _set_clock(lab, before + by)
        lab.settle()
        lab.steps(1)
        _set_clock(lab, before)
        lab.settle()
        _expect_no_stall(lab)
        done += 1
    return done


def _set_clock(lab: Lab, at: datetime) -> None:
    clock.write(lab.place.clock_file, at)
    append(lab.journal_file, ClockSet(at))


def _expect_no_stall(lab: Lab) -> None:
    """What is due now leaves within an interval, whatever moments the other time has left."""
    begun = clock.now()
    due = Message.objects.due(begun).order_by()
    waiting = set(due.values_list("domain__name", flat=True))
    later = begun + _INTERVAL
    if not waiting or not Rules(grace_ends=wall_clock(17)).is_open(later):
        return
    # The interval counts from the next tick on, which is a minute at most and here 0.2 s: long
    # before the clock has gone on by twenty minutes.
    far_away = SendingDomain.objects.filter(name__in=waiting, next_allowed_at__gt=later + PATIENCE)
    wait_for(lambda: not far_away.exists(), "a tick behind a clock set back", seconds=_SLACK)
    clock.write(lab.place.clock_file, later)

    def have_sent() -> bool:
        sent = {mail.domain for mail in _after_last_set(lab)}
        return waiting <= sent

    try:
        wait_for(have_sent, "mails behind a clock set back", seconds=_SLACK)
    except RuntimeError:
        lab.expect(False, "stalled for longer than an interval")
    lab.settle()


def _after_last_set(lab: Lab) -> list[Accepted]:
    mails: list[Accepted] = []
    for entry in lab.journal():
        if isinstance(entry, ClockSet):
            mails.clear()
        elif isinstance(entry, Accepted):
            mails.append(entry)
    return mails


def live_through(lab: Lab, _rounds: int) -> int:
    """Nothing breaks but the night: the clock on the wall is changed."""
    lab.run_out()
    return 1


# Nights in which 02:00 to 03:00 comes twice or never, in a window that they lie in.
_NIGHTS = Size(
    leads_a_domain=12,
    policy={
        "window_start": wall_clock(0),
        "window_end": wall_clock(5),
        "grace_until": wall_clock(5, 30),
        "send_days": list(range(1, 8)),
        "holiday_country": "",
        "daily_cap": 12,
    },
)
_NIGHT_RULES = Rules(
    opens=wall_clock(0), grace_ends=wall_clock(5, 30), daily_cap=12, every_day=True
)


def _night(name: str, does: str, start: datetime) -> Fault:
    return Fault(
        name=name,
        does=does,
        must_hold="I1-I8; no unknown",
        rounds=1,
        inject=live_through,
        recovery_limit=_SLACK,
        leads_a_domain=12,
        size=_NIGHTS,
        rules=_NIGHT_RULES,
        start=start,
    )


FAULTS = (
    Fault(
        name="beats",
        does=f"three beats, {_DOUBLED} ticks and domain tasks more a round",
        must_hold="I1-I8; no unknown",
        rounds=10,
        inject=beat_too_often,
        recovery_limit=2 * _SLACK,
        leads_a_domain=30,
    ),
    Fault(
        name="lost ticks",
        does="beat is killed, mails become due, beat comes back",
        must_hold="I1-I8; no unknown",
        rounds=10,
        inject=lose_ticks,
        recovery_limit=3 * _SLACK,  # a beat needs seconds to start
        leads_a_domain=30,
    ),
    Fault(
        name="clock jumps",
        does="the clock goes an hour ahead, an hour back or a day ahead, and back again",
        must_hold="I1-I8; at most an interval of stall; no unknown",
        rounds=20,
        inject=jump,
        recovery_limit=_SLACK,
        leads_a_domain=40,
        # A day that was lived through twice has gates with the same stamp, a real day apart.
        deaf_checks=("two mails in one slot",),
    ),
    _night(
        "dst spring",
        "nights with a window from 00:00 to 05:00, one of them without 02:00 to 03:00",
        datetime(2026, 3, 27, 20, tzinfo=UTC),
    ),
    _night(
        "dst autumn",
        "nights with a window from 00:00 to 05:00, one of them with 02:00 to 03:00 twice",
        datetime(2026, 10, 23, 20, tzinfo=UTC),
    ),
    DST_OF_ALL_ZONES,
)
