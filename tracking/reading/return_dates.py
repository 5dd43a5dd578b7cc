"""An absence notice → the day that it names for the return, as a date.

Relative to the day of the mail: a date without a year is the next such day. What was meant by
"until the 15th", the day itself or the one after, the notice doesn't say; the day is answered as
it stands there.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_I = re.IGNORECASE
_LONGEST = 6_000
# Further ahead than anybody writes without a year: such a date lies in the past.
_FARTHEST_WITHOUT_YEAR = timedelta(days=245)
_FARTHEST = timedelta(days=550)

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

_DATE = (
    r"(?:(?P<y1>20\d\d)[-/.](?P<m1>[01]?\d)[-/.](?P<d1>[0-3]?\d)\b"
    r"|(?P<d2>[0-3]?\d)[-/.](?P<m2>[0-3]?\d)(?:[-/.](?P<y2>(?:20)?\d\d)\b|(?![\d:])\.?)"
    rf"|{_DAY.format('d3')} ?(?:of |de )?{_MONTH.format('m3')}{_YEAR.format('y3')}"
    rf"|{_MONTH.format('m4')} (?:the )?{_DAY.format('d4')}\b(?!:){_YEAR.format('y4')})"
)
_WEEKDAY = r"(?P<weekday>" + "|".join(_WEEKDAYS) + r")"
_TOMORROW = r"(?P<tomorrow>tomorrow|morgen(?! (?:fr|vor))|demain)"
_FILLER = (
    r"(?:(?:and including|including|en met|on|the|den|dem|de|le|op|am|zum|einschlie(?:ß|ss)lich"
    r"|inclus|about|around|ongeveer|circa|again|next|coming|komende|aanstaande|kommenden"
    r"|nächsten|naechsten|prochain|only|pas|erst|weer|wieder|in the office|au bureau|kantoor|work"
    r"|" + "|".join(_WEEKDAYS) + r")[ ,.:]{1,3}){0,6}"
)
_BACK = (
    r"(?:(?:be|am|i'm) back(?: in(?: the)? office| at work| at my desk)?|back in(?: the)? office"
    r"|back(?= on| from| at)|return(?:ing)?(?: to(?: the)?(?: office| work)?)?|available again"
    r"|terug(?: op kantoor)?|weer (?:aanwezig|bereikbaar|beschikbaar|op kantoor|terug|open|geopend"
    r"|voor u klaar)|hervat|vanaf|wieder|zurück|zurueck|\bab|de retour(?: au bureau)?|retour"
    r"|serai (?:à nouveau )?(?:présente?|disponible|joignable)|reprends|à partir|starting|as of"
    r"|per(?=\b))"
)
_UNTIL = (
    r"(?:until|till|til|thru|through|to|tot(?: en met)?|t/m|bis(?: einschlie(?:ß|ss)lich"
    r"| einschl\.?| inkl\.?)?|jusqu['’]?(?:au|à|a)?|au|-|–)"
)
# Right behind the day: "maandag 8 juni weer terug", "8. Juni sind wir wieder da".
_THEN_BACK = (
    r",? (?:(?:ben|bin|zijn|sind) (?:ik|ich|wij|we|wir) )?(?:"
    r"(?:weer|wieder) (?:terug|aanwezig|bereikbaar|beschikbaar|op kantoor|open|geopend|da\b"
    r"|erreichbar|zurück|im büro)|terug|zurück|zurueck|de retour|back\b)"
)
_PATTERNS = (
    re.compile(rf"\b{_BACK}[ ,:]{{1,3}}{_FILLER}{_DATE}", _I),
    re.compile(rf"(?:\b|(?<=\s)){_UNTIL}[ ,:]{{1,3}}{_FILLER}{_DATE}", _I),
    # German, and some Dutch, put the verb behind: "am 18. August bin ich wieder da".
    re.compile(
        rf"\b(?:am|op|le|on) {_FILLER}{_DATE}[^.\n]{{0,40}}\b(?:wieder|weer|terug|zurück|back"
        rf"|retour)",
        _I,
    ),
    re.compile(rf"(?<![\d/.-]){_DATE}{_THEN_BACK}", _I),
    re.compile(rf"\b(?:{_BACK}|{_UNTIL})[ ,:]{{1,3}}{_FILLER}{_TOMORROW}", _I),
    re.compile(
        rf"\b(?:{_BACK}|{_UNTIL})[ ,:]{{1,3}}{_FILLER}(?P<weekday>{'|'.join(_WEEKDAYS)})", _I
    ),
    re.compile(rf"\b{_WEEKDAY}{_THEN_BACK}", _I),
)


def return_date_in(text: str, written_on: date) -> date | None:
    """None where it names none that lies ahead of `written_on` (or on it)."""
    text = " ".join(text[:_LONGEST].split())
    for pattern in _PATTERNS:
        days = [_day(match.groupdict(), written_on) for match in pattern.finditer(text)]
        ahead = [day for day in days if day and written_on <= day <= written_on + _FARTHEST]
        if ahead:
            return max(ahead)
    return None


def _day(found: dict[str, str | None], written_on: date) -> date | None:
    if found.get("tomorrow"):
        return written_on + timedelta(days=1)
    if name := found.get("weekday"):
        ahead = (_WEEKDAYS[name.lower()] - written_on.weekday() - 1) % 7 + 1
        return written_on + timedelta(days=ahead)
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


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
