"""The counters: one small row per campaign, step and day, moved in the transaction of what
they count, and by nobody but this module."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import F

from campaigns.models import DailyFigures
from mailsuite.lib.errors import Conflict
from mailsuite.lib.statements import Statement, run_together

_COUNTERS = frozenset(
    {
        "planned", "canceled", "sent", "opened", "machine_opened", "clicked", "replied",
        "bounced", "failed", "unsubscribed", "complained",
    }
)  # fmt: skip


def count(campaign_id: int, step_id: int, day: date, **increments: int) -> None:
    """Add `increments` to the counters of one step on one day.

    An upsert, because F() cannot make the row: the first event of a day and its siblings
    in other workers all end in the same row, each adding its own.
    """
    unknown = increments.keys() - _COUNTERS
    if unknown:
        raise ValueError(f"no such counter: {', '.join(sorted(unknown))}")
    table = DailyFigures._meta.db_table
    values = {name: increments.get(name, 0) for name in sorted(_COUNTERS)}
    added = ", ".join(f"{name} = {table}.{name} + EXCLUDED.{name}" for name in increments)
    run_together(
        Statement(
            f"count_{'_'.join(increments)}",
            f"INSERT INTO {table} (campaign_id, step_id, day, {', '.join(values)}) "  # noqa: S608
            f"VALUES (%s, %s, %s, {', '.join(['%s'] * len(values))}) "
            f"ON CONFLICT (campaign_id, step_id, day) DO UPDATE SET {added}",
            [campaign_id, step_id, day, *values.values()],
        )
    )


def count_planned(campaign_id: int, by_step: Mapping[int, int], day: date) -> None:
    """Messages that a launch created: step id → how many. `day` is local to the campaign."""
    for step_id in sorted(by_step):
        count(campaign_id, step_id, day, planned=by_step[step_id])


def take_back(campaign_id: int, step_id: int, day: date, counter: str, by: int) -> None:
    """What was counted on `day` and holds no longer: a failure that is being sent again.

    A day is local to its domain, whose time zone may be another one by now. So it is taken from
    the nearest day that has it: `day` itself, unless the zone was changed. Raises Conflict where
    no day has it, for then the figures have drifted from what they count.
    """
    days = DailyFigures.objects.select_for_update(no_key=True).filter(
        campaign=campaign_id, step=step_id, **{f"{counter}__gte": by}
    )
    counted_on = min(
        days.order_by("day").values_list("day", flat=True),
        key=lambda one: abs(one - day),
        default=None,
    )
    if counted_on is None:
        raise Conflict(
            f"The figures of campaign {campaign_id} count none as {counter} that could be taken "
            "back. `manage.py check_integrity` shows what they say and what is; set them right "
            "first.",
            code="figures_drifted",
        )
    DailyFigures.objects.filter(campaign=campaign_id, step=step_id, day=counted_on).update(
        **{counter: F(counter) - by}
    )
