"""Whatever may forbid a message at the gate, apart from the domain's throttle."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from campaigns import throttle
from campaigns.calendars import sending_calendar
from campaigns.decisions import Decision, Verdict
from campaigns.models import Campaign, Enrollment, SendAttempt
from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.errors import NoSendingDayError
from campaigns.standing import Standing
from leads.models import Lead
from mailsuite.lib.errors import Refusal


def for_good(standing: Standing) -> Decision | None:
    lead, enrollment, reasons = standing.lead, standing.enrollment, Enrollment.EndReason
    if enrollment.status != Enrollment.Status.ACTIVE:
        return Decision(Verdict.NEVER, f"the flow has ended: {enrollment.end_reason}")
    if standing.campaign.status == Campaign.Status.STOPPED:
        return Decision(Verdict.NEVER, "the campaign was stopped", reasons.CAMPAIGN_STOPPED)
    if lead.deleted_at is not None:
        return Decision(Verdict.NEVER, "the lead was deleted", reasons.DELETED)
    if lead.stopped_at is not None:
        return Decision(Verdict.NEVER, "the lead was stopped", reasons.STOPPED)
    if lead.status == Lead.Status.BOUNCED:
        return Decision(Verdict.NEVER, "the lead's address bounced", reasons.BOUNCED)
    if lead.status == Lead.Status.SUPPRESSED or standing.is_suppressed:
        return Decision(Verdict.NEVER, "the address is suppressed", reasons.SUPPRESSED)
    return None


class ForNow:
    """What forbids messages of one domain at this business time. Ask in the order in which they
    would leave: each that is not forbidden takes its part of the campaign's own daily limit."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        # Campaign id → how many more it may send today.
        self._room: dict[int, int] = {}
        # Campaign id → when the domain sends for it.
        self._calendars: dict[int, SendingCalendar] = {}

    def objection(self, standing: Standing) -> Decision | None:
        campaign = standing.campaign
        if campaign.status != Campaign.Status.RUNNING:
            return Decision(Verdict.NOT_YET, f"the campaign is {campaign.status}")
        if standing.not_before is None or standing.not_before > self._now:
            return Decision(Verdict.NOT_YET, "the mail before it is not long enough ago")
        waits_until = standing.enrollment.waits_until
        if waits_until is not None and waits_until > self._now:
            return Decision(Verdict.NOT_YET, "the flow waits", not_before=waits_until)
        try:
            calendar = self._calendar(standing)
            return self._outside_window(standing, calendar) or self._over_limit(standing, calendar)
        except (Refusal, NoSendingDayError) as problem:  # the policy was changed under way
            return Decision(Verdict.NOT_YET, str(problem))

    def _calendar(self, standing: Standing) -> SendingCalendar:
        campaign = standing.campaign
        if campaign.pk not in self._calendars:
            self._calendars[campaign.pk] = sending_calendar(standing.domain.policy, campaign)
        return self._calendars[campaign.pk]

    def _outside_window(self, standing: Standing, calendar: SendingCalendar) -> Decision | None:
        """The grace is for what had its slot in the window of the day and got delayed."""
        window = calendar.window(calendar.local_date(self._now))
        delayed = window is not None and standing.scheduled_at < window.closes
        if calendar.is_open(self._now, delayed=delayed):
            return None
        opens = calendar.opening_after(self._now)
        return Decision(Verdict.NOT_YET, "outside the sending window", not_before=opens)

    def _over_limit(self, standing: Standing, calendar: SendingCalendar) -> Decision | None:
        campaign = standing.campaign
        if campaign.daily_limit is None:
            return None
        if campaign.pk not in self._room:
            self._room[campaign.pk] = campaign.daily_limit - _sent_today(standing, self._now)
        if self._room[campaign.pk] > 0:
            self._room[campaign.pk] -= 1
            return None
        tomorrow = calendar.local_date(self._now) + timedelta(days=1)
        return Decision(
            Verdict.NOT_YET,
            "the campaign's daily limit is reached",
            not_before=calendar.sending_day(tomorrow)[1].opens,
        )


def _sent_today(standing: Standing, now: datetime) -> int:
    """Gates passed today by the campaign, over all its domains.

    Two domains count at the same moment under shared locks only; the lock on the campaign
    taken here makes the second wait and see the first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [_LIMIT_LOCK, standing.campaign.pk % 2**31]
        )
    return SendAttempt.objects.filter(
        message__campaign=standing.campaign.pk,
        domain__in=standing.campaign.campaign_domains.values("domain"),
        gated_at__gte=throttle.local_midnight(standing.domain, now),
    ).count()


# Namespace of the advisory lock on a campaign's own daily limit.
_LIMIT_LOCK = 0x6C696D74
