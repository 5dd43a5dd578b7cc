"""Which mail goes when, for one sending domain.

Launch, dry run, resume and the nightly roll-over all ask `plan`. It keeps no state and reads no
clock: the same arguments give the same answer, and asking changes nothing. What was not sent in
time needs nothing special: planned again from the next workday it is still due longest, or
still first in line, so the order is kept.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from operator import attrgetter

from campaigns.scheduling.calendar import ONE_DAY, SendingCalendar
from campaigns.scheduling.errors import require, require_aware
from campaigns.scheduling.ramp import Ramp
from campaigns.scheduling.slots import SlotBook
from campaigns.scheduling.values import Chain, PlannedSend
from campaigns.scheduling.waiting import Waiting


def plan(
    calendar: SendingCalendar,
    chains: Iterable[Chain],
    *,
    start: datetime,
    taken: Iterable[datetime] = (),
    sent_today: int = 0,
    next_allowed_at: datetime | None = None,
    ramp: Ramp | None = None,
) -> list[PlannedSend]:
    """Give every remaining step of every chain its moment, from `start` on, in order of time.

    Day by day, again and again until the day is full: the follow-up that has been due longest
    goes to the first free slot at or after its due moment; only when no follow-up can go that
    day, the next new lead in line does. A step is due by its delay from the planned moment of
    the step before, or from the real one once that was sent.

    `taken` are the slots ahead that messages outside `chains` hold on this domain, `sent_today`
    is what has gone on the local day of `start`, and nothing goes before `next_allowed_at`, when
    the domain's throttle opens. On a `ramp` no day gets more than the days of sending before it
    allow: those of the past by its `days`, those ahead by this plan. Raises NoSendingDayError when
    the rules leave no day to send on, and InvalidFieldError for input that can't be planned.
    """
    chains = list(chains)
    _require_once(chains)
    require_aware(start, "start")
    require_aware(next_allowed_at, "next_allowed_at")
    start = start.astimezone(UTC)
    book = SlotBook(
        calendar,
        start=start,
        taken=taken,
        sent_today=sent_today,
        next_allowed_at=next_allowed_at,
        ramp=ramp,
    )
    waiting = Waiting(calendar, chains, start=start)
    planned: list[PlannedSend] = []
    on = calendar.local_date(start)
    while waiting:
        on, window = calendar.sending_day(on)
        slots = book.open_day(on, window)
        waiting.open_day(window)
        while slots.room and (send := waiting.place_next(slots)):
            planned.append(send)
        on += ONE_DAY
    # Stable: of mails that share a moment (no pause), those served first stay first.
    planned.sort(key=attrgetter("at"))
    return planned


def _require_once(chains: list[Chain]) -> None:
    counts = Counter(chain.key for chain in chains)
    twice = sorted(key for key, count in counts.items() if count > 1)
    require(not twice, "chains", f"chain {', '.join(map(str, twice[:5]))} is given more than once")
