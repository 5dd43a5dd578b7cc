"""Who gets what when: the whole of a campaign laid out, with nothing written. Launch stores it,
a dry run sums it up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from campaigns import audience, readiness, throttle
from campaigns.audience import AudienceSelection
from campaigns.preparing import Line, Prepared
from campaigns.scheduling.plan import plan
from campaigns.scheduling.values import Chain, PlannedSend, Step


class Enrolled(NamedTuple):
    """A lead that is taken on; `line` is the index of its domain, `missing` holds it back."""

    lead_id: int
    line: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """`sends` has a plan for each line; the key of a planned send is an index of `enrolled`."""

    prepared: Prepared
    selection: AudienceSelection
    enrolled: tuple[Enrolled, ...]
    sends: tuple[list[PlannedSend], ...]

    @property
    def planned(self) -> int:
        return sum(map(len, self.sends))

    @property
    def held(self) -> int:
        return sum(1 for lead in self.enrolled if lead.missing)


def lay_out(prepared: Prepared, now: datetime) -> Layout:
    """Choose the leads at `now`, deal them out and plan each domain."""
    selection, enrolled = enroll(prepared, now)
    on_the_way = throttle.slots_under_way(prepared.rows.domains)
    sends = tuple(
        _plan_line(prepared, index, enrolled, on_the_way.get(line.domain.pk, []))
        for index, line in enumerate(prepared.lines)
    )
    return Layout(prepared, selection, enrolled, sends)


def enroll(prepared: Prepared, now: datetime) -> tuple[AudienceSelection, tuple[Enrolled, ...]]:
    """Choose the leads at `now`, hold back who lacks something, deal the rest out to the domains
    in turn."""
    selection = audience.resolve(prepared.rows.audience, now)
    lacking = readiness.lacking(selection.lead_ids, prepared.mails)
    return selection, _deal(selection.lead_ids, lacking, len(prepared.lines))


def _deal(
    lead_ids: Sequence[int], lacking: Mapping[int, tuple[str, ...]], lines: int
) -> tuple[Enrolled, ...]:
    """Each lead its line, in turn. Who is held back takes nobody's turn."""
    enrolled, turn = [], 0
    for lead_id in lead_ids:
        missing = lacking.get(lead_id, ())
        enrolled.append(Enrolled(lead_id, turn % lines, missing))
        turn += not missing
    return tuple(enrolled)


def _plan_line(
    prepared: Prepared, index: int, enrolled: Sequence[Enrolled], taken: Sequence[datetime]
) -> list[PlannedSend]:
    line, start = prepared.lines[index], prepared.start
    opening = first_opening(prepared, line)
    not_before = opening if opening > start else None
    steps = tuple(Step(mail.number, mail.delay) for mail in prepared.mails)
    chains = [
        Chain(key, key, steps, not_before=not_before)
        for key, lead in enumerate(enrolled)
        if lead.line == index and not lead.missing
    ]
    first_day = line.calendar.local_date(start)
    return plan(
        line.calendar,
        chains,
        start=start,
        taken=taken,
        sent_today=throttle.used_on(line.domain, prepared.rows.campaign, line.calendar, first_day),
        next_allowed_at=throttle.first_slot(line.domain, line.calendar, start),
        ramp=line.domain.ramp_before(first_day),
    )


def first_opening(prepared: Prepared, line: Line) -> datetime:
    """When the first mail may leave: the start, or later where the flow begins with a wait."""
    delay = prepared.mails[0].delay
    return line.calendar.earliest(prepared.start, delay) if delay.amount else prepared.start
