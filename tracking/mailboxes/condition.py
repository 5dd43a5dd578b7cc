"""What is known of how a mailbox does: when it was read, what ails it, when it is asked again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from tracking.models import Mailbox

# A failed one is left alone for as long as it has failed already, within these: providers lock
# accounts whose password is tried each minute.
_SHORTEST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)
# Servers restart; what lasts longer is for a person to look at.
_FAILING_AFTER = timedelta(minutes=15)
_LONGEST_UNREAD = F("last_read_at").asc(nulls_first=True)


def due(now: datetime) -> QuerySet[Mailbox]:
    """Those to read at the business time `now`, the longest unread first."""
    waiting = Q(next_read_at=None) | Q(next_read_at__lte=now)
    # Their secrets stay sealed: one whose key is lost must not keep the others from being read.
    return Mailbox.objects.filter(waiting, is_active=True).order_by(_LONGEST_UNREAD).defer("secret")


def failing(now: datetime) -> QuerySet[Mailbox]:
    """Those that something has been wrong with for a quarter of an hour."""
    long_ago = now - _FAILING_AFTER
    return Mailbox.objects.filter(is_active=True, failing_since__lte=long_ago).defer("secret")


def note_read(mailbox: Mailbox, now: datetime, problems: list[str]) -> None:
    """The server answered; `problems` are those with single folders."""
    problem = " ".join(problems)[:500]
    since = (mailbox.failing_since or now) if problem else None
    _write(mailbox, last_read_at=now, last_problem=problem, failing_since=since, next_read_at=None)


def note_failed(mailbox: Mailbox, now: datetime, problem: str) -> None:
    since = mailbox.failing_since or now
    pause = min(max(now - since, _SHORTEST_PAUSE), _LONGEST_PAUSE)
    _write(mailbox, last_problem=problem[:500], failing_since=since, next_read_at=now + pause)


def read_soon(mailbox: Mailbox) -> None:
    """Something was mended: do not wait for the end of the pause."""
    _write(mailbox, next_read_at=None)


def _write(mailbox: Mailbox, **changes: object) -> None:
    Mailbox.objects.filter(pk=mailbox.pk).update(**changes)
