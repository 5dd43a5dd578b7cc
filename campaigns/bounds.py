"""How small and how large the numbers of a campaign may be, in every place that takes them."""

from __future__ import annotations

from typing import NamedTuple


class Bounds(NamedTuple):
    """Both are allowed themselves."""

    least: int
    most: int


FOLLOWUP_DAYS = Bounds(0, 365)  # workdays
EXCLUDE_RECENT_DAYS = Bounds(0, 3650)  # 0: nobody is excluded
DAILY_LIMIT = Bounds(1, 1_000_000)  # mails
