"""Stored events take effect, each by itself: an odd one costs none of the others.

Taking effect and being marked as done are two transactions. A crash between them leaves the
event waiting, and the second time changes nothing that the first has changed: `tracking.receiving`
knows it by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import chain
from time import monotonic
from typing import NamedTuple

import requests
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import F, Min, QuerySet

from mailsuite.lib.errors import Refusal
from mailsuite.lib.storable import storable
from tracking.models import InboundMail, ProviderEvent
from tracking.receiving import receive
from tracking.webhooks.posts import Post, UnreadableCallError
from tracking.webhooks.providers import Provider, provider_of
from tracking.webhooks.reports import TooEarlyError, take_report

log = structlog.get_logger(__name__)

State = ProviderEvent.State
Purpose = ProviderEvent.Purpose
TURN_SECONDS = 45
_SHARE_SECONDS = 2
_AT_ONCE = 500
# What is not there yet may come: a provider's event can be quicker than its answer, and its store
# can be down.
_WAITS = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 240, 720)]


class Conclusion(NamedTuple):
    state: ProviderEvent.State
    outcome: str  # in words for people


def process_waiting(now: datetime, *, seconds: float = TURN_SECONDS) -> int:
    """Take in what is stored and due, for as long as a turn lasts; how many that were. `now` is
    business time. Where another worker is at it, nothing is done."""
    count = 0
    with _alone() as is_ours:
        if is_ours:
            ends = monotonic() + seconds
            for event_id in _in_turn(now):
                process(event_id, now)
                count += 1
                if monotonic() >= ends:
                    break
    return count


def _in_turn(now: datetime) -> Iterator[int]:
    """What is due: events about our mails, then of each account's answers its share, and again
    from the beginning, until nothing is due. An answer may have to be fetched: a provider that is
    slow about it holds up neither bounces and complaints nor the answers at the others for longer
    than one of its answers takes."""
    due = ProviderEvent.objects.filter(state=State.WAITING, next_try_at__lte=now)
    answers = due.filter(purpose=Purpose.INBOUND)
    is_more = True
    while is_more:
        is_more = False
        for event_id in chain(_next(due.filter(purpose=Purpose.TRACKING)), _shares(answers)):
            is_more = True
            yield event_id


def _next(events: QuerySet[ProviderEvent]) -> list[int]:
    return list(events.order_by("next_try_at", "id").values_list("pk", flat=True)[:_AT_ONCE])


def _shares(answers: QuerySet[ProviderEvent]) -> Iterator[int]:
    """Of each account as much as its share of time allows, and at least one; first of the one
    that waits longest."""
    waits_since = answers.values("account_id").annotate(since=Min("next_try_at"))
    for account_id in list(
        waits_since.order_by("since", "account_id").values_list("account_id", flat=True)
    ):
        ends = monotonic() + _SHARE_SECONDS
        for event_id in _next(answers.filter(account_id=account_id)):
            yield event_id
            if monotonic() >= ends:
                break


@contextmanager
def _alone() -> Iterator[bool]:
    """Yield whether this worker is the one to take events in now: where a provider's store
    answers slowly, one worker waits for it and not all of them. Nothing else depends on it.

    A connection of its own holds the lock, so that a worker that is killed loses it.
    """
    side = connection.copy()
    try:
        with side.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('provider events', 0))")
            is_ours: bool = cursor.fetchone()[0]
        yield is_ours
    finally:
        side.close()


def try_again(event_id: int, now: datetime) -> None:
    """Let an event wait once more. Raises Refusal where it has not failed, or where what it said
    is not kept any more (`tracking.purging`)."""
    failed = ProviderEvent.objects.filter(pk=event_id, state=State.FAILED)
    if failed.filter(body=b"").exists():
        raise Refusal(
            f"Its mail is gone: such are kept for {settings.INBOUND_RAW_DAYS} days "
            "(INBOUND_RAW_DAYS). Have the provider send it again.",
            code="not_kept",
        )
    if not failed.update(state=State.WAITING, tries=0, next_try_at=now, outcome=""):
        raise Refusal("It has not failed, so there is nothing to try again.", code="not_failed")


def process(event_id: int, now: datetime) -> None:
    """Take in one event. Whatever happens, others go on; never raises but for a database that is
    away."""
    event = ProviderEvent.objects.filter(pk=event_id, state=State.WAITING).first()
    if event is None:
        return
    try:
        conclusion = _conclude(event, now)
    except UnreadableCallError as problem:
        conclusion = Conclusion(State.FAILED, f"It cannot be read: {problem}")
    except (TooEarlyError, requests.RequestException, DatabaseError) as problem:
        _try_again(event, str(problem), now)
        return
    except Exception as problem:
        log.exception("provider event", event_id=event_id)
        _try_again(event, f"{type(problem).__name__}: {problem}", now)
        return
    _close(event, conclusion)


def _conclude(event: ProviderEvent, now: datetime) -> Conclusion:
    provider = provider_of(event.account)
    if provider is None:
        raise UnreadableCallError(f"{event.account} has no provider any more.")
    post = Post(bytes(event.body), event.content_type, event.headers)
    return _READERS[event.purpose](event, provider, post, now)


def _track(event: ProviderEvent, provider: Provider, post: Post, now: datetime) -> Conclusion:
    report = provider.report_of(post)
    if report is None:
        return Conclusion(State.DONE, "It concerns no mail.")
    return Conclusion(*take_report(event, report, now, is_last_try=event.tries >= len(_WAITS)))


def _bring_in(event: ProviderEvent, provider: Provider, post: Post, now: datetime) -> Conclusion:
    """An answer of long ago may be one that somebody tells again: it waits for a person."""
    inbound = receive(
        provider.mail_of(post),
        source=InboundMail.Source.WEBHOOK,
        source_key=f"{event.account_id}:inbound:{event.key}",
        received_at=event.received_at,
        written_at=provider.came_at(post),
        not_before=event.received_at - timedelta(hours=settings.WEBHOOK_MAX_AGE_HOURS),
    )
    return Conclusion(State.DONE, inbound.outcome or f"{inbound}: {inbound.state}")


_READERS: dict[str, Callable[[ProviderEvent, Provider, Post, datetime], Conclusion]] = {
    Purpose.TRACKING: _track,
    Purpose.INBOUND: _bring_in,
}


def _try_again(event: ProviderEvent, problem: str, now: datetime) -> None:
    if event.tries >= len(_WAITS):
        _close(event, Conclusion(State.FAILED, f"Tried in vain: {problem}"))
        return
    ProviderEvent.objects.filter(pk=event.pk, state=State.WAITING).update(
        tries=F("tries") + 1,
        next_try_at=now + _WAITS[event.tries],
        outcome=storable(problem)[:500],
    )


def _close(event: ProviderEvent, conclusion: Conclusion) -> None:
    """A mail that has been taken in is kept there, and not here as well."""
    is_kept = event.purpose == Purpose.INBOUND and conclusion.state == State.DONE
    ProviderEvent.objects.filter(pk=event.pk, state=State.WAITING).update(
        state=conclusion.state,
        outcome=storable(conclusion.outcome)[:500],
        **({"body": b""} if is_kept else {}),
    )
