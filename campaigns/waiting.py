"""Flows that wait: for somebody who is away, or for an address that did not work this time.

All flows to the lead wait, in every campaign, and then go on in their own rhythm: each mail still
counts from the real sending of the one before it. A flow that begins meanwhile waits, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import Q

from campaigns.calendars import sending_calendar
from campaigns.models import Enrollment, Message
from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.errors import NoSendingDayError
from campaigns.tally import Tally
from mailsuite.lib.errors import Refusal

log = structlog.get_logger(__name__)


class Wait(NamedTuple):
    """Until when (business time), and what for, in words."""

    until: datetime
    why: str


def waits_of(lead_ids: Sequence[int], now: datetime) -> dict[int, Wait]:
    """Lead → the longest wait of its flows, for those that have one beyond `now`. Whose flow ended
    by a reply is back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (lead_id) lead_id, waits_until, waits_for "  # noqa: S608
            f"FROM {Enrollment._meta.db_table} "
            "WHERE lead_id = ANY(%s) AND waits_until > %s AND end_reason <> %s "
            "ORDER BY lead_id, waits_until DESC",
            [list(lead_ids), now, Enrollment.EndReason.REPLIED],
        )
        return {lead_id: Wait(until, why) for lead_id, until, why in cursor.fetchall()}


def wait_for_return(message: Message, back_on: date | None, now: datetime, tally: Tally) -> None:
    """Until the workday after the day `back_on`: nobody reads on the first one. Where no day is
    known, for ABSENCE_WORKDAYS from `now`. The caller holds the lead's enrollments."""

    def opens(calendar: SendingCalendar) -> datetime:
        today = calendar.local_date(now)
        first = today if back_on is None else max(back_on, today)
        workdays = settings.ABSENCE_WORKDAYS if back_on is None else 1
        return calendar.sending_day(calendar.add_workdays(first, workdays))[1].opens

    words = "the lead is away" if back_on is None else f"the lead is away until {back_on}"
    _wait(message, opens, now + timedelta(days=1), words, tally)


def wait_after_soft_bounce(message: Message, until: datetime, tally: Tally) -> None:
    """The caller holds the lead's enrollments."""
    _wait(
        message,
        lambda calendar: calendar.opening_after(until),
        until,
        "the mail before could not be delivered",
        tally,
    )


def _wait(
    message: Message,
    opens: Callable[[SendingCalendar], datetime],
    otherwise: datetime,
    words: str,
    tally: Tally,
) -> None:
    """`otherwise`: for rules that leave no day to send on; a person will have to mend them.

    A flow that has just had its last mail keeps the wait for the lead's next one.
    """
    is_open = Q(status__in=[Enrollment.Status.ACTIVE, Enrollment.Status.HELD])
    has_had_its_last = Q(pk=message.enrollment_id, status=Enrollment.Status.COMPLETED)
    going_on = Enrollment.objects.filter(
        is_open | has_had_its_last, lead=message.lead_id
    ).select_related("campaign", "domain__policy")
    for enrollment in going_on.order_by("pk"):
        try:
            until = opens(sending_calendar(enrollment.domain.policy, enrollment.campaign))
        except (Refusal, NoSendingDayError) as problem:
            log.warning("no day to go on", enrollment_id=enrollment.pk, detail=str(problem))
            until = otherwise
        if enrollment.waits_until is None or enrollment.waits_until < until:
            enrollment.waits_until, enrollment.waits_for = until, words
            enrollment.save(update_fields=["waits_until", "waits_for"])
            _put_off(enrollment, tally)


def _put_off(enrollment: Enrollment, tally: Tally) -> None:
    """Its next mail. Those behind it have no time of their own yet (`acceptance` gives them one),
    and the gate stops one that a worker has claimed."""
    until, queued = enrollment.waits_until, Message.objects.queued().filter(enrollment=enrollment)
    too_soon = queued.filter(not_before__lt=until).order_by("pk").select_for_update(no_key=True)
    ids = list(too_soon.values_list("pk", flat=True))
    Message.objects.filter(pk__in=ids).update(not_before=until, error=enrollment.waits_for)
    if queued.filter(scheduled_at__lt=until).exists():
        tally.replan(enrollment.domain_id)
