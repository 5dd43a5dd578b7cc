"""Counts broken promises in what the mail server took. Knows nothing of how mails are planned.

It shares no code with the planner, the sender or their calendar: it has its own idea of a Dutch
workday, so that one mistake cannot hide in both. Its rules are the default policy and flow:
Monday to Friday from 08:00 to 17:00 Dutch time, 20 minutes apart, 27 a day for each sending
domain, each follow-up at least 3 workdays after the mail before it, and none to who has stopped
or is away (`stops`). There is no grace: the demo's clock waits for every mail, so that none is
ever late.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from mailsuite.demo.journal import AcceptedMail, Entry, Reaction
from mailsuite.demo.stops import Stops

ZONE = ZoneInfo("Europe/Amsterdam")
OPENS, CLOSES = time(8), time(17)
INTERVAL = timedelta(minutes=20)
DAILY_CAP = 27
WORKDAYS_BETWEEN = 3
MAILS_A_LEAD = 4


@dataclass(frozen=True, slots=True)
class ExpectedMail:
    """A mail that ought to have been accepted, by the recipient and its place in the thread."""

    recipient: str
    number: int


def expected_mails(recipients: Iterable[str], journal: Sequence[Entry]) -> set[ExpectedMail]:
    """All four mails for each of `recipients`; for one who stopped, those up to the last that
    was accepted before that.

    What mailsuite says of its mails plays no part: who could cancel them all would lose none.
    """
    reached: dict[str, int] = {}
    stopped: dict[str, int] = {}
    stops = Stops(is_workday)
    for entry in journal:
        if isinstance(entry, AcceptedMail):
            stops.note_mail(entry)
            reached[entry.recipient] = max(entry.number, reached.get(entry.recipient, 0))
        elif isinstance(entry, Reaction):
            stops.note(entry)
            if stops.has_stopped(entry.recipient):
                stopped.setdefault(entry.recipient, reached.get(entry.recipient, 0))
    return {
        ExpectedMail(recipient, number)
        for recipient in recipients
        for number in range(1, stopped.get(recipient, MAILS_A_LEAD) + 1)
    }


def count_violations(journal: Sequence[Entry], expected: Iterable[ExpectedMail]) -> dict[str, int]:
    """Broken promises by kind, for a whole journal in its order.

    `expected` are the mails that ought to have been accepted, see `expected_mails`.
    """
    mails = [entry for entry in journal if isinstance(entry, AcceptedMail)]
    accepted = Counter(ExpectedMail(mail.recipient, mail.number) for mail in mails)
    return {
        "duplicate": len(mails) - len(accepted),
        "lost": len(set(expected) - set(accepted)),
        "interval": _too_close(mails),
        "cap": _too_many(mails),
        "window": sum(not _in_office_hours(mail.at) for mail in mails),
        "order": _out_of_order(mails),
        "offset": _too_soon(mails),
        "after_stop": _after_stop(journal),
    }


def _too_close(mails: Sequence[AcceptedMail]) -> int:
    times: defaultdict[str, list[datetime]] = defaultdict(list)
    for mail in mails:
        times[mail.domain].append(mail.at)
    return sum(
        later - earlier < INTERVAL
        for of_domain in map(sorted, times.values())
        for earlier, later in pairwise(of_domain)
    )


def _too_many(mails: Sequence[AcceptedMail]) -> int:
    days = Counter((mail.domain, _local_day(mail.at)) for mail in mails)
    return sum(max(0, count - DAILY_CAP) for count in days.values())


def _in_office_hours(at: datetime) -> bool:
    local = at.astimezone(ZONE)
    return is_workday(local.date()) and OPENS <= local.time() < CLOSES


def _out_of_order(mails: Sequence[AcceptedMail]) -> int:
    """Mails whose predecessor had not been accepted before them."""
    seen: set[tuple[str, int]] = set()
    wrong = 0
    for mail in mails:
        wrong += mail.number > 1 and (mail.recipient, mail.number - 1) not in seen
        seen.add((mail.recipient, mail.number))
    return wrong


def _too_soon(mails: Sequence[AcceptedMail]) -> int:
    """Follow-ups on an earlier day than the third workday after the mail before them."""
    days: dict[tuple[str, int], date] = {}
    wrong = 0
    for mail in mails:
        day = _local_day(mail.at)
        before = days.get((mail.recipient, mail.number - 1))
        wrong += before is not None and _workdays_after(before, day) < WORKDAYS_BETWEEN
        days.setdefault((mail.recipient, mail.number), day)
    return wrong


def _after_stop(journal: Sequence[Entry]) -> int:
    """Mails accepted after mailsuite had learned of the recipient's stop, and those to somebody
    away before the workday after the day of their return."""
    stops = Stops(is_workday)
    wrong = 0
    for entry in journal:
        if isinstance(entry, AcceptedMail):
            wrong += stops.forbids(entry.recipient, _local_day(entry.at))
            stops.note_mail(entry)
        elif isinstance(entry, Reaction):
            stops.note(entry)
    return wrong


def _local_day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def _workdays_after(start: date, end: date) -> int:
    """How many workdays lie after `start`, up to and including `end`."""
    days = (start + timedelta(days=count) for count in range(1, (end - start).days + 1))
    return sum(map(is_workday, days))


@cache
def is_workday(day: date) -> bool:
    """Monday to Friday, and none of the days that Dutch offices are closed."""
    return day.weekday() < 5 and day not in _days_off(day.year)


@cache
def _days_off(year: int) -> frozenset[date]:
    """Algemene termijnenwet, art. 3, which counts Good Friday with the holidays. Liberation Day
    is a day off in every fifth year only, as the collective agreements have it."""
    easter = easter_sunday(year)
    kings_day = date(year, 4, 27)
    if kings_day.weekday() == 6:
        kings_day -= timedelta(days=1)
    off = {date(year, 1, 1), kings_day, date(year, 12, 25), date(year, 12, 26)}
    # Good Friday, Easter Monday, Ascension Day, Whit Monday.
    off |= {easter + timedelta(days=days) for days in (-2, 1, 39, 50)}
    if year % 5 == 0:
        off.add(date(year, 5, 5))
    return frozenset(off)


def easter_sunday(year: int) -> date:
    """The anonymous Gregorian computus (Nature, 20 April 1876; Meeus, Astronomical Algorithms,
    ch. 8), in the names of its letters."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)
