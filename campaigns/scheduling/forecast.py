"""A plan summed up for people: how many mails on which day, from when to when."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.ramp import DayCaps, Ramp
from campaigns.scheduling.values import PlannedSend


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many mails go on one local date, and how many might: on a domain's ramp-up that
    grows from day to day."""

    date: date
    count: int
    cap: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one domain is going to send; `first_at` and `last_at` are UTC, None with no mails.

    `finish_date` is the local date of the last mail.
    """

    total: int
    days: tuple[DayCount, ...]
    first_at: datetime | None
    last_at: datetime | None
    finish_date: date | None


def summarise(
    planned: Sequence[PlannedSend],
    calendar: SendingCalendar,
    *,
    ramp: Ramp | None = None,
    sent_on: date | None = None,
) -> Forecast:
    """Sum up what `plan` answered for one domain. `sent_on` is the day on which the plan begins
    where mails have gone on it already."""
    per_day = Counter(calendar.local_date(send.at) for send in planned)
    caps = DayCaps(calendar.daily_cap, ramp, per_day + Counter([sent_on] if sent_on else []))
    days = tuple(DayCount(on, per_day[on], caps.open(on)) for on in sorted(per_day))
    return Forecast(
        total=len(planned),
        days=days,
        first_at=min((send.at for send in planned), default=None),
        last_at=max((send.at for send in planned), default=None),
        finish_date=days[-1].date if days else None,
    )
