"""Web addresses of a campaign's mails, each stored once: a click can lead to these only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import partial

from django.db import connection, transaction

from campaigns.models import TrackedLink

# Links are the same in all mails of a campaign, apart from those that name the lead's own site.
_REMEMBERED = 50_000
_ids: dict[tuple[int, str], int] = {}

_UPSERT = f"""
    INSERT INTO {TrackedLink._meta.db_table} (campaign_id, url, url_digest)
    SELECT %s, link.url, link.digest FROM unnest(%s::text[], %s::text[]) AS link (url, digest)
    ON CONFLICT (campaign_id, url_digest) DO UPDATE SET url_digest = excluded.url_digest
    RETURNING id, url
"""  # noqa: S608  the name is the model's own


def link_ids(campaign_id: int, urls: Iterable[str]) -> dict[str, int]:
    """The id of each address, stored now where it is new: at most one statement, and none for
    addresses that this process has met before."""
    wanted = dict.fromkeys(urls)
    unmet = sorted(url for url in wanted if (campaign_id, url) not in _ids)
    stored = _store(campaign_id, unmet) if unmet else {}
    return {url: stored.get(url) or _ids[campaign_id, url] for url in wanted}


def _store(campaign_id: int, urls: list[str]) -> dict[str, int]:
    """One statement, as every lead may have a link of its own. The conflicting rows are "updated"
    to themselves, because only then does PostgreSQL answer their ids. In the order of the index,
    so that two workers cannot wait in a circle."""
    digests = sorted((digest_of(url), url) for url in urls)
    with connection.cursor() as cursor:
        cursor.execute(
            _UPSERT, [campaign_id, [url for _, url in digests], [digest for digest, _ in digests]]
        )
        found = {url: int(link_id) for link_id, url in cursor.fetchall()}
    # A row that is rolled back must not be remembered.
    transaction.on_commit(partial(_remember, campaign_id, found))
    return found


def _remember(campaign_id: int, found: dict[str, int]) -> None:
    if len(_ids) > _REMEMBERED:
        _ids.clear()
    _ids.update({(campaign_id, url): link_id for url, link_id in found.items()})


def digest_of(url: str) -> str:
    return hashlib.blake2b(url.encode(), digest_size=16).hexdigest()
