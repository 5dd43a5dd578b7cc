"""The OpenAPI schema says what the API really answers: the envelope, also around errors."""

from __future__ import annotations

from typing import Any

_ERROR_STATUSES = {
    "400": "The request is malformed; `details` names the fields.",
    "401": "No valid access token.",
    "403": "The token's owner lacks the right for this.",
    "404": "There is no such thing.",
    "405": "This address does not take that method.",
    "406": "Only application/json is answered.",
    "409": "Something else stands in the way right now; the message names it.",
    "415": "This address does not take that content type.",
    "422": "Understood, and refused by a rule; the message says which and the way out.",
    "429": "Too many tries; Retry-After says when to come back.",
}
# Only where an operation declares it.
_RARE = {"429"}

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
        _name(status): _error_response(text) for status, text in _ERROR_STATUSES.items()
    }
    for path in result["paths"].values():
        for operation in path.values():
            _wrap_operation(operation.setdefault("responses", {}))
            _allow_empty(operation.get("parameters", []))
    return result


def _wrap_operation(responses: dict[str, Any]) -> None:
    if "204" in responses:
        # What spectacular takes for granted of a DELETE. The envelope is a body, so it is a 200.
        responses["200"] = responses.pop("204")
    for status, response in responses.items():
        if status.startswith("2"):
            _wrap_success(response)
    for status in _ERROR_STATUSES:
        if status in responses or status not in _RARE:
            responses[status] = {"$ref": f"#/components/responses/{_name(status)}"}


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


def _name(status: str) -> str:
    return f"Error{status}"
