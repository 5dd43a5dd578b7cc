"""Begin, finish and forget idempotent requests."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models.functions import Now
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from mailsuite.lib.errors import Conflict
from mailsuite.lib.idempotency.models import IdempotencyRecord

KEPT_FOR = timedelta(hours=24)
# Longer than any request may run; a record in flight for longer was left by a dead process.
ABANDONED_AFTER = timedelta(minutes=10)


def begin(user: User, key: str, digest: str) -> tuple[IdempotencyRecord, bool]:
    """The record of this key, and whether the caller is the first and must do the work.

    Raises Conflict where the key was used for another request, or its first request has
    not been answered yet.
    """
    IdempotencyRecord.objects.filter(
        user=user, key=key, response_status=None, created_at__lt=Now() - ABANDONED_AFTER
    ).delete()
    IdempotencyRecord.objects.filter(user=user, key=key, created_at__lt=Now() - KEPT_FOR).delete()
    # The unique index decides between two first requests at the same moment.
    record, is_first = IdempotencyRecord.objects.get_or_create(
        user=user, key=key, defaults={"request_digest": digest}
    )
    if record.request_digest != digest:
        raise Conflict(
            f"Idempotency-Key {key!r} was used for another request. Send a new key.",
            code="idempotency_key_reused",
        )
    if not is_first and record.response_status is None:
        raise Conflict(
            f"The first request with Idempotency-Key {key!r} is still under way. Ask again soon.",
            code="idempotency_key_in_flight",
        )
    return record, is_first


def finish(record: IdempotencyRecord, status: int, data: Any) -> None:
    """Store the answer; forget the key where the server failed, so that a retry may succeed."""
    if status >= 500:
        record.delete()
        return
    record.response_status = status
    record.response_data = _plain(data)
    record.save(update_fields=["response_status", "response_data"])


def forget_old() -> int:
    deleted, _ = IdempotencyRecord.objects.filter(created_at__lt=Now() - KEPT_FOR).delete()
    return deleted


def request_digest(request: Request) -> str:
    """Of method, path, fields and uploaded files, in the order they were sent."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.FILES:
        for name, values in sorted(request.POST.lists()):
            digest.update(repr((name, values)).encode())
        for name, file in sorted(request.FILES.items()):
            digest.update(repr((name, file.name)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    else:
        digest.update(request._request.body)
    return digest.hexdigest()


def _plain(data: Any) -> Any:
    """What the renderer would have made of `data`, as plain JSON values."""
    return json.loads(json.dumps(data, cls=JSONEncoder))
