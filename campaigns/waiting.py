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
from campaigns.delays import delays_by_mail
from campaigns.models import Enrollment, FlowStep, Message
from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.errors import NoSendingDayError
from campaigns.tally import Tally
from mailsuite.lib.errors import Refusal

log = structlog.get_logger(__name__)

# How `waits_for` begins where the lead said so.
_AWAY = "the lead is away"


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


def wait_for_return(
    message: Message,
    back_on: date | None,
    now: datetime,
    tally: Tally,
    *,
    by_lead: bool = True,
    is_newest: bool = True,
) -> None:
    """Until the workday after the day `back_on`: nobody reads on the first one. Where no day is
    known, for ABSENCE_WORKDAYS from `now`. The caller holds the lead's enrollments.

    The lead's newest word replaces what they, or a misread notice, said before; one without a day
    knows no better. Not `by_lead`: somebody at another address is away, who may be the lead or a
    colleague, and that holds a flow for ABSENCE_WORKDAYS at most.
    """

    def opens(calendar: SendingCalendar) -> datetime:
        today = calendar.local_date(now)
        some_days = calendar.add_workdays(today, settings.ABSENCE_WORKDAYS)
        if back_on is None:
            day = some_days
        else:
            day = calendar.add_workdays(max(back_on, today), 1)
            day = day if by_lead else min(day, some_days)
        return calendar.sending_day(day)[1].opens

    words = _AWAY if by_lead else "somebody who answers for the lead is away"
    if back_on is not None:
        words += f" until {back_on}"
    replaces = by_lead and is_newest and back_on is not None
    _wait(message, opens, now + timedelta(days=1), words, tally, replaces=replaces)


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
    *,
    replaces: bool = False,
) -> None:
    """`otherwise`: for rules that leave no day to send on; a person will have to mend them.
    `replaces`: a longer wait for an absence too.

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
        before = enrollment.waits_until
        is_longer = before is None or before < until
        if not is_longer and not (replaces and enrollment.waits_for.startswith(_AWAY)):
            continue
        enrollment.waits_until, enrollment.waits_for = until, words
        enrollment.save(update_fields=["waits_until", "waits_for"])
        if is_longer:
            _put_off(enrollment, tally)
        elif before != until:
            _bring_forward(enrollment, before, tally)


def _put_off(enrollment: Enrollment, tally: Tally) -> None:
    """Its next mail. Those behind it have no time of their own yet (`acceptance` gives them one),
    and the gate stops one that a worker has claimed."""
    until, queued = enrollment.waits_until, Message.objects.queued().filter(enrollment=enrollment)
    too_soon = queued.filter(not_before__lt=until).order_by("pk").select_for_update(no_key=True)
    ids = list(too_soon.values_list("pk", flat=True))
    Message.objects.filter(pk__in=ids).update(not_before=until, error=enrollment.waits_for)
    if queued.filter(scheduled_at__lt=until).exists():
        tally.replan(enrollment.domain_id)


def _bring_forward(enrollment: Enrollment, before: datetime | None, tally: Tally) -> None:
    """What waited until `before`, to the end of the shorter wait, and no further than the flow's
    rhythm allows."""
    waiting = Message.objects.queued().filter(enrollment=enrollment, not_before=before)
    for mail in (
        waiting.select_related("step").order_by("pk").select_for_update(of=("self",), no_key=True)
    ):
        mail.not_before, mail.error = enrollment.waits_until, enrollment.waits_for
        in_rhythm = _in_rhythm(mail, enrollment)
        if in_rhythm and mail.not_before and in_rhythm > mail.not_before:
            mail.not_before, mail.error = in_rhythm, ""
        mail.save(update_fields=["not_before", "error"])
        tally.replan(enrollment.domain_id)


def _in_rhythm(mail: Message, enrollment: Enrollment) -> datetime | None:
    """When it may leave by the mail before it; None where none has left."""
    sent = Message.objects.filter(enrollment=enrollment, sent_at__isnull=False)
    latest = sent.filter(mail_number__lt=mail.mail_number).order_by("-mail_number").first()
    if latest is None or latest.sent_at is None:
        return None
    delays = delays_by_mail(FlowStep.objects.filter(version=mail.step.version_id))
    try:
        calendar = sending_calendar(enrollment.domain.policy, enrollment.campaign)
        return calendar.earliest(latest.sent_at, delays[mail.mail_number])
    except (Refusal, NoSendingDayError):  # `_wait` has told it
        return None
