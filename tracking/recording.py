"""Note a hit while the visitor waits: one round trip, no lock, and never a failure."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import DatabaseError, InterfaceError, connection

from tracking.models import Hit
from tracking.visitor import Visitor

logger = structlog.get_logger(__name__)

# Of one message and kind, until the next digest. Beyond it hits are answered, not noted.
MOST_WAITING = 200

# Sent as one simple query, hence one round trip and one transaction. A crash of the database
# may lose the last half second of hits; for that, no visitor waits for a disk.
_INSERT = """
SET LOCAL synchronous_commit = off;
SET LOCAL statement_timeout = '1s';
WITH message AS (
    SELECT id FROM campaigns_message WHERE id = %(message_id)s
), stored AS (
    INSERT INTO tracking_hit (kind, message_id, link_id, at, method, user_agent, ip_address)
    SELECT %(kind)s, id, %(link_id)s, %(at)s, %(method)s, %(user_agent)s, %(ip_address)s
    FROM message
    WHERE (
        SELECT count(*) FROM (
            SELECT FROM tracking_hit
            WHERE message_id = %(message_id)s AND kind = %(kind)s
            LIMIT %(most_waiting)s
        ) AS waiting
    ) < %(most_waiting)s
)
SELECT count(*) FROM message
"""


def record_hit(
    kind: Hit.Kind,
    message_id: int,
    visitor: Visitor,
    *,
    at: datetime,
    link_id: int | None = None,
) -> bool:
    """Note the hit; answer whether there is such a message.

    A database that is down, slow or full costs the hit, not the visitor: the answer is then
    True, since the token has proved the message.
    """
    values: dict[str, str | int | datetime | None] = {
        "kind": kind,
        "message_id": message_id,
        "link_id": link_id,
        "at": at,
        "method": visitor.method,
        "user_agent": visitor.user_agent,
        "ip_address": visitor.ip_address,
        "most_waiting": MOST_WAITING,
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, values)
            while cursor.nextset():  # past the empty results of SET
                pass
            (known,) = cursor.fetchone()
            return bool(known)
    except (DatabaseError, InterfaceError) as problem:
        logger.warning("hit_not_recorded", kind=kind, message_id=message_id, error=str(problem))
        return True
