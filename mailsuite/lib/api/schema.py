"""The OpenAPI schema says what the API really answers: the envelope, also around errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mailsuite.lib.idempotency.views import HEADER

_ERRORS = {
    "400": "The request is malformed; `details` names the fields.",
    "401": "No valid access token; of /auth, a wrong password or a refresh token that is used up.",
    "403": "The token's owner lacks the right for this.",
    "404": "There is no such thing.",
    "406": "Only other content types are asked for than are answered here.",
    "409": "Something else stands in the way right now; the message names it.",
    "415": "The body is of a content type that is not taken here.",
    "422": "Understood, and refused by a rule; the message says which and the way out.",
    "429": "Too many tries; Retry-After says when to come back.",
    "500": "Something went wrong on our side; it has been logged.",
}
_KEY_IN_USE = (
    " With an Idempotency-Key also: the first request with it is still under way "
    "(`idempotency_key_in_flight`), or it was used for another request "
    "(`idempotency_key_reused`)."
)

ERROR_ENVELOPE = {
    "type": "object",
    "required": ["data", "error"],
    "properties": {
        "data": {"nullable": True, "enum": [None]},
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "details": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["field", "code", "message"],
                        "properties": {
                            "field": {"type": "string", "nullable": True},
                            "code": {"type": "string"},
                            "message": {"type": "string"},
                        },
                    },
                },
            },
        },
    },
}


def wrap_in_envelope(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular postprocessing hook."""
    components = result["components"]
    components.setdefault("schemas", {})["ErrorEnvelope"] = ERROR_ENVELOPE
    components["responses"] = {
        **{_name(status): _error_response(text) for status, text in _ERRORS.items()},
        _name("409", HEADER): _error_response(_ERRORS["409"] + _KEY_IN_USE),
    }
    for path in result["paths"].values():
        for method, operation in path.items():
            _wrap_operation(method, operation)
            _allow_empty(operation.get("parameters", []))
    return result


def _wrap_operation(method: str, operation: dict[str, Any]) -> None:
    responses = operation.setdefault("responses", {})
    if "204" in responses:
        # What spectacular takes for granted of a DELETE. The envelope is a body, so it is a 200.
        responses["200"] = responses.pop("204")
    for status, response in responses.items():
        if status.startswith("2"):
            _wrap_success(response)
    declared = {status for status in responses if status in _ERRORS}
    takes_key = HEADER in _parameters(operation, "header")
    for status in sorted(declared.union(_errors(method, operation))):
        name = _name(status, HEADER if takes_key and status == "409" else "")
        responses.pop(status, None)  # so that they come in order
        responses[status] = {"$ref": f"#/components/responses/{name}"}


def _errors(method: str, operation: dict[str, Any]) -> Iterator[str]:
    """What may go wrong with any operation of this kind. A view declares what is peculiar to it:
    a GET that refuses, a limit on tries."""
    yield from ("401", "406", "500")
    has_body = "requestBody" in operation
    is_secured = any(operation.get("security", []))
    if has_body or _parameters(operation, "query", "header"):
        yield "400"
    if is_secured:
        yield "403"
    if _parameters(operation, "path"):
        yield "404"
    if is_secured and method != "get":
        yield "409"
    if has_body or (is_secured and method == "post"):
        yield "422"
    if has_body:
        yield "415"


def _parameters(operation: dict[str, Any], *places: str) -> set[str]:
    parameters = operation.get("parameters", [])
    return {parameter["name"] for parameter in parameters if parameter["in"] in places}


def _allow_empty(parameters: list[dict[str, Any]]) -> None:
    """`?status=` counts as not given, as forms send it (see mailsuite.lib.api.query)."""
    for parameter in parameters:
        if parameter["in"] == "query" and not parameter.get("required"):
            parameter["allowEmptyValue"] = True


def _wrap_success(response: dict[str, Any]) -> None:
    content = response.setdefault("content", {})
    if content and "application/json" not in content:
        return  # a file, not an answer
    inner = content.get("application/json", {}).get("schema", {"nullable": True})
    content["application/json"] = {
        "schema": {
            "type": "object",
            "required": ["data", "error"],
            "properties": {"data": inner, "error": {"nullable": True, "enum": [None]}},
        }
    }


def _error_response(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ErrorEnvelope"}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _name(status: str, header: str = "") -> str:
    return f"Error{status}{header.replace('-', '')}"
