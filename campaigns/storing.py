"""A layout made into rows: every enrollment and every message of a campaign, by COPY."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import uuid4

from campaigns.figures import count_planned
from campaigns.layout import Layout, first_opening
from campaigns.models import Enrollment, Message
from campaigns.scheduling.values import PlannedSend
from campaigns.tally import Tally
from campaigns.waiting import Wait, waits_of
from mailsuite.lib.copying import analyse_soon, copy_rows, take_ids

_ENROLLMENT = (
    "id", "campaign_id", "lead_id", "domain_id", "position", "status", "end_reason",
    "waits_until", "waits_for", "missing_variables", "created_at",
)  # fmt: skip
_MESSAGE = (
    "campaign_id", "status", "recipient", "phase", "retries", "error", "domain_id", "mail_number",
    "step_id", "alias_id", "template_version_id", "enrollment_id", "lead_id", "scheduled_at",
    "not_before", "smtp_message_id",
)  # fmt: skip

_NO_WAITS: Mapping[int, Wait] = {}
# Enough to change what the tables are like.
_MANY = 1000


def store(layout: Layout, now: datetime) -> None:
    """Write the enrollments and the queued messages, and count them as planned.

    Within a transaction, for a campaign that is saved and whose flow version is pinned.
    """
    enrollment_ids = take_ids(Enrollment, len(layout.enrolled))
    waits = waits_of([lead.lead_id for lead in layout.enrolled], now)
    copy_rows(Enrollment, _ENROLLMENT, _enrollments(layout, enrollment_ids, waits, now))
    store_messages(layout, enrollment_ids, waits)
    _plan_waits(layout, waits)
    count_messages(layout, now)
    if len(enrollment_ids) >= _MANY:
        analyse_soon(Enrollment, Message)


def store_messages(
    layout: Layout, enrollment_ids: Sequence[int], waits: Mapping[int, Wait] = _NO_WAITS
) -> None:
    """Write the queued messages alone; `enrollment_ids` are those of `layout.enrolled`, `waits`
    those of the leads that are away."""
    copy_rows(Message, _MESSAGE, _messages(layout, enrollment_ids, waits))


def count_messages(layout: Layout, now: datetime) -> None:
    """Count the messages as planned, on the local day of `now`."""
    for day, by_step in sorted(_planned(layout, now).items()):
        count_planned(layout.prepared.rows.campaign.pk, by_step, day)


def _plan_waits(layout: Layout, waits: Mapping[int, Wait]) -> None:
    """Laid out as if everybody were there: the next planning gives these mails later slots."""
    tally = Tally()
    for line in {lead.line for lead in layout.enrolled if lead.lead_id in waits}:
        tally.replan(layout.prepared.lines[line].domain.pk)
    tally.write()


def _enrollments(
    layout: Layout, ids: Sequence[int], waits: Mapping[int, Wait], now: datetime
) -> Iterator[tuple[object, ...]]:
    campaign_id = layout.prepared.rows.campaign.pk
    domain_ids = [line.domain.pk for line in layout.prepared.lines]
    statuses = Enrollment.Status
    for position, (pk, lead) in enumerate(zip(ids, layout.enrolled, strict=True)):
        status = statuses.HELD if lead.missing else statuses.ACTIVE
        held = list(lead.missing)
        until, why = waits.get(lead.lead_id, (None, ""))
        yield (
            pk, campaign_id, lead.lead_id, domain_ids[lead.line], position, status.value, "",
            until, why, held, now,
        )  # fmt: skip


def _messages(
    layout: Layout, enrollment_ids: Sequence[int], waits: Mapping[int, Wait]
) -> Iterator[tuple[object, ...]]:
    """Domain by domain in the order of time, so that ids rise with the slots."""
    enrolled = layout.enrolled
    for index, sends in enumerate(layout.sends):
        by_number = _same_for_all(layout, index)
        opening = first_opening(layout.prepared, layout.prepared.lines[index])
        first, host = layout.prepared.mails[0].number, layout.prepared.lines[index].domain.name
        for key, number, at in sends:
            lead_id = enrolled[key].lead_id
            opens = max(opening, waits[lead_id].until) if lead_id in waits else opening
            yield (
                *by_number[number],
                enrollment_ids[key],
                lead_id,
                at,
                opens if number == first else None,
                f"{uuid4()}@{host}",
            )


def _same_for_all(layout: Layout, index: int) -> dict[int, tuple[object, ...]]:
    """Mail number → the columns that all its messages on one line share."""
    line, campaign = layout.prepared.lines[index], layout.prepared.rows.campaign
    return {
        mail.number: (
            campaign.pk, Message.Status.QUEUED.value, "", "", 0, "", line.domain.pk, mail.number,
            mail.step.pk, line.aliases[mail.number].pk, mail.version.pk,
        )
        for mail in layout.prepared.mails
    }  # fmt: skip


def _planned(layout: Layout, now: datetime) -> dict[date, Counter[int]]:
    """Local day of the launch → step → messages. Domains in far zones may be a day apart."""
    step_ids = {mail.number: mail.step.pk for mail in layout.prepared.mails}
    days: dict[date, Counter[int]] = {}
    for line, sends in zip(layout.prepared.lines, layout.sends, strict=True):
        by_step = days.setdefault(line.calendar.local_date(now), Counter())
        by_step.update(_by_step(sends, step_ids))
    return days


def _by_step(sends: Sequence[PlannedSend], step_ids: dict[int, int]) -> Counter[int]:
    by_number = Counter(send.step_number for send in sends)
    return Counter({step_ids[number]: count for number, count in by_number.items()})
