"""Fields that serializers of several apps share."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

BIGGEST_ID = 2**63 - 1  # of a PostgreSQL bigint


class Choice(serializers.ChoiceField):
    """One of a few words. A wrong one is told the right ones."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices, **kwargs)
        allowed = ", ".join(map(str, self.choices))
        self.error_messages["invalid_choice"] = f"{{input!r}} is none of: {allowed}."


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "pattern": "^[0-9]{1,18}$"},
            {"type": "integer", "minimum": 0, "maximum": BIGGEST_ID},
        ]
    }
)
class IdField(serializers.Field[int, Any, str, Any]):
    """An id in a request: the string that the API gave out, or its number. Becomes an int."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and data.isascii() and data.isdigit() and len(data) <= 18:
            return int(data)
        if isinstance(data, int) and not isinstance(data, bool) and 0 <= data <= BIGGEST_ID:
            return data
        raise serializers.ValidationError(
            f"{str(data)[:100]!r} is no id. Send an id as the API gave it out.", "invalid"
        )

    def to_representation(self, value: int) -> str:
        return str(value)
