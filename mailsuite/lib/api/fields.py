"""Fields that serializers of several apps share."""

from __future__ import annotations

import json
import re
from datetime import datetime, time
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from mailsuite.lib.moments import YEARS, is_sensible

BIGGEST_ID = 2**63 - 1  # of a PostgreSQL bigint


class Choice(serializers.ChoiceField):
    """One of a few words. A wrong one is told the right ones."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices, **kwargs)
        words = map(str, self.choices)
        # A sign on its own would be lost among the commas.
        allowed = ", ".join(
            word if word.isprintable() and word[:1].isalnum() else json.dumps(word)
            for word in words
        )
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
        if isinstance(data, str) and data.isascii() and data.isdigit() and len(data) <= 19:
            data = int(data)
        if isinstance(data, int) and not isinstance(data, bool) and 0 <= data <= BIGGEST_ID:
            return data
        raise serializers.ValidationError(
            f"{str(data)[:100]!r} is no id. Send an id as the API gave it out.", "invalid"
        )

    def to_representation(self, value: int) -> str:
        return str(value)


_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"


@extend_schema_field({"type": "string", "pattern": _CLOCK, "example": "08:00"})
class WallClock(serializers.TimeField):
    """A time of day in the zone of something else, so without an offset of its own."""

    def to_internal_value(self, value: Any) -> time:
        # Django would take an offset and drop it.
        if not isinstance(value, str) or not re.match(_CLOCK, value):
            raise serializers.ValidationError(
                "Write it as 08:00, without a time zone: that is the sending policy's.", "invalid"
            )
        return super().to_internal_value(value)


class Moment(serializers.DateTimeField):
    """A date and time; without an offset it is meant in the time zone of this installation."""

    default_error_messages = {"overflow": YEARS}

    def to_internal_value(self, value: Any) -> datetime:
        at = super().to_internal_value(value)
        if not is_sensible(at):
            raise serializers.ValidationError(YEARS, "invalid")
        return at
