"""A campaign's page and the list of campaigns, with a million messages and with ten thousand.

Both campaigns are in one database and equally long under way: as many days, steps and domains.
Asked are the API's list and page, and the admin's page of the campaign.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from statistics import median

from benchmarks.many_messages import launched_with_messages
from benchmarks.measurement import Measurement
from benchmarks.requests_here import SignedIn
from benchmarks.timing import by_turns, seconds_of

MESSAGES, SMALL = 1_000_000, 10_000
QUICK_MESSAGES, QUICK_SMALL = 40_000, 1_000
_TIMES = 3

PAGES = {
    "API list": "/api/v1/campaigns?search={name}",
    "API page": "/api/v1/campaigns/{pk}",
    "admin list": "/admin/campaigns/campaign/?q={name}",
    "admin page": "/admin/campaigns/campaign/{pk}/change/",
}


def measure(variant: str, *, quick: bool) -> Iterator[Measurement]:
    messages, small = (QUICK_MESSAGES, QUICK_SMALL) if quick else (MESSAGES, SMALL)
    large = launched_with_messages("Large", messages)
    few = launched_with_messages("Few", small)
    client = SignedIn()
    for name, url in PAGES.items():
        large_url, small_url = (url.format(pk=each.pk, name=each.name) for each in (large, few))
        yield Measurement.of(
            "figures",
            name,
            by_turns(
                partial(_page, client, large_url), partial(_page, client, small_url), times=_TIMES
            ),
            reference=f"{small:,} messages",
            detail=f"{messages:,} messages",
        )


def _page(client: SignedIn, url: str) -> float:
    return median(seconds_of(partial(client.get, url)) for _ in range(3))
