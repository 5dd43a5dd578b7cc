"""A lock in Redis per sending domain, so that workers don't crowd in front of one throttle.

It saves work and nothing depends on it: with Redis empty, gone or wrong, the claim and the
gate still let each mail out once and in its time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis
import structlog
from django.conf import settings
from redis.exceptions import LockError, RedisError

log = structlog.get_logger(__name__)

# Longer than a turn with a slow server; a dead worker's lock is gone after that.
LOCK_SECONDS = 120


@contextmanager
def domain_lock(domain_id: int) -> Iterator[bool]:
    """Yield whether this worker is the one to serve the domain now.

    redis-py's lock: a random token, a time to live, and release by compare in one script.
    """
    lock = _client().lock(f"sending-domain:{domain_id}", timeout=LOCK_SECONDS, blocking=False)
    try:
        is_ours = lock.acquire()
    except RedisError as problem:
        log.warning("no domain lock", domain_id=domain_id, detail=str(problem))
        yield True
        return
    try:
        yield is_ours
    finally:
        if is_ours:
            _release(lock)


def _release(lock: redis.lock.Lock) -> None:
    try:
        lock.release()
    except (LockError, RedisError) as problem:
        # It ran out, or Redis went away. Whoever has it now loses nothing.
        log.warning("domain lock not released", detail=str(problem))


_CLIENTS: dict[str, redis.Redis] = {}


def _client() -> redis.Redis:
    """One connection pool a process. The URL is read late: tests bring their own server."""
    url = settings.REDIS_URL
    if url not in _CLIENTS:
        _CLIENTS[url] = redis.Redis.from_url(url, socket_timeout=5)
    return _CLIENTS[url]
