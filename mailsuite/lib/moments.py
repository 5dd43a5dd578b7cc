"""Which dates a person can mean."""

from __future__ import annotations

from datetime import datetime

_FIRST_YEAR, _LAST_YEAR = 2000, 2200
YEARS = f"The year must lie from {_FIRST_YEAR} to {_LAST_YEAR}."


def is_sensible(at: datetime) -> bool:
    """Neither a mistyped year nor one at the edge of what time zones can reckon with."""
    return _FIRST_YEAR <= at.year <= _LAST_YEAR
