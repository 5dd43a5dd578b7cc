"""The people who run mailsuite: they look why a sending domain has paused itself, and resume it.

With 27 mails a day one complaint is more than one in a thousand, so in a long demo it happens.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import Min, QuerySet

from campaigns.models import SendingDomain
from mailsuite.demo.api import Api
from mailsuite.demo.journal import Journal, Resumption
from mailsuite.demo.oracle import ZONE, is_workday

# Before the first mail of the day, so that none of that day is late.
_FIRST_LOOK = time(7, 40)


class Desk:
    def __init__(self, api: Api, journal: Journal) -> None:
        self._api, self._journal = api, journal

    def next_at(self) -> datetime | None:
        """When somebody looks next; None while all domains send."""
        paused_at = _paused().aggregate(at=Min("paused_at"))["at"]
        return None if paused_at is None else _next_morning(paused_at)

    def act(self, now: datetime) -> bool:
        """Resume what has been paused until then; whether there was something."""
        done = False
        for domain in _paused().order_by("pk"):
            if domain.paused_at is not None and _next_morning(domain.paused_at) <= now:
                self._api.post(f"/domains/{domain.pk}/resume", {})
                self._journal.append(Resumption(now, domain.name, domain.pause_reason))
                done = True
        return done


def _paused() -> QuerySet[SendingDomain]:
    return SendingDomain.objects.filter(paused_at__isnull=False)


def _next_morning(at: datetime) -> datetime:
    """Of the next workday."""
    day = at.astimezone(ZONE).date() + timedelta(days=1)
    while not is_workday(day):
        day += timedelta(days=1)
    return datetime.combine(day, _FIRST_LOOK, ZONE)
