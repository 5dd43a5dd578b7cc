"""The mixin that makes a view's POSTs idempotent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from mailsuite.lib.idempotency import records
from mailsuite.lib.idempotency.models import IdempotencyRecord

if TYPE_CHECKING:
    from rest_framework.views import APIView as Base
else:
    Base = object

HEADER = "Idempotency-Key"


class AnsweredBefore(Exception):
    """Leaves the view early with the stored answer."""

    def __init__(self, record: IdempotencyRecord) -> None:
        self.record = record


class IdempotentPosts(Base):
    _idempotency_record: IdempotencyRecord | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # authentication and rights come first
        key = request.headers.get(HEADER, "")
        if request.method != "POST" or not key or not request.user.is_authenticated:
            return
        if len(key) > 255 or not key.isprintable():
            raise ValidationError({HEADER: "Use at most 255 printable characters, a UUID say."})
        record, is_first = records.begin(request.user, key, records.request_digest(request))
        if not is_first:
            raise AnsweredBefore(record)
        self._idempotency_record = record

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, AnsweredBefore):
            response = Response(exc.record.response_data, status=exc.record.response_status)
            response.exception = bool(response.status_code >= 400)
            response["Idempotency-Replayed"] = "true"
            return response
        try:
            return super().handle_exception(exc)
        except Exception:
            self._finish(500, None)
            raise

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        self._finish(response.status_code, getattr(response, "data", None))
        return response

    def _finish(self, status: int, data: Any) -> None:
        record, self._idempotency_record = self._idempotency_record, None
        if record is not None:
            records.finish(record, status, data)
