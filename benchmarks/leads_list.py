"""A page of the list of leads, as the API gives it, out of a million and out of ten thousand.

The whole request counts: token, filters, the total, the page and its JSON. Each is asked as often
as a person pages: the first time the total is counted, and kept until a lead changes. What that
first time takes stands in the detail.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from statistics import median

from benchmarks.many_leads import make_leads, small_tables
from benchmarks.measurement import Measurement
from benchmarks.requests_here import SignedIn
from benchmarks.timing import by_turns, seconds_of

LEADS, SMALL = 1_000_000, 10_000
QUICK_LEADS, QUICK_SMALL = 40_000, 4_000
_TIMES = 5

REQUESTS = {
    "newest": "",
    "filtered": "status=active&list_name=lijst 3&domain_tld=nl",
    "tags, score": "tags=vip&min_score=50&sort_by=score",
    "complete": "is_complete=true&sort_by=created_at&sort_order=asc",
    "search": "search=hotel c0&page_size=10",
    "by email": "status=active&sort_by=email&sort_order=asc",
    "by company": "status=active&sort_by=company&sort_order=asc",
    "by score": "tier=tier 1&sort_by=score",
    "by last mail": "sort_by=last_emailed_at",
    "half way": "sort_by=created_at&page={middle}",
    "last page": "sort_by=email&page={last}",
}
_PAGE_SIZE = 50


def measure(variant: str, *, quick: bool) -> Iterator[Measurement]:
    leads, small, times = (QUICK_LEADS, QUICK_SMALL, 3) if quick else (LEADS, SMALL, _TIMES)
    client = SignedIn()
    make_leads(leads)
    with small_tables():
        make_leads(small)
    for name, parameters in REQUESTS.items():
        large_url, small_url = (_url(parameters, count) for count in (leads, small))
        first = seconds_of(partial(client.get, large_url))
        medians = by_turns(
            partial(_page, client, large_url),
            partial(_page_of_few, client, small_url),
            times=times,
        )
        yield Measurement.of(
            "leads-list",
            name,
            medians,
            reference=f"{small:,} leads",
            detail=f"{leads:,} leads, ?{parameters}; the first time {first:.2g} s",
        )


def _page(client: SignedIn, url: str) -> float:
    return median(seconds_of(partial(client.get, url)) for _ in range(3))


def _page_of_few(client: SignedIn, url: str) -> float:
    with small_tables():
        return _page(client, url)


def _url(parameters: str, leads: int) -> str:
    pages = leads * 99 // 100 // _PAGE_SIZE  # one of a hundred is deleted
    return "/api/v1/leads?" + parameters.format(middle=pages // 2, last=pages)
