"""Note a hit while the visitor waits: one round trip, no lock, and never a failure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import structlog
from django.db import DatabaseError, DataError, InterfaceError, connection

from tracking.models import Hit
from tracking.together import Together
from tracking.visitor import Visitor

logger = structlog.get_logger(__name__)

# Of one message and kind, until the next digest. Beyond it (and what came in together with the
# last of them) hits are answered, not noted.
MOST_WAITING = 200

# Sent as one simple query, hence one round trip and one transaction. A crash of the database
# may lose the last half second of hits; for that, no visitor waits for a disk.
_INSERT = """
SET LOCAL synchronous_commit = off;
SET LOCAL statement_timeout = '1s';
WITH message AS (
    SELECT id, campaign_id FROM campaigns_message WHERE id = ANY(%(message_id)s::bigint[])
), stored AS (
    INSERT INTO tracking_hit (kind, message_id, link_id, at, method, user_agent, ip_address)
    SELECT kind, message_id, link_id, at, method, user_agent, ip_address
    FROM unnest(
        %(kind)s::text[], %(message_id)s::bigint[], %(link_id)s::bigint[],
        %(campaign_id)s::bigint[], %(at)s::timestamptz[], %(method)s::text[],
        %(user_agent)s::text[], %(ip_address)s::inet[]
    ) AS hit (kind, message_id, link_id, campaign_id, at, method, user_agent, ip_address)
    JOIN message
        ON message.id = hit.message_id
        AND message.campaign_id = coalesce(hit.campaign_id, message.campaign_id)
    WHERE (
        SELECT count(*) FROM (
            SELECT FROM tracking_hit AS noted
            WHERE noted.message_id = hit.message_id AND noted.kind = hit.kind
            LIMIT %(most_waiting)s
        ) AS waiting
    ) < %(most_waiting)s
)
SELECT id, campaign_id FROM message
"""


class _Columns(NamedTuple):
    """A hit as it is stored, and the campaign that its message must belong to."""

    kind: str
    message_id: int
    link_id: int | None
    campaign_id: int | None
    at: datetime
    method: str
    user_agent: str
    ip_address: str | None


def record_hit(
    kind: Hit.Kind,
    message_id: int,
    visitor: Visitor,
    *,
    at: datetime,
    link_id: int | None = None,
    campaign_id: int | None = None,
) -> bool:
    """Note the hit; answer whether there is such a message, where `campaign_id` is given in that
    campaign.

    Visitors that come at about one time share a round trip. A database that is down, slow or
    full costs the hit, not the visitor: the answer is then True, since the token has proved the
    message.
    """
    return _note(
        _Columns(
            kind=kind.value,
            message_id=message_id,
            link_id=link_id,
            campaign_id=campaign_id,
            at=at,
            method=visitor.method,
            user_agent=visitor.user_agent,
            ip_address=visitor.ip_address,
        )
    )


def _write(hits: Sequence[_Columns]) -> list[bool]:
    """For each of the hits whether its message is there."""
    try:
        known = _insert(hits)
    except DataError as problem:
        if len(hits) > 1:  # what is wrong with one must not cost the others
            return [answer for hit in hits for answer in _write([hit])]
        return _lost(hits, problem)
    except (DatabaseError, InterfaceError) as problem:
        return _lost(hits, problem)
    return [
        hit.message_id in known and hit.campaign_id in (None, known[hit.message_id]) for hit in hits
    ]


def _insert(hits: Sequence[_Columns]) -> dict[int, int]:
    """Those of the messages that are there, with their campaigns."""
    columns = map(list, zip(*hits, strict=True))
    values: dict[str, Any] = dict(zip(_Columns._fields, columns, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, {**values, "most_waiting": MOST_WAITING})
        while cursor.nextset():  # past the empty results of SET
            pass
        return dict(cursor.fetchall())


def _lost(hits: Sequence[_Columns], problem: Exception) -> list[bool]:
    for hit in hits:
        logger.warning(
            "hit_not_recorded", kind=hit.kind, message_id=hit.message_id, error=str(problem)
        )
    return [True] * len(hits)


_note = Together(_write, otherwise=True)
