"""Is the month the first number of "8/10"? One answer for a whole text.

A number above 12 tells. Else only English has both orders, and the nearer days are meant: who is
away from 8/3 to 8/7, in August, does not speak of March and July.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import islice

_I = re.IGNORECASE
_MOST = 20
_UNKNOWN = 10_000

_SLASHED = re.compile(r"(?<![\d/.-])(\d{1,2})/(\d{1,2})(?:/((?:20)?\d\d))?(?![\d/])")
_ENGLISH = re.compile(
    r"\b(?:the|and|will|my|your|you|with|until|from|back|away|leave|out|returning|vacation"
    r"|i|ooo|pto|thru|through|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    _I,
)
_OTHERS = re.compile(
    r"\b(?:ik|wij|het|een|van|voor|niet|weer|ben|tot|uw|ich|bin|und|der|die|nicht|vom|bis|wieder"
    r"|je|suis|du|au|jusqu|nous|retour|votre|le)\b",
    _I,
)


def is_month_first(text: str, written_on: date) -> bool:
    told = [match.groups() for match in islice(_SLASHED.finditer(text), _MOST)]
    told = [numbers for numbers in told if numbers[:2] != ("24", "7")]
    if not told or any(int(first) > 12 for first, _, _ in told):
        return False
    if any(int(second) > 12 for _, second, _ in told):
        return True
    if len(_ENGLISH.findall(text)) <= len(_OTHERS.findall(text)):
        return False
    by_month = _distance(((year, first, second) for first, second, year in told), written_on)
    by_day = _distance(((year, second, first) for first, second, year in told), written_on)
    return by_month < by_day


def _distance(days: Iterable[tuple[str | None, str, str]], written_on: date) -> int:
    """How many days the farthest of (year, month, day) is away; one that is over counts as far."""
    return max(_days_until(year, int(month), int(day), written_on) for year, month, day in days)


def _days_until(year_text: str | None, month: int, day: int, written_on: date) -> int:
    years = [int(year_text) % 100 + 2000] if year_text else [written_on.year, written_on.year + 1]
    distances = []
    for year in years:
        try:
            distances.append(abs((date(year, month, day) - written_on).days))
        except ValueError:
            distances.append(_UNKNOWN)
    return min(distances)
