"""Public holidays by country, from the `holidays` package."""

from collections.abc import Container
from datetime import date
from functools import lru_cache

import holidays

from campaigns.scheduling.errors import InvalidFieldError


@lru_cache
def public_holidays(country: str | None, subdivision: str | None) -> Container[date]:
    """The dates that are public holidays in `country` (ISO 3166-1 alpha-2, "NL").

    Only what everybody has off counts: Dutch Liberation Day is in it in 2025 and 2030, not in
    between. None for no country: no date is a holiday. Raises InvalidFieldError naming the field of
    the policy.
    """
    if country is None:
        if subdivision is not None:
            raise InvalidFieldError("holiday_subdivision", "needs a holiday_country beside it")
        return frozenset()
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        raise InvalidFieldError(
            "holiday_country", f'unknown country "{country}"; give its two letters, such as "NL"'
        )
    if subdivision is not None and subdivision not in known[country]:
        allowed = ", ".join(known[country]) or "none"
        raise InvalidFieldError(
            "holiday_subdivision",
            f'{country} has no part "{subdivision}"; it has these: {allowed}',
        )
    return holidays.country_holidays(country, subdiv=subdivision)
