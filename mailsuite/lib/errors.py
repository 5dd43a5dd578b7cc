"""Refusals: what a service raises when it will not do what it was asked.

They carry words for a person (what, where, how to mend) and become the matching answer at
the edge: the API renders them with their status, the admin shows them as a message, a
command prints them. Services raise these and never an HTTP exception.
"""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """The request is understood and breaks a rule (HTTP 422).

    `fields` maps the name of an input field to what is wrong with it, where the refusal is
    about fields; `message` says it as a whole.
    """

    status = 422
    code = "refused"
    # Whether a record of the refusal was written, which must outlive the request.
    keeps_record = False

    def __init__(
        self, message: str, *, fields: Mapping[str, str] | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})
        self.code = code or self.code


class Conflict(Refusal):
    """Somebody or something else stands in the way right now (HTTP 409)."""

    status = 409
    code = "conflict"
