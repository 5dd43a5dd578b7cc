"""A second look at the leads that a campaign held back: who has got what was missing is mailed.

A released lead's flow begins with its release: behind everybody who is in the line already, so
that nobody's slot is taken, with the texts that all the others get.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from campaigns import readiness
from campaigns.audience import AudienceSelection
from campaigns.delays import delays_by_mail
from campaigns.flow_building import FlowMail, mails_of, steps_for
from campaigns.held import HeldLead, held_leads, held_reasons
from campaigns.layout import Enrolled, Layout, first_opening
from campaigns.models import Audience, Campaign, Enrollment, FlowStep, Message
from campaigns.planning import plan_again
from campaigns.preparing import Line, Prepared, lines_of, rows_of
from campaigns.reopening import reopen
from campaigns.scheduling.values import PlannedSend
from campaigns.storing import count_messages, store_messages
from leads.models import Lead
from mailsuite.lib.errors import Conflict


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """How many leads were released and how many are held as before; `reasons` tells what is
    missing and how many lack it, `held` names some of the leads (see campaigns.held)."""

    released: int
    still_held: int
    reasons: dict[str, int]
    held: tuple[HeldLead, ...]


@transaction.atomic
def review_held(campaign: Campaign, now: datetime) -> ReviewResult:
    """Check the held leads of a launched campaign again; `now` is business time (UTC).

    Who lacks nothing any more gets all the mails of the flow, in slots of their own (of a paused
    campaign: once it is resumed). What the others lack is written down anew. A lead that must
    not be mailed meanwhile stays held. Repeated without a change it changes nothing. A completed
    campaign that somebody is released of runs again and holds its domains again.

    Raises Conflict for a draft, for a stopped campaign and for a completed one whose domain
    serves another by now, and Refusal where a template or a domain can't be sent with any more.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    _refuse_unreviewable(campaign)
    held = _lock_held(campaign, now)
    released = _release(campaign, held, now) if held else 0
    still_held = campaign.enrollments.held().count()
    Audience.objects.filter(campaign=campaign).update(held_count=still_held)
    return ReviewResult(released, still_held, held_reasons(campaign), held_leads(campaign))


def _refuse_unreviewable(campaign: Campaign) -> None:
    ways_out = {
        Campaign.Status.DRAFT: "it holds nobody back before its launch",
        Campaign.Status.STOPPED: "its held leads were let go. To mail them, duplicate it and "
        "launch the copy for them",
    }
    way_out = ways_out.get(Campaign.Status(campaign.status))
    if way_out is not None:
        raise Conflict(
            f'"{campaign}" is {campaign.status}; {way_out}.',
            fields={"status": f"is {campaign.status}"},
            code="wrong_status",
        )


def _lock_held(campaign: Campaign, now: datetime) -> list[Enrollment]:
    """The held enrollments of leads that may be mailed, in their order, leads locked first.

    Months may have passed since a campaign was completed: whom another has mailed within the days
    that its audience excludes stays held.
    """
    held = campaign.enrollments.held()
    leads = Lead.objects.filter(pk__in=held.values("lead")).mailable().not_suppressed()
    if campaign.status == Campaign.Status.COMPLETED:
        since = now - timedelta(days=campaign.audience.exclude_recent_days)
        leads = leads.exclude(last_emailed_at__gt=since)
    mailable = set(leads.in_locking_order().values_list("pk", flat=True))
    locked = held.select_for_update(no_key=True).order_by("pk")
    found = [one for one in locked if one.lead_id in mailable]
    return sorted(found, key=lambda one: (one.position, one.pk))


def _release(campaign: Campaign, held: Sequence[Enrollment], now: datetime) -> int:
    prepared = _prepared(campaign, now)
    lacking = readiness.lacking([one.lead_id for one in held], prepared.mails)
    _note_what_is_missing(held, lacking)
    ready = [one for one in held if one.lead_id not in lacking]
    if ready:
        reopen(campaign)
        _enter(prepared, ready, now)
    return len(ready)


