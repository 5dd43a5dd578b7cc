"""Errors as `{"data": null, "error": {code, message, details}}`.

`details` names each field that is wrong, what is wrong with it and how to mend it:
`{"field": "schedule.start_at", "code": "invalid", "message": "…"}`; `field` is null for an
error about the whole request.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import ErrorResponse
from rest_framework.exceptions import APIException

from mailsuite.lib.errors import Refusal


def error_body(code: str, message: str, details: list[dict[str, Any]]) -> dict[str, Any]:
    return {"data": None, "error": {"code": code, "message": message, "details": details}}


class RefusedByService(APIException):
    """A Refusal on its way out through REST framework."""

    def __init__(self, refusal: Refusal) -> None:
        self.status_code = refusal.status
        self.refusal = refusal
        super().__init__(refusal.message, refusal.code)


class ServiceExceptionHandler(ExceptionHandler):
    """Adds to the known exceptions the refusals of our own services."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, Refusal):
            return RefusedByService(exc)
        return super().convert_known_exceptions(exc)


class EnvelopeErrors(ExceptionFormatter):
    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        if isinstance(self.exc, RefusedByService):
            return _refusal_body(self.exc.refusal)
        details = [
            {"field": error.attr, "code": error.code, "message": error.detail}
            for error in error_response.errors
        ]
        first = error_response.errors[0]
        message = f"{first.attr}: {first.detail}" if first.attr else first.detail
        code = "invalid" if error_response.type == "validation_error" else first.code
        return error_body(code, message, details)


def _refusal_body(refusal: Refusal) -> dict[str, Any]:
    details = [
        {"field": field, "code": refusal.code, "message": message}
        for field, message in refusal.fields.items()
    ]
    return error_body(refusal.code, refusal.message, details)


# REST framework never sees an address that leads nowhere, nor an error outside its views.


def not_found(request: HttpRequest) -> JsonResponse:
    message = f"There is nothing at {request.path}. The addresses are listed at /api/v1/docs/."
    return JsonResponse(error_body("not_found", message, []), status=404)


def server_error(request: HttpRequest) -> JsonResponse:
    message = "Something went wrong on our side; it has been logged. Trying again is safe."
    return JsonResponse(error_body("error", message, []), status=500)
