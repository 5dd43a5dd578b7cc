"""Days as people name them, in Dutch, English, German and French → where they stand, and when.

Relative to the day of the mail: a date without a year is the next such day.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_I = re.IGNORECASE
# Further ahead than anybody writes without a year: such a date lies in the past.
_FARTHEST_WITHOUT_YEAR = timedelta(days=245)


def _numbered(*names: str, start: int) -> dict[str, int]:
    return {name: at for at, line in enumerate(names, start) for name in line.split()}


_MONTHS = _numbered(
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
    start=1,
)
_WEEKDAYS = _numbered(
    "monday maandag montag lundi",
    "tuesday dinsdag dienstag mardi",
    "wednesday woensdag mittwoch mercredi",
    "thursday donderdag donnerstag jeudi",
    "friday vrijdag freitag vendredi",
    "saturday zaterdag samstag samedi",
    "sunday zondag sonntag dimanche",
    start=0,
)
# Words of other languages, and of this one, unless "on" or the like stands before them.
_SHORT_WEEKDAYS = _numbered(
    "mon", "tue tues", "wed", "thu thur thurs", "fri", "sat", "sun", start=0
)
_NUMBERS = _numbered(
    "a an one een één einem einer ein un une",
    "two twee zwei deux",
    "three drie drei trois",
    "four vier quatre",
    "five vijf fünf fuenf cinq",
    "six zes sechs",
    start=1,
)
_UNITS = {"d": 1, "t": 1, "j": 1, "w": 7, "s": 7, "m": 30}


def _any(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_MONTH = rf"(?P<{{0}}>{_any(_MONTHS)})\b\.?"
_YEAR = r"(?:[ ,.]{{0,3}}(?P<{0}>20\d\d)\b)?"
_DAY = r"(?P<{0}>[0-3]?\d)(?:st|nd|rd|th|er|e|\.)?"
_WEEKDAY = _any(_WEEKDAYS)
_ANY_WEEKDAY = rf"(?:{_WEEKDAY}|{_any(_SHORT_WEEKDAYS)}|ma|di|wo|do|vr|za|zo|mo|mi|fr|sa|so)"
_NO_MONTH = rf"(?! ?(?:of |de )?(?:{_any(_MONTHS)})\b)(?![/.:-]\d)(?! ?(?:uur|uhr|u|h|am|pm)\b)"
_NEXT_WEEK = (
    r"(?:(?:next|volgende|komende|nächste[nr]?|naechste[nr]?|kommende[nr]?) (?:week|woche)"
    r"|semaine prochaine)"
)
_END, _MIDDLE = (
    r"(?:the |de |la )?(?:end|eind|einde|ende|fin)",
    r"mid|half|halverwege|medio|mitte|mi",
)
_BEGIN = r"beginning|begin|start|early|anfang|début|debut|in|im|en"

# The most exact ways first; the weekday before a date says nothing more.
_DATES = (
    r"(?P<y1>20\d\d)[-/.](?P<m1>[01]?\d)[-/.](?P<d1>[0-3]?\d)\b",
    r"(?P<d2>[0-3]?\d)(?P<by>[-/.])(?P<m2>[0-3]?\d)(?:(?P=by)'?(?P<y2>(?:20)?\d\d)\b|(?![\d:])\.?)"
    r"(?! ?(?:uur|uhr|h|am|pm)\b)",
    rf"{_DAY.format('d3')} ?(?:of |de )?{_MONTH.format('m3')}{_YEAR.format('y3')}",
    rf"{_MONTH.format('m4')} (?:the )?{_DAY.format('d4')}\b(?!:)"
    r"(?: ?(?:-|–|to|through|until) ?(?P<until>[0-3]?\d)(?:st|nd|rd|th)?\b(?![:/]|\.?\d))?"
    rf"{_YEAR.format('y4')}",
)
_PARTS = (
    rf"(?:(?P<end>{_END})|(?P<middle>{_MIDDLE})|{_BEGIN})[ -](?:of |van |du mois )?(?:de |d['’])?"
    rf"{_MONTH.format('m5')}{_YEAR.format('y5')}(?! ?\d)",
    rf"(?P<month_end>{_END} (?:of |van |du |des )?(?:the |this |de |deze )?"
    r"(?:month|maand|monats|mois))\b",
    r"(?:week|wk|kw|kalenderwoche|semaine)\.? ?(?P<week>[0-5]?\d)\b",
    rf"(?:in|over|dans|na|after|après|nach) (?:de |the )?(?P<count>\d\d?|{_any(_NUMBERS)}) "
    r"(?P<unit>days?|dag(?:en)?|tage?n?|jours?|weeks?|weken|wochen?|semaines?|months?"
    r"|maand(?:en)?|monate?n?|mois)\b",
)
_WEAK = (
    rf"(?:(?:the|de|den|dem|der) (?P<d6>[0-3]?\d)(?:st|nd|rd|th|e|de|ste|\.)(?!\d)"
    rf"|(?:le|{_WEEKDAY}),? (?:the |de |den |der |le )?(?P<d7>[0-3]?\d)"
    rf"(?:st|nd|rd|th|er|e|de|ste|\.)?(?![\w%])){_NO_MONTH}",
    r"(?P<overmorrow>day after tomorrow|overmorgen|übermorgen|uebermorgen|après-demain)\b",
    r"(?P<tomorrow>(?<!day after )tomorrow|(?<!guten )(?<!goeden )morgen(?! (?:fr|vor))|demain)\b",
    rf"(?P<next_week>{_NEXT_WEEK})(?: (?:on |am |op )?(?P<w1>{_WEEKDAY})\b)?",
    rf"(?P<w2>{_WEEKDAY}) (?:of |de la )?(?P<next_week_too>{_NEXT_WEEK})",
    rf"(?P<weekday>{_WEEKDAY}"
    rf"|(?:(?<=until )|(?<=till )|(?<=back )|(?<=on )|(?<=next ))(?:{_any(_SHORT_WEEKDAYS)}))\b",
)
_NAMED = re.compile(
    rf"(?<![\w/.])(?:(?:{_ANY_WEEKDAY}\b[.,]{{0,2}} (?:the |de |den |dem |der |le )?)?"
    rf"(?:{'|'.join(_DATES)})|{'|'.join(_PARTS)}|{'|'.join(_WEAK)})",
    _I,
)


@dataclass(frozen=True, slots=True)
class NamedDay:
    """Where it stands in the text; its first and last day, the same but for a week."""

    start: int
    end: int
    first: date
    last: date
    is_exact: bool  # a date, and no "Monday" or "the 17th" that depends on when it is said
    is_range_end: bool  # of "August 3-14"


def days_named(
    text: str, written_on: date, *, is_month_first: bool = False, after: date | None = None
) -> Iterator[NamedDay]:
    """`after`: what is not exact ("Monday") is the next such day after this one."""
    for match in _NAMED.finditer(text):
        found = match.groupdict()
        is_exact = bool(any(found[f"d{form}"] for form in "1234") or found["m5"] or found["week"])
        days = _days(found, written_on, after or written_on, is_month_first)
        if days:
            yield NamedDay(match.start(), match.end(), *days, is_exact, bool(found["until"]))


def _days(
    found: dict[str, str | None], written_on: date, after: date, is_month_first: bool
) -> tuple[date, date] | None:
    if week := found["week"]:
        return _week(int(week), written_on)
    day = _in_relation(found, written_on, after) or _part_of_month(found, written_on)
    for form in "1234":
        if number := found[f"d{form}"]:
            month = found[f"m{form}"] or ""
            if form == "2" and _is_american(number, month, found["by"], is_month_first):
                number, month = month, number
            day = _dated(found["until"] or number, month, found[f"y{form}"], written_on)
    return (day, day) if day else None


def _is_american(day: str, month: str, by: str | None, is_month_first: bool) -> bool:
    if by == "." or int(day) > 12:
        return False
    return int(month) > 12 or (by == "/" and is_month_first)


def _in_relation(found: dict[str, str | None], written_on: date, after: date) -> date | None:
    """To the day of the mail, or to the last one that it named."""
    if found["tomorrow"]:
        return written_on + timedelta(days=1)
    if found["overmorrow"]:
        return written_on + timedelta(days=2)
    if found["next_week"] or found["next_week_too"]:
        monday = written_on + timedelta(days=7 - written_on.weekday())
        weekday = (found["w1"] or found["w2"] or "monday").lower()
        return monday + timedelta(days=_WEEKDAYS[weekday])
    if name := (found["weekday"] or "").lower():
        number = _WEEKDAYS.get(name, _SHORT_WEEKDAYS.get(name, 0))
        return after + timedelta(days=(number - after.weekday() - 1) % 7 + 1)
    if day := found["d6"] or found["d7"]:
        return _next_such_day(int(day), after)
    if count := (found["count"] or "").lower():
        many = int(count) if count.isdecimal() else _NUMBERS[count]
        return written_on + timedelta(days=many * _UNITS[(found["unit"] or "d")[0].lower()])
    return None


def _part_of_month(found: dict[str, str | None], near: date) -> date | None:
    if found["month_end"]:
        return _end_of(near.month, near.year)
    if not found["m5"]:
        return None
    month = _MONTHS[found["m5"].lower()]
    if found["end"]:
        year = int(found["y5"] or near.year + (month < near.month))
        end = _end_of(month, year)
        return end if found["y5"] or end - near <= _FARTHEST_WITHOUT_YEAR else None
    return _dated("15" if found["middle"] else "1", found["m5"], found["y5"], near)


def _dated(day_text: str, month_text: str, year_text: str | None, near: date) -> date | None:
    day = int(day_text)
    month = _MONTHS.get(month_text.lower(), 0) or int(month_text or 0)
    if year_text:
        year = int(year_text)
        return _valid(year + 2000 if year < 100 else year, month, day)
    this_year = _valid(near.year, month, day)
    if this_year and this_year >= near:
        return this_year if this_year - near <= _FARTHEST_WITHOUT_YEAR else None
    next_year = _valid(near.year + 1, month, day)
    return next_year if next_year and next_year - near <= _FARTHEST_WITHOUT_YEAR else this_year


def _week(number: int, near: date) -> tuple[date, date] | None:
    """Of ISO 8601, this year's or the next one's."""
    try:
        monday = date.fromisocalendar(near.isocalendar().year, number, 1)
        if near - monday > _FARTHEST_WITHOUT_YEAR / 2:
            monday = date.fromisocalendar(near.isocalendar().year + 1, number, 1)
    except ValueError:
        return None
    return monday, monday + timedelta(days=6)


def _end_of(month: int, year: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _next_such_day(day: int, near: date) -> date | None:
    in_next_month = near.replace(day=1) + timedelta(days=31)
    this = _valid(near.year, near.month, day)
    return this if this and this >= near else _valid(in_next_month.year, in_next_month.month, day)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
