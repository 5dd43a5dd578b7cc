"""Web addresses of a campaign's mails, each stored once: a click can lead to these only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import partial

from django.db import transaction

from campaigns.models import TrackedLink

# Links are the same in all mails of a campaign, apart from those that name the lead's own site.
_REMEMBERED = 50_000
_ids: dict[tuple[int, str], int] = {}


def link_ids(campaign_id: int, urls: Iterable[str]) -> dict[str, int]:
    """The id of each address, stored now where it is new: at most one statement, and none for
    addresses that this process has met before."""
    wanted = dict.fromkeys(urls)
    unmet = sorted(url for url in wanted if (campaign_id, url) not in _ids)
    stored = _store(campaign_id, unmet) if unmet else {}
    return {url: stored.get(url) or _ids[campaign_id, url] for url in wanted}


def _store(campaign_id: int, urls: list[str]) -> dict[str, int]:
    """One upsert: the conflicting rows are "updated" to themselves, because only then does
    PostgreSQL answer their ids. In sorted order, so that two workers cannot wait in a circle."""
    rows = TrackedLink.objects.bulk_create(
        [
            TrackedLink(campaign_id=campaign_id, url=url, url_digest=digest_of(url))
            for url in sorted(urls, key=digest_of)
        ],
        update_conflicts=True,
        unique_fields=["campaign", "url_digest"],
        update_fields=["url_digest"],
    )
    found = {row.url: row.pk for row in rows}
    # A row that is rolled back must not be remembered.
    transaction.on_commit(partial(_remember, campaign_id, found))
    return found


def _remember(campaign_id: int, found: dict[str, int]) -> None:
    if len(_ids) > _REMEMBERED:
        _ids.clear()
    _ids.update({(campaign_id, url): link_id for url, link_id in found.items()})


def digest_of(url: str) -> str:
    return hashlib.blake2b(url.encode(), digest_size=16).hexdigest()
