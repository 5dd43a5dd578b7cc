"""The chart of the last two weeks, as Chart.js takes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Sum
from django.utils import timezone

from campaigns.models import DailyFigures

DAYS = 14

# Resolved by unfold's script, so that the chart follows the theme.
_LOOKS = {
    "clicked": ("line", "oklch(76.9% .188 70.08)"),
    "opened": ("line", "oklch(58.5% .233 277)"),
    "sent": ("bar", "var(--color-primary-400)"),
}

OPTIONS = json.dumps(
    {
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "interaction": {"mode": "index", "intersect": False},
        "plugins": {
            "legend": {
                "position": "top",
                "align": "end",
                "reverse": True,
                "labels": {
                    "boxWidth": 10,
                    "boxHeight": 10,
                    "useBorderRadius": True,
                    "borderRadius": 3,
                },
            }
        },
        "scales": {
            "x": {"grid": {"display": False}, "border": {"display": False}},
            "y": {
                "beginAtZero": True,
                "grid": {"tickWidth": 0},
                "border": {"display": False, "dash": [4, 4]},
                "ticks": {"precision": 0, "maxTicksLimit": 5},
            },
        },
    }
)


@dataclass(frozen=True, slots=True)
class Day:
    """All campaigns together on one local day."""

    date: date
    sent: int
    opened: int
    clicked: int


def last_days(now: datetime) -> list[Day]:
    """The last `DAYS` days, today included; one without mails is there with zeros. One query."""
    first = timezone.localdate(now) - timedelta(days=DAYS - 1)
    rows = (
        DailyFigures.objects.filter(day__gte=first)
        .order_by()
        .values_list("day")
        .annotate(Sum("sent"), Sum("opened"), Sum("clicked"))
    )
    found = {day: Day(day, sent, opened, clicked) for day, sent, opened, clicked in rows}
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [found.get(day, Day(day, 0, 0, 0)) for day in days]


def chart(days: list[Day]) -> str:
    """Sends as bars, opens and clicks as lines over them."""
    datasets = [
        {
            "type": kind,
            "label": name.capitalize(),
            "data": [getattr(day, name) for day in days],
            "backgroundColor": colour,
            "borderColor": colour,
            "borderWidth": 0 if kind == "bar" else 2,
            "borderRadius": 4,
            "maxBarThickness": 26,
            "pointRadius": 2,
            "tension": 0.3,
        }
        for name, (kind, colour) in _LOOKS.items()
    ]
    labels = [f"{day.date:%a} {day.date.day}" for day in days]
    return json.dumps({"labels": labels, "datasets": datasets})
