"""The planning rules written down a second time, as plainly and slowly as they are said.

It shares the value objects with the planner and nothing else: no calendar, no slots, no queues.
Every mail looks at every slot of every day again.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from campaigns.scheduling.ramp import Ramp
from campaigns.scheduling.values import Chain, Delay, Limits, PlannedSend, Policy


class NaivePlanner:
    """Plans one domain by trying everything in order."""

    def __init__(
        self, policy: Policy, limits: Limits, *, floor: datetime, taken: Sequence[datetime]
    ) -> None:
        self.policy, self.limits = policy, limits
        self.floor = floor
        self.taken = list(taken)
        self.planned: list[PlannedSend] = []

    def instant(self, on: date, at: time) -> datetime:
        return datetime.combine(on, at, tzinfo=self.policy.timezone).astimezone(UTC)

    def local_date(self, at: datetime) -> date:
        return at.astimezone(self.policy.timezone).date()

    def works(self, on: date) -> bool:
        policy = self.policy
        if on.isoweekday() not in policy.send_days or on in policy.blackout_dates:
            return False
        if policy.holiday_country and on not in policy.working_holidays:
            return on not in _public_holidays(policy.holiday_country, on.year)
        return True

    def window(self, on: date) -> tuple[datetime, datetime] | None:
        allowed = self.limits.send_days or self.policy.send_days
        if not self.works(on) or on.isoweekday() not in allowed:
            return None
        opens = self.instant(on, self.limits.window_start or self.policy.window_start)
        closes = self.instant(on, self.limits.window_end or self.policy.window_end)
        return (opens, closes) if opens < closes else None

    def next_opening(self, at: datetime) -> datetime:
        on = self.local_date(at)
        while (window := self.window(on)) is None or window[1] <= at:
            on += timedelta(days=1)
        return max(at, window[0])

    def due(self, sent: datetime, delay: Delay) -> datetime:
        if delay.unit == "hours":
            return self.next_opening(sent + timedelta(hours=delay.amount))
        on = self.local_date(sent)
        if delay.unit == "days":
            on += timedelta(days=delay.amount)
        else:
            for _ in range(delay.amount):
                on += timedelta(days=1)
                while not self.works(on):
                    on += timedelta(days=1)
        while (window := self.window(on)) is None:
            on += timedelta(days=1)
        return self.next_opening(max(window[0], sent))

    def slots(self, on: date, due: datetime) -> Iterator[datetime]:
        window = self.window(on)
        if window is None:
            return
        opens, closes = window
        if not self.policy.interval:
            moment = max(opens, due, self.floor)
            if moment < closes:
                yield moment
            return
        slot = opens
        while slot < closes:
            if slot >= due and slot >= self.floor:
                yield slot
            slot += self.policy.interval

    def free_slot(self, on: date, due: datetime) -> datetime | None:
        others = self.taken + [send.at for send in self.planned]
        for slot in self.slots(on, due):
            if all(abs(slot - other) >= self.policy.interval for other in others):
                return slot
        return None


@lru_cache
def _public_holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))


def naive_plan(
    policy: Policy,
    limits: Limits,
    chains: Sequence[Chain],
    *,
    start: datetime,
    taken: Sequence[datetime] = (),
    sent_today: int = 0,
    next_allowed_at: datetime | None = None,
    ramp: Ramp | None = None,
) -> list[PlannedSend]:
    """What `plan` must answer for the same arguments."""
    floor = max(start, next_allowed_at or start)
    planner = NaivePlanner(policy, limits, floor=floor, taken=taken)
    cap = limits.daily_limit or policy.daily_cap
    last_sent = {chain.key: chain.last_sent_at for chain in chains}
    left = {chain.key: list(chain.steps) for chain in chains}
    on = planner.local_date(start)
    while any(left.values()):
        used = sent_today if on == planner.local_date(start) else 0
        used += sum(at >= start and planner.local_date(at) == on for at in taken)
        allowed = cap
        if ramp is not None:
            days = {planner.local_date(send.at) for send in planner.planned}
            days |= {planner.local_date(at) for at in taken if at >= start}
            days |= {planner.local_date(start)} if sent_today else set()
            behind = ramp.days + sum(day < on for day in days)
            allowed = min(cap, ramp.ceiling, ramp.start + ramp.step * behind)
        for _ in range(allowed - used):
            if not _place_one(planner, chains, left, last_sent, on):
                break
        on += timedelta(days=1)
    return sorted(planner.planned, key=lambda send: send.at)


def _place_one(
    planner: NaivePlanner,
    chains: Sequence[Chain],
    left: dict[int, list],
    last_sent: dict[int, datetime | None],
    on: date,
) -> bool:
    follow_ups, new_leads = [], []
    for chain in chains:
        if not left[chain.key]:
            continue
        sent = last_sent[chain.key]
        moment = datetime.min.replace(tzinfo=UTC)
        if chain.not_before and left[chain.key][0] == chain.steps[0]:
            moment = planner.next_opening(chain.not_before)
        if sent is None:
            new_leads.append((chain.order, chain.key, moment))
        else:
            due = max(moment, planner.due(sent, left[chain.key][0].delay_before))
            follow_ups.append((due, chain.order, chain.key))
    in_turn = [(key, due) for due, _, key in sorted(follow_ups)]
    in_turn += [(key, moment) for _, key, moment in sorted(new_leads)]
    for key, due in in_turn:
        if slot := planner.free_slot(on, due):
            planner.planned.append(PlannedSend(key, left[key].pop(0).number, slot))
            last_sent[key] = slot
            return True
    return False
