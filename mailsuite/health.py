"""Is this process alive, and can it do its work?

Not django-health-check's view: it runs each check in a thread of an event loop, which leaves a
database connection behind in every one of them under a threaded web server; it answers 500
where load balancers look for 503; and it shows the text of the error to whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache

import redis
import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from campaigns.backlog import last_tick_age

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 2
# Beat ticks once a minute: two lost ticks are bad luck, a third is a dead beat or worker.
TICK_IS_LATE_AFTER = timedelta(minutes=3)


class NotReadyError(Exception):
    """Said to whoever asks, so without addresses or names."""


def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nobody else: a restart would not bring a database back."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> HttpResponse:
    """200 where requests can be served, else 503; the body says what is wrong.

    A late tick is told and does not count: the web must go on taking opt-outs while no worker
    runs. The probe of beat asks for `?tick=required`, and then it does.
    """
    checks = {name: _outcome(name, check) for name, check in CHECKS.items()}
    needed = dict(checks)
    if request.GET.get("tick") != "required":
        del needed["tick"]
    is_ready = all(outcome == "ok" for outcome in needed.values())
    return JsonResponse(
        {"status": "ok" if is_ready else "unavailable", "checks": checks},
        status=200 if is_ready else 503,
        headers={"Cache-Control": "no-store"},
    )


def check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_redis() -> None:
    with redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
    ) as client:
        client.ping()


@cache  # what has been applied stays applied; a failure is asked again
def check_migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReadyError("not applied: run `manage.py migrate`")


def check_tick() -> None:
    age = last_tick_age()
    if age is None:
        raise NotReadyError("no tick yet: are beat and a worker running?")
    if age > TICK_IS_LATE_AFTER:
        raise NotReadyError(
            f"last tick {age.total_seconds():.0f} s ago: are beat and a worker running?"
        )


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "redis": check_redis,
    "migrations": check_migrations,
    "tick": check_tick,
}


def _outcome(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except NotReadyError as problem:
        return str(problem)
    except Exception:
        log.exception("not ready", check=name)
        return "unavailable"
    return "ok"
