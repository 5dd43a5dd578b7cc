"""Lists as `{"items": [...], "total": N}`, by `?page=` (from 1) and `?page_size=`."""

from __future__ import annotations

from typing import Any

from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response


class Pages(PageNumberPagination):
    page_size = 50
    max_page_size = 500
    page_size_query_param = "page_size"

    def get_paginated_response(self, data: Any) -> Response:
        assert self.page is not None  # noqa: S101  set by paginate_queryset, always called before
        return Response({"items": data, "total": self.page.paginator.count})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["items", "total"],
            "properties": {
                "items": schema,
                "total": {"type": "integer", "description": "Of all pages together."},
            },
        }
