"""Turn the hits that wait into events, once each, telling people from machines.

Hits of one message are looked at together, when no more have come for a moment: a scanner
shows by the links that it follows within two seconds, and that is seen only afterwards.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Max, Min, Q

from campaigns.arrival import may_have_arrived
from campaigns.events import record_event
from campaigns.models import Message, MessageEvent
from tracking.actors import actors_of
from tracking.models import Hit

logger = structlog.get_logger(__name__)

Actor = MessageEvent.Actor

# A message's hits are complete when this long nobody came…
QUIET = timedelta(seconds=5)
# …and are not waited for longer than this.
LONGEST_WAIT = timedelta(minutes=1)
# Events of one message, people's and machines' each, so that neither can crowd out the other.
MOST_AN_HOUR = 60
# The next beat goes on where this one stops.
_SECONDS_A_RUN = 45.0

_EVENT_OF = {
    Hit.Kind.OPENED: MessageEvent.Kind.OPENED,
    Hit.Kind.CLICKED: MessageEvent.Kind.CLICKED,
}


def digest_hits(now: datetime) -> int:
    """Digest every message whose hits are complete at `now`; answer how many hits that was.

    One transaction a message: what goes wrong with one is logged, and its hits stay.
    """
    stop_at = time.monotonic() + _SECONDS_A_RUN
    digested = 0
    for message_id in _messages_to_digest(now):
        try:
            digested += _digest_message(message_id)
        except Exception:
            logger.exception("hits_not_digested", message_id=message_id)
        if time.monotonic() > stop_at:
            break
    return digested


def _messages_to_digest(now: datetime) -> list[int]:
    """Ids, longest waiting first."""
    return list(
        Hit.objects.values("message_id")
        .annotate(first_at=Min("at"), last_at=Max("at"))
        .filter(Q(last_at__lte=now - QUIET) | Q(first_at__lte=now - LONGEST_WAIT))
        .order_by("first_at")
        .values_list("message_id", flat=True)
    )


@transaction.atomic
def _digest_message(message_id: int) -> int:
    """Skips hits that another worker holds: that one deletes them with its events' commit."""
    hits = list(
        Hit.objects.filter(message_id=message_id)
        .select_for_update(skip_locked=True)
        .order_by("at", "id")
    )
    message = Message.objects.filter(pk=message_id).only("status", "sent_at").first()
    if not hits or (message and message.status == Message.Status.SENDING):
        return 0  # the mail was faster than the sender's last commit: next time
    if message and _may_be_read(message):
        _record(message, hits)
    Hit.objects.filter(pk__in=[hit.pk for hit in hits]).delete()
    return len(hits)


def _may_be_read(message: Message) -> bool:
    """Only what a server has taken, or may have. What looks at a mail before that is a gateway
    that refuses it afterwards."""
    return message.sent_at is not None or may_have_arrived(message)


def _record(message: Message, hits: Sequence[Hit]) -> None:
    recorded = _recorded_lately(message, hits[-1].at)
    for hit, actor in zip(hits, actors_of(hits, sent_at=message.sent_at), strict=True):
        is_person = actor == Actor.HUMAN
        if hit.kind not in _EVENT_OF or recorded[is_person] >= MOST_AN_HOUR:
            continue
        recorded[is_person] += 1
        if is_person and hit.kind == Hit.Kind.CLICKED:
            _record_open_behind_click(hit)
        record_event(
            hit.message_id,
            _EVENT_OF[Hit.Kind(hit.kind)],
            at=hit.at,
            source_id=f"hit:{hit.pk}",
            actor=actor,
            link_id=hit.link_id,
            user_agent=hit.user_agent,
            ip_address=hit.ip_address,
        )


def _record_open_behind_click(hit: Hit) -> None:
    """Who clicked has read, whether or not their client loads pictures."""
    if Message.objects.filter(pk=hit.message_id, opened_at=None).exists():
        record_event(
            hit.message_id,
            MessageEvent.Kind.OPENED,
            at=hit.at,
            source_id=f"open-by-click:{hit.message_id}",
            actor=Actor.HUMAN,
            user_agent=hit.user_agent,
            ip_address=hit.ip_address,
            detail={"by": "click"},
        )


def _recorded_lately(message: Message, until: datetime) -> Counter[bool]:
    """Opens and clicks of the hour before `until`: {by a person?: how many}."""
    actors = MessageEvent.objects.filter(
        message=message, kind__in=_EVENT_OF.values(), at__gt=until - timedelta(hours=1)
    ).values_list("actor", flat=True)
    return Counter(actor == Actor.HUMAN for actor in actors)
