"""What the OpenAPI schema says of `Idempotency-Key`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from mailsuite.lib.idempotency.views import HEADER, LONGEST_KEY, REPLAYED

_REQUEST_HEADER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    OpenApiParameter.HEADER,
    description="Any text of your own, a UUID say, that stands for this one request. Sent again "
    "with the same key within 24 hours, the request does nothing and gets the first answer.",
)
_RESPONSE_HEADER = OpenApiParameter(
    REPLAYED,
    {"type": "string", "enum": ["true"]},
    OpenApiParameter.HEADER,
    response=[200, 201],
    description="The answer is that of the first request with this Idempotency-Key.",
)


class IdempotentSchema(AutoSchema):
    """Documents both headers at the POSTs of a view of IdempotentPosts."""

    def get_override_parameters(self) -> list[Any]:
        parameters = super().get_override_parameters()
        if self.method != "POST":
            return parameters
        return [*parameters, _REQUEST_HEADER, _RESPONSE_HEADER]
