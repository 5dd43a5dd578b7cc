"""An answer, as an event of the message that it speaks of."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from campaigns.events import record_event
from campaigns.models import MessageEvent
from tracking.effects.values import Answer


def record(
    answer: Answer,
    kind: MessageEvent.Kind,
    *,
    also_opted_out: Collection[str] = (),
    **detail: Any,
) -> MessageEvent | None:
    """None where this very answer has been recorded as this kind before."""
    return record_event(
        answer.message.pk,
        kind,
        at=answer.received_at,
        learned_at=answer.learned_at if answer.learned_at > answer.received_at else None,
        source_id=f"{answer.source_id}:{kind}",
        actor=_ACTORS.get(kind, MessageEvent.Actor.UNKNOWN),
        detail=detail,
        also_opted_out=also_opted_out,
    )


_ACTORS = {
    MessageEvent.Kind.REPLIED: MessageEvent.Actor.HUMAN,
    MessageEvent.Kind.UNSUBSCRIBED: MessageEvent.Actor.HUMAN,
    MessageEvent.Kind.COMPLAINED: MessageEvent.Actor.HUMAN,
}
