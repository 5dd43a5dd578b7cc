"""Begin, remember and forget idempotent requests."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.db.models.functions import Now
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from mailsuite.lib.errors import Conflict
from mailsuite.lib.idempotency.models import IdempotencyRecord

KEPT_FOR = timedelta(hours=24)


def take_lock(user: User, key: str, *, beyond_transaction: bool = False) -> None:
    """Let nobody else work under this key: until the transaction ends, or until release_lock.

    A crash frees it either way, so nothing in flight is ever stored. Raises Conflict where
    another request with the key is under way at this moment.
    """
    function = "pg_try_advisory_lock" if beyond_transaction else "pg_try_advisory_xact_lock"
    if not _ask(function, user, key):
        raise Conflict(
            f"The first request with Idempotency-Key {key!r} is still under way. Ask again soon.",
            code="idempotency_key_in_flight",
        )


def release_lock(user: User, key: str) -> None:
    """For a lock that was taken beyond the transaction."""
    _ask("pg_advisory_unlock", user, key)


def answered_before(user: User, key: str, digest: str) -> IdempotencyRecord | None:
    """The answer given before, or None: the caller, who has the lock, does the work now.

    Raises Conflict where the key was used for another request.
    """
    mine = IdempotencyRecord.objects.filter(user=user, key=key)
    mine.filter(created_at__lt=Now() - KEPT_FOR).delete()
    record = mine.first()
    if record is not None and record.request_digest != digest:
        raise Conflict(
            f"Idempotency-Key {key!r} was used for another request. Send a new key.",
            code="idempotency_key_reused",
        )
    return record


def remember(user: User, key: str, digest: str, *, status: int, data: Any) -> None:
    """Store the answer; where the work was a transaction, in that one."""
    IdempotencyRecord.objects.create(
        user=user,
        key=key,
        request_digest=digest,
        response_status=status,
        response_data=_plain(data),
    )


def forget_old() -> int:
    deleted, _ = IdempotencyRecord.objects.filter(created_at__lt=Now() - KEPT_FOR).delete()
    return deleted


def request_digest(request: Request) -> str:
    """Of method, path, fields and uploaded files, in the order they were sent."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if not (request.content_type or "").startswith("multipart/"):
        # Read ahead of REST framework, which then parses this copy.
        digest.update(request._request.body)
        return digest.hexdigest()
    # The boundary between the parts differs each time they are sent; the parts don't.
    for name, values in sorted(request.POST.lists()):
        digest.update(repr((name, values)).encode())
    for name, file in sorted(request.FILES.items()):
        digest.update(repr((name, file.name)).encode())
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
    return digest.hexdigest()


def _ask(function: str, user: User, key: str) -> bool:
    """One of PostgreSQL's functions on advisory locks, for the lock of this key."""
    name = hashlib.blake2b(f"idempotency:{user.pk}:{key}".encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [int.from_bytes(name, "big", signed=True)])
        return bool(cursor.fetchone()[0])


def _plain(data: Any) -> Any:
    """What the renderer would have made of `data`, as plain JSON values."""
    return json.loads(json.dumps(data, cls=JSONEncoder))
