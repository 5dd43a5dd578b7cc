"""Days as people name them, in Dutch, English, German and French → dates.

Relative to the day of the mail: a date without a year is the next such day.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta

# Further ahead than anybody writes without a year: such a date lies in the past.
_FARTHEST_WITHOUT_YEAR = timedelta(days=245)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januari januar jänner janvier janv",
            "february feb februari februar février fevrier févr fevr febr",
            "march mar maart mrt märz maerz mär mars",
            "april apr avril avr",
            "may mei mai",
            "june jun juni juin",
            "july jul juli juillet juil",
            "august aug augustus août aout",
            "september sep sept septembre",
            "october oct oktober okt octobre",
            "november nov novembre",
            "december dec dezember dez décembre decembre déc",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday maandag montag lundi",
            "tuesday dinsdag dienstag mardi",
            "wednesday woensdag mittwoch mercredi",
            "thursday donderdag donnerstag jeudi",
            "friday vrijdag freitag vendredi",
            "saturday zaterdag samstag samedi",
            "sunday zondag sonntag dimanche",
        )
    )
    for name in names.split()
}
_MONTH = r"(?P<{0}>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?:[ ,.]{{0,3}}(?P<{0}>20\d\d)\b)?"
_DAY = r"(?P<{0}>[0-3]?\d)(?:st|nd|rd|th|er|e|\.)?"

# A pattern for each way of naming a day, the most exact first.
DATE = (
    r"(?:(?P<y1>20\d\d)[-/.](?P<m1>[01]?\d)[-/.](?P<d1>[0-3]?\d)\b"
    r"|(?P<d2>[0-3]?\d)[-/.](?P<m2>[0-3]?\d)(?:[-/.](?P<y2>(?:20)?\d\d)\b|(?![\d:])\.?)"
    rf"|{_DAY.format('d3')} ?(?:of |de )?{_MONTH.format('m3')}{_YEAR.format('y3')}"
    rf"|{_MONTH.format('m4')} (?:the )?{_DAY.format('d4')}\b(?!:){_YEAR.format('y4')}"
    rf"|(?:end|eind|einde|ende|fin)(?: of| van| de)? {_MONTH.format('m5')}{_YEAR.format('y5')})"
)
DAY_OF_MONTH = r"(?:the (?P<d6>[0-3]?\d)(?:st|nd|rd|th)\b|de (?P<d7>[0-3]?\d)(?:e|de|ste)\b)"
TOMORROW = r"(?P<tomorrow>tomorrow|morgen(?! (?:fr|vor))|demain)"
WEEKDAY_NAMES = "|".join(_WEEKDAYS)
WEEKDAY = rf"(?P<weekday>{WEEKDAY_NAMES})"


def day_named(found: dict[str, str | None], written_on: date) -> date | None:
    """`found`: the groups of a match; None where there is no such day ahead."""
    if found.get("tomorrow"):
        return written_on + timedelta(days=1)
    if name := found.get("weekday"):
        ahead = (_WEEKDAYS[name.lower()] - written_on.weekday() - 1) % 7 + 1
        return written_on + timedelta(days=ahead)
    if month := found.get("m5"):
        return _end_of(_MONTHS[month.lower()], found["y5"], written_on)
    if day := found.get("d6") or found.get("d7"):
        return _next_such_day(int(day), written_on)
    for form in "1234":
        if day := found.get(f"d{form}"):
            return _dated(day, found[f"m{form}"] or "", found[f"y{form}"], written_on)
    return None


def _dated(day_text: str, month_text: str, year_text: str | None, near: date) -> date | None:
    day = int(day_text)
    month = _MONTHS.get(month_text.lower().rstrip("."), 0) or int(month_text or 0)
    if month > 12 >= day:  # 08/17/2026: the American order
        day, month = month, day
    if year_text:
        year = int(year_text)
        return _valid(year + 2000 if year < 100 else year, month, day)
    this_year = _valid(near.year, month, day)
    if this_year and this_year >= near:
        return this_year if this_year - near <= _FARTHEST_WITHOUT_YEAR else None
    next_year = _valid(near.year + 1, month, day)
    return next_year if next_year and next_year - near <= _FARTHEST_WITHOUT_YEAR else None


def _end_of(month: int, year_text: str | None, near: date) -> date | None:
    year = int(year_text) if year_text else near.year + (month < near.month)
    end = date(year, month, calendar.monthrange(year, month)[1])
    return end if year_text or end - near <= _FARTHEST_WITHOUT_YEAR else None


def _next_such_day(day: int, near: date) -> date | None:
    in_next_month = near.replace(day=1) + timedelta(days=31)
    this = _valid(near.year, near.month, day)
    return this if this and this >= near else _valid(in_next_month.year, in_next_month.month, day)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
