"""Moves the demo's clock from one moment at which something happens to the next.

Nights, weekends and the minutes between two slots are skipped, nothing else: at every moment
the clock stands until beat and workers have sent all that is due and planned anew what has to
be. So the demo's speed is that of mailsuite itself, and business time never runs while a mail
is under way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db.models import Exists, F, Min, OuterRef, Q
from django.db.models.functions import Greatest

from campaigns.models import Campaign, Message, SendingDomain
from campaigns.planning import is_planning
from campaigns.querysets import MessageQuerySet
from campaigns.tasks import roll_over
from mailsuite.demo import journal
from mailsuite.demo.desk import Desk
from mailsuite.demo.oracle import ZONE
from mailsuite.demo.recipients import Recipients
from mailsuite.lib import clock
from tracking import digest
from tracking.models import Hit

_POLL_SECONDS = 0.025
_PATIENCE_SECONDS = 90.0
# What is due and may not leave (a full day) is looked at again after this.
_LATER = timedelta(minutes=5)
# What people do that leaves every plan as it is.
_HARMLESS = (journal.OPENED, journal.CLICKED, journal.PREFETCHED, journal.SCANNED)


class StuckError(RuntimeError):
    """Something that was due did not happen; the text says what is left."""


class Driver:
    """Runs everything that is planned to its end. Construct with the clock set to the start.

    `while_waiting` is called some forty times a second; what it raises ends the run.
    """

    def __init__(
        self,
        clock_file: Path,
        recipients: Recipients,
        desk: Desk,
        while_waiting: Callable[[], None],
    ) -> None:
        self._clock_file, self._recipients, self._desk = clock_file, recipients, desk
        self._while_waiting = while_waiting

    def run(self) -> None:
        """Return when every mail is final or unknown, every recipient has done what they do, and
        all of that is counted. Raises StuckError."""
        self._wait_for(is_settled, "mails that are due")
        while (moment := self._next_moment()) is not None:
            self._move_to(moment)
            # People act between slots, when nothing is due that could be in the way.
            done = self._recipients.act(clock.now())
            changes_plans = self._desk.act(clock.now()) or any(
                reaction.kind not in _HARMLESS for reaction in done
            )
            if changes_plans and SendingDomain.objects.filter(needs_replanning=True).exists():
                # Beat would come to it within five minutes; the clock stands until it has.
                roll_over.delay()
            if changes_plans or not done:
                self._wait_for(is_settled, "mails that are due")
            self._while_waiting()
        self._move_to(clock.now() + digest.LONGEST_WAIT)
        self._wait_for(lambda: not Hit.objects.exists(), "opens and clicks to be counted")
        self._wait_for(is_completed, "the campaign to complete")

    def _next_moment(self) -> datetime | None:
        now, sending = clock.now(), next_sending()
        if sending is not None and sending <= now:
            sending = now + _LATER
        possible = (sending, self._recipients.next_at(), self._desk.next_at())
        moments = [moment for moment in possible if moment is not None]
        return max(now, min(moments)) if moments else None

    def _move_to(self, moment: datetime) -> None:
        clock.write(self._clock_file, moment)

    def _wait_for(self, is_so: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not is_so():
            self._while_waiting()
            if time.monotonic() > deadline:
                raise StuckError(
                    f"Waited {_PATIENCE_SECONDS:.0f} s at {clock.now():%Y-%m-%d %H:%M} UTC for "
                    f"{what}. See worker.log and beat.log in {self._clock_file.parent / 'log'}."
                )
            time.sleep(_POLL_SECONDS)


def next_sending() -> datetime | None:
    """When the next mail may leave, by its slot, by the wait behind the mail before it and by
    the throttle of its domain; None where nothing is queued that may."""
    moment = Greatest("scheduled_at", "not_before", "domain__next_allowed_at")
    found: datetime | None = _may_leave().aggregate(at=Min(moment))["at"]
    return found


def _may_leave() -> MessageQuerySet:
    return Message.objects.due(datetime.max.replace(tzinfo=UTC)).order_by()


def is_settled() -> bool:
    """Nothing is under way, nothing due that a tick would take up, no plan to be made or being
    made.

    Under way and due are one statement, hence one moment: between two, a mail could pass from
    the one to the other and be seen in neither.
    """
    now = clock.now()
    full = Q(domain__sent_on=now.astimezone(ZONE).date()) & Q(
        domain__sent_today__gte=F("domain__policy__daily_cap")
    )
    throttled = full | Q(domain__next_allowed_at__gt=now)
    due = Q(pk__in=Message.objects.due(now).order_by().values("pk")) & ~throttled
    pending = Message.objects.filter(Q(status=Message.Status.SENDING) | due)
    to_plan = SendingDomain.objects.filter(needs_replanning=True)
    return not (pending.exists() or to_plan.exists() or is_planning())


def is_completed() -> bool:
    """Nothing runs but campaigns that have only mails of unknown fate left: here nobody tells
    what became of those."""
    left = Message.objects.unfinished().filter(campaign=OuterRef("pk"))
    unknown = left.filter(status=Message.Status.UNKNOWN)
    waiting = Exists(unknown) & ~Exists(left.exclude(status=Message.Status.UNKNOWN))
    return not Campaign.objects.running().exclude(waiting).exists()
