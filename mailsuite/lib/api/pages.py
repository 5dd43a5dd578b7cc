"""Lists as `{"items": [...], "total": N}`, by `?page=` (from 1) and `?page_size=`."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response


class Pages(BasePagination):
    """A page beyond the last is empty: between two requests of a reader the list may shrink.
    A page or size that is no number, or out of range, is an error."""

    page_param = "page"
    size_param = "page_size"
    default_size = 50
    max_size = 500
    max_page = 1_000_000

    total = 0

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        page = self._number(request, self.page_param, default=1, most=self.max_page)
        size = self._number(request, self.size_param, default=self.default_size, most=self.max_size)
        self.total = self.count(queryset)
        first = (page - 1) * size
        return self.rows(queryset, first, size) if first < self.total else []

    def count(self, queryset: Any) -> int:
        """Of all pages together. For lists that know a faster way."""
        return int(queryset.count())

    def rows(self, queryset: Any, first: int, size: int) -> list[Any]:
        """Those of one page, from the index `first` on. For lists that know a faster way."""
        return list(queryset[first : first + size])

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"items": data, "total": self.total})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["items", "total"],
            "properties": {
                "items": schema,
                "total": {"type": "integer", "description": "Of all pages together."},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            self._parameter(self.page_param, "Counts from 1.", 1, self.max_page),
            self._parameter(self.size_param, "Items a page.", self.default_size, self.max_size),
        ]

    @staticmethod
    def _parameter(name: str, description: str, default: int, most: int) -> dict[str, Any]:
        schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
        return {
            "name": name,
            "in": "query",
            "required": False,
            "description": description,
            "schema": schema,
        }

    @staticmethod
    def _number(request: Request, name: str, *, default: int, most: int) -> int:
        given = request.query_params.get(name, "")
        if not given:
            return default
        if given.isascii() and given.isdigit() and len(given) < 10 and 1 <= int(given) <= most:
            return int(given)
        raise ValidationError({name: [f"This must be a whole number from 1 to {most}."]})