def _prepared(campaign: Campaign, now: datetime) -> Prepared:
    """The campaign as it was launched, for flows that begin now, or with it where it hasn't
    begun yet."""
    rows = rows_of(campaign)
    steps = steps_for(campaign, rows.domains)
    mails = _pinned_mails(campaign, steps) or mails_of(steps)
    start = now
    if campaign.start_mode == Campaign.StartMode.AT and campaign.start_at is not None:
        start = max(now, campaign.start_at)
    lines = lines_of(campaign, rows.domains, mails, start)
    return Prepared(rows, tuple(steps), mails, lines, start)


def _pinned_mails(campaign: Campaign, steps: Sequence[FlowStep]) -> tuple[FlowMail, ...]:
    """The mails with the texts of the launch, as any one lead that was not held has them all."""
    of_campaign = Message.objects.filter(campaign=campaign).order_by("scheduled_at", "pk")
    delays = delays_by_mail(steps)
    messages = (
        Message.objects.filter(enrollment__in=of_campaign.values("enrollment")[:1])
        .select_related("step", "template_version__template")
        .order_by("mail_number")
    )
    return tuple(
        FlowMail(one.step, one.mail_number, delays[one.mail_number], one.template_version)
        for one in messages
    )


def _note_what_is_missing(
    held: Sequence[Enrollment], lacking: Mapping[int, tuple[str, ...]]
) -> None:
    changed = []
    for one in held:
        missing = list(lacking.get(one.lead_id, ()))
        if missing and missing != one.missing_variables:
            one.missing_variables = missing
            changed.append(one)
    Enrollment.objects.bulk_update(changed, ["missing_variables"], batch_size=1000)


def _enter(prepared: Prepared, ready: Sequence[Enrollment], now: datetime) -> None:
    campaign = prepared.rows.campaign
    ids = [one.pk for one in ready]
    _activate(campaign, ids)
    layout = _layout(prepared, ready)
    store_messages(layout, ids)
    released_on = {one.domain_id for one in ready}
    for domain in sorted(prepared.rows.domains, key=lambda one: one.pk):
        if domain.pk in released_on:
            plan_again(domain, now)
    count_messages(layout, now)  # after the messages that planning locks


def _activate(campaign: Campaign, ids: Sequence[int]) -> None:
    """Behind the last in the line."""
    last = campaign.enrollments.aggregate(last=Max("position"))["last"]
    statuses = Enrollment.Status
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Enrollment._meta.db_table} AS enrollment "  # noqa: S608
            "SET status = %s, missing_variables = '{}', position = %s + released.place "
            "FROM unnest(%s::bigint[]) WITH ORDINALITY AS released (id, place) "
            "WHERE enrollment.id = released.id",
            [statuses.ACTIVE.value, last, list(ids)],
        )


def _layout(prepared: Prepared, ready: Sequence[Enrollment]) -> Layout:
    """Every mail of the flow for every lead, on the domain that was its own all along."""
    place_of = {line.domain.pk: place for place, line in enumerate(prepared.lines)}
    enrolled = tuple(Enrolled(one.lead_id, place_of[one.domain_id], ()) for one in ready)
    sends = tuple(
        [
            PlannedSend(key, mail.number, _until_planned(prepared, line))
            for key, lead in enumerate(enrolled)
            if lead.line == place
            for mail in prepared.mails
        ]
        for place, line in enumerate(prepared.lines)
    )
    selection = AudienceSelection([one.lead_id for one in ready])
    return Layout(prepared, selection, enrolled, sends)


def _until_planned(prepared: Prepared, line: Line) -> datetime:
    """Where a mail stands until planning gives it a slot: not today, or it would pass for one
    that is late, which goes before the others."""
    opening = first_opening(prepared, line)
    tomorrow = line.calendar.local_date(opening) + timedelta(days=1)
    return line.calendar.sending_day(tomorrow)[1].opens
