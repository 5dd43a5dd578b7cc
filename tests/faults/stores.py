"""Redis and PostgreSQL that go away, forget, or break off at the worst moment."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from campaigns.models import Message
from mailsuite.lib import clock
from tests.faults.fault import Fault
from tests.faults.lab import Lab
from tests.faults.place import CLAIM_LEASE_SECONDS
from tests.faults.processes import NODES, WORKER_PROCESSES
from tests.faults.proxy import Loss, commit_proxy
from tests.faults.script import Rule
from tests.faults.transactions import CLAIM, FINISH, GATE
from tests.faults.waiting import wait_for

_SLACK = 6.0
# Celery looks for its broker again after 2, 4, 6 … seconds.
_BROKER_SECONDS = 15.0
_DOWN_SECONDS = 120.0
_DOWN_ROUNDS = 3


def amid_mails(deed: Callable[[Lab], None]) -> Callable[[Lab, int], int]:
    """The deed, each round at some point of a moment in which mails are under way."""

    def inject(lab: Lab, rounds: int) -> int:
        done = 0
        while done < rounds:
            lab.set_rules(Rule(f"slow {done}", "BODY", delay=0.2))
            if not lab.move():
                break
            time.sleep(random.uniform(0.0, 0.8))
            with lab.recovering():
                deed(lab)
                lab.settle()
            lab.set_rules()
            lab.steps(1)
            done += 1
        return done

    return inject


def leave_redis_down(lab: Lab, rounds: int) -> int:
    """A short run leaves it down for seconds."""
    done = 0
    while done < rounds and lab.move():
        lab.place.redis.stop()
        # What is on its way arrives now, and not ten minutes behind its gate in the journal.
        wait_for(lambda: not Message.objects.filter(status="sending").exists(), "mails under way")
        clock.write(lab.place.clock_file, clock.now() + timedelta(minutes=10))
        time.sleep(_DOWN_SECONDS if rounds == _DOWN_ROUNDS else _DOWN_SECONDS / 20)
        lab.place.redis.start()
        with lab.recovering():
            lab.settle()
        lab.steps(2)
        done += 1
    return done


def lose_commits(lab: Lab, rounds: int) -> int:
    """The workers reach PostgreSQL through a proxy that breaks off at their commits."""
    with commit_proxy("127.0.0.1", lab.place.postgres.port) as proxy:
        url = urlsplit(os.environ["DATABASE_URL"])
        account = url.netloc.rpartition("@")[0]
        through = url._replace(netloc=f"{account}@127.0.0.1:{proxy.port}").geturl()
        lab.restart_nodes(DATABASE_URL=through)
        try:
            while proxy.broken < rounds:
                loss = list(Loss)[proxy.broken // 3 % 2]
                for statement in (CLAIM, GATE, FINISH)[: rounds - proxy.broken]:
                    proxy.break_next(statement, loss)
                if not lab.move():
                    break
                with lab.recovering():
                    lab.settle()
                proxy.disarm()
                lab.steps(1)
        finally:
            lab.restart_nodes()
        return proxy.broken


def _restart_postgres(lab: Lab) -> None:
    lab.place.postgres.restart()
    lab.place.postgres.wait()


FAULTS = (
    Fault(
        name="redis restart",
        does="Redis is restarted amid mails and has forgotten all",
        must_hold="I1-I8; no unknown",
        rounds=20,
        inject=amid_mails(lambda lab: lab.place.redis.restart()),
        recovery_limit=_BROKER_SECONDS + _SLACK,
        leads_a_domain=30,
    ),
    Fault(
        name="redis flushall",
        does="FLUSHALL amid mails: tasks, locks and bindings are gone",
        must_hold="I1-I8; no unknown",
        rounds=20,
        inject=amid_mails(lambda lab: lab.place.redis.flush()),
        recovery_limit=_SLACK,
        leads_a_domain=30,
    ),
    Fault(
        name="redis down",
        does=f"Redis is away for {_DOWN_SECONDS:.0f} s, ten minutes of business time",
        must_hold="I1-I8; no unknown",
        rounds=_DOWN_ROUNDS,
        inject=leave_redis_down,
        recovery_limit=40.0,  # Celery's pause between two tries has grown to 32 s by then
        leads_a_domain=10,
    ),
    Fault(
        name="postgres restart",
        does="PostgreSQL is restarted (fast) amid mails",
        must_hold="I1-I8; unknown ≤ mails on the wire",
        rounds=20,
        inject=amid_mails(_restart_postgres),
        recovery_limit=2 * _SLACK,
        unknown_allowed=lambda rounds: rounds * WORKER_PROCESSES * len(NODES),
        leads_a_domain=30,
    ),
    Fault(
        name="postgres commit",
        does="the connection breaks at the COMMIT of claim, gate or answer, before or after it",
        must_hold="I1-I8; no unknown",
        rounds=20,
        inject=lose_commits,
        recovery_limit=CLAIM_LEASE_SECONDS + _SLACK,
        leads_a_domain=30,
    ),
)
