"""The mixin that makes a view's POSTs idempotent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from mailsuite.lib.errors import Refusal
from mailsuite.lib.idempotency import records
from mailsuite.lib.idempotency.models import IdempotencyRecord

if TYPE_CHECKING:
    from rest_framework.views import APIView as Base
else:
    Base = object

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 255


class AnsweredBefore(Exception):
    """Leaves the view early with the stored answer."""

    def __init__(self, record: IdempotencyRecord) -> None:
        self.record = record


class IdempotentPosts(Base):
    # A view that talks to another server while it works: no transaction may be open then, so
    # work and answer are two. A crash between them leaves the key free, and the work done.
    reaches_out = False

    _digest: str | None = None
    _keeps_record = False
    _has_lock = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or not request.headers.get(HEADER):
            return super().dispatch(request, *args, **kwargs)
        if self.reaches_out:
            return self._dispatch_in_the_open(request, *args, **kwargs)
        with transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)
            if response.status_code >= 400:
                if not self._keeps_record:
                    transaction.set_rollback(True)
            elif self._digest is not None:
                self._remember(response)
        return response

    def _dispatch_in_the_open(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        try:
            response = super().dispatch(request, *args, **kwargs)
            if response.status_code < 400 and self._digest is not None:
                self._remember(response)
            return response
        finally:
            if self._has_lock:
                records.release_lock(cast(User, self.request.user), request.headers[HEADER])

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # authentication and rights come first
        key = request.headers.get(HEADER, "")
        if request.method != "POST" or not key:
            return
        if len(key) > LONGEST_KEY or not key.isprintable():
            problem = f"Use at most {LONGEST_KEY} printable characters, a UUID say."
            raise ValidationError({HEADER: problem})
        user, digest = cast(User, request.user), records.request_digest(request)
        records.take_lock(user, key, beyond_transaction=self.reaches_out)
        self._has_lock = self.reaches_out
        answered = records.answered_before(user, key, digest)
        if answered is not None:
            raise AnsweredBefore(answered)
        self._digest = digest

    def handle_exception(self, exc: Exception) -> Response:
        if not isinstance(exc, AnsweredBefore):
            self._keeps_record = isinstance(exc, Refusal) and exc.keeps_record
            return super().handle_exception(exc)
        response = Response(exc.record.response_data, status=exc.record.response_status)
        response[REPLAYED] = "true"
        return response

    def _remember(self, response: HttpResponseBase) -> None:
        records.remember(
            cast(User, self.request.user),
            self.request.headers[HEADER],
            str(self._digest),
            status=response.status_code,
            data=getattr(response, "data", None),
        )
