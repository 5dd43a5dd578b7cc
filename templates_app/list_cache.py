"""The list of templates, kept in Django's cache until the next change.

Each answer is stored under the current generation; a change starts a new one, and what was stored
under the old is never asked for again. So a reader that was slow to store cannot bring back what
has been changed meanwhile. Without Redis the list is read from the database every time.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

_GENERATION = "templates:generation"
_SECONDS = 300


def remembered(question: str, answer: Callable[[], Any]) -> Any:
    """The answer kept for `question` (any text), else `answer()`, which is then kept."""
    try:
        key = f"templates:{_generation()}:{hashlib.sha256(question.encode()).hexdigest()}"
        kept = cache.get(key)
        if kept is None:
            kept = answer()
            cache.set(key, kept, _SECONDS)
    except RedisError as problem:
        log.warning("no cache for the templates", detail=str(problem))
        return answer()
    return kept


def forget() -> None:
    """Call after the commit: a reader in between would store what was there before."""
    try:
        cache.set(_GENERATION, uuid.uuid4().hex, None)
    except RedisError as problem:
        log.warning("the list of templates may be old", seconds=_SECONDS, detail=str(problem))


def _generation() -> str:
    return str(cache.get_or_set(_GENERATION, lambda: uuid.uuid4().hex, None))
