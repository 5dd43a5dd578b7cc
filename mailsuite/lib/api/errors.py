"""Errors as `{"data": null, "error": {code, message, details}}`.

`details` names each field that is wrong, what is wrong with it and how to mend it:
`{"field": "schedule.start_at", "code": "invalid", "message": "…"}`; `field` is null for an
error about the whole request.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, JsonResponse
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import ErrorResponse
from rest_framework.exceptions import (
    APIException,
    MethodNotAllowed,
    NotAcceptable,
    ParseError,
    UnsupportedMediaType,
)

from mailsuite.lib.errors import Refusal

NON_FIELD = "non_field_errors"
_SERVER_ERROR = "Something went wrong on our side; it has been logged. Trying again is safe."
_GET_A_TOKEN = "POST /api/v1/auth/token gives one, to be sent as “Authorization: Bearer <access>”."  # noqa: S105
_WORDS = {
    "error": _SERVER_ERROR,
    "not_authenticated": f"This needs an access token. {_GET_A_TOKEN}",
    "permission_denied": "Your account may not do this. Ask an administrator for the right to.",
}


def error_body(code: str, message: str, details: list[dict[str, Any]]) -> dict[str, Any]:
    return {"data": None, "error": {"code": code, "message": message, "details": details}}


class RefusedByService(APIException):
    """A Refusal on its way out through REST framework."""

    def __init__(self, refusal: Refusal) -> None:
        self.status_code = refusal.status
        self.refusal = refusal
        super().__init__(refusal.message, refusal.code)


class ServiceExceptionHandler(ExceptionHandler):
    """Adds to the known exceptions the refusals of our own services, and those of Django for
    requests that are too large or forged."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, Refusal):
            return RefusedByService(exc)
        if isinstance(exc, SuspiciousOperation):
            return ParseError("The request is too large or malformed.")
        return super().convert_known_exceptions(exc)


class EnvelopeErrors(ExceptionFormatter):
    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        if isinstance(self.exc, RefusedByService):
            return _refusal_body(self.exc.refusal)
        errors = error_response.errors
        first = errors[0]
        if error_response.type == "validation_error":
            details = [
                {"field": _field(error.attr), "code": error.code, "message": error.detail}
                for error in errors
            ]
            field = _field(first.attr)
            message = f"{field}: {first.detail}" if field else first.detail
            return error_body("invalid", message, details)
        if first.code == "token_not_valid" and len(errors) > 1:
            # Of an access token; simplejwt adds which classes it tried to read it as.
            message = f"The access token is not valid or has expired. {_GET_A_TOKEN}"
        else:
            message = _WORDS.get(first.code, first.detail)
        return error_body(first.code, f"{message}{self._way_out()}", [])

    def _way_out(self) -> str:
        """What the address does take, where it was asked for something else."""
        view = self.context.get("view")
        if isinstance(self.exc, MethodNotAllowed):
            taken = [method for method in view.allowed_methods if method != "OPTIONS"]
            return f" This address takes {', '.join(taken)}."
        if isinstance(self.exc, UnsupportedMediaType):
            types = ", ".join(parser.media_type for parser in view.parser_classes)
            return f" Send it with Content-Type: {types}."
        if isinstance(self.exc, NotAcceptable):
            types = ", ".join(renderer.media_type for renderer in view.renderer_classes)
            return f" Leave the Accept header out, or ask for {types}."
        return ""


def _field(path: str | None) -> str | None:
    """The path of a field without REST framework's own name for "none in particular"."""
    names = [name for name in (path or "").split(".") if name != NON_FIELD]
    return ".".join(names) or None


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


def bad_request(request: HttpRequest) -> JsonResponse:
    return JsonResponse(error_body("invalid", "The request is malformed.", []), status=400)


def server_error(request: HttpRequest) -> JsonResponse:
    return JsonResponse(error_body("error", _SERVER_ERROR, []), status=500)
