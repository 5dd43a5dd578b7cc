"""An absence notice → the day of the return that it names, as a date.

"Until the 15th" may mean the day itself or the one after: the day is answered as it stands there.
"Up to and including the 15th" is the last day away, and the next workday is answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tracking.reading import auto_reply_words
from tracking.reading.named_days import (
    DATE,
    DAY_OF_MONTH,
    TOMORROW,
    WEEKDAY,
    WEEKDAY_NAMES,
    day_named,
)

_I = re.IGNORECASE
_LONGEST = 6_000
_MOST_SENTENCES = 200
_FARTHEST = timedelta(days=550)
_SATURDAY = 5

_FILLER = (
    r"(?:(?:and including|including|en met|on|at|the|den|dem|der|de|du|dès|le|op|am|zum|er"
    r"|einschlie(?:ß|ss)lich|inclus|about|around|ongeveer|circa|again|next|coming|komende"
    r"|aanstaande|kommenden|nächsten|naechsten|prochain|only|pas|erst|weer|wieder|in the office"
    r"|au bureau|kantoor|work|vanaf|from|ab|à partir|as of|prévue?|verwacht|gepland|expected"
    r"|planned|voraussichtlich"
    rf"|{WEEKDAY_NAMES})[ ,.:]{{1,3}}){{0,6}}"
)
_BACK = (
    r"(?:(?<!call )(?<!get )(?<!you )(?<!me )back(?: in(?: the)? office| at work| at my desk)?"
    r"|return(?:ing)?(?: to(?: the)?(?: office| work)?)?|available again"
    r"|terug(?: op kantoor)?|(?<!het )weer(?: (?:aanwezig|bereikbaar|beschikbaar|op kantoor|terug"
    r"|open|geopend|voor u klaar))?|hervat|wieder|zurück|zurueck|de retour(?: au bureau)?|retour"
    r"|(?:serai|suis) (?:à nouveau )?(?:présente?|disponible|joignable)"
    r"|(?:de|à) nouveau (?:présente?|disponible|joignable)|reprends)"
)
# Of the leave or of the work after it: what else the sentence says decides.
_FROM = r"(?:vanaf|ab|à partir|starting|as of|from|per(?=\b))"
_UNTIL = (
    r"(?:until|till|til|thru|through|to|tot(?: en met)?|t/m|bis(?: einschlie(?:ß|ss)lich"
    r"| einschl\.?| inkl\.?)?|jusqu['’]?(?:au|à|a)?|au|-|–)"
)
_RANGE_GOES_ON = rf"(?! ?,?(?:[^\W\d]{{1,12}} ){{0,3}}{_UNTIL}[ ,:])"
# Right behind the day: "maandag 8 juni weer terug", "8. Juni sind wir wieder da".
_THEN_BACK = (
    r",? (?:(?:ben|bin|zijn|sind) (?:ik|ich|wij|we|wir) )?(?:"
    r"(?:weer|wieder) (?:terug|aanwezig|bereikbaar|beschikbaar|op kantoor|open|geopend|da\b"
    r"|erreichbar|zurück|im büro)|terug|zurück|zurueck|de retour|back\b)"
)
# German, and some Dutch, put the verb behind: "am 18. August bin ich wieder da".
_LATER_BACK = r"[^.\n]{0,40}\b(?:wieder|weer|terug|zurück|back|retour)"
_LAST_DAY = r"(?P<last>,? ?\(?(?:inclu\w*|included|incl\.|einschlie(?:ß|ss)lich))?"

_SAYS_LAST_DAY = re.compile(r"\b(?:through|thru|t/m|en met|and including|einschl|inkl)", _I)
_SAYS_BACK = re.compile(
    r"\b(?:back|return\w*|terug|weer|hervat|wieder|zurück|zurueck|retour|reprends?|nouveau"
    r"|(?<!niet )bereikbaar|(?<!niet )aanwezig|(?<!nicht )erreichbar|(?<!not )available"
    r"|(?<!in)disponible|joignable)\b",
    _I,
)
_SAYS_AWAY = re.compile(
    rf"{auto_reply_words.AWAY_SUBJECT.pattern}|{auto_reply_words.AWAY.pattern}"
    r"|\bout (?:until|till|from)\b"
    r"|\b(?:vakantie|verlof|vrij|gesloten|away|closed|leave|holidays?|vacation|unavailable|absent"
    r"|urlaub|ferien|geschlossen|cong[ée]s?|vacances|ferm[ée]e?)\b",
    _I,
)
# Who stands in is there until then.
_THERE = re.compile(
    r"(?<!niet )(?<!not )(?<!nicht )\b(?:bereikbaar|aanwezig|available|reachable|erreichbar|open"
    r"|geopend|joignable)(?: is| ist)?,? ?$",
    _I,
)
_SENTENCE_END = re.compile(
    r"(?<=[^\W\d]{3})[.](?= +[^\W\d_a-zà-ÿ])|(?<=\b20\d\d)[.](?= +[^\W\d_a-zà-ÿ])"
    r"|(?<=\d[./-]\d\d)[.](?= +[^\W\d_a-zà-ÿ])|(?<=\dth)[.](?= )|[!?;](?= )| \.(?= )"
)


@dataclass(frozen=True, slots=True)
class _Forms:
    """In which a return is told, for one way of naming days."""

    back: tuple[re.Pattern[str], ...]
    start: re.Pattern[str]
    until: re.Pattern[str]


def _forms(when: str) -> _Forms:
    return _Forms(
        back=(
            re.compile(rf"\b{_BACK}[ ,:]{{1,3}}{_FILLER}{when}", _I),
            re.compile(rf"(?<![\d/.-])\b{when}{_THEN_BACK}", _I),
            re.compile(rf"\b(?:am|op|le|on) {_FILLER}{when}{_LATER_BACK}", _I),
        ),
        start=re.compile(rf"\b{_FROM}[ ,:]{{1,3}}{_FILLER}{when}{_RANGE_GOES_ON}", _I),
        until=re.compile(rf"(?:\b|(?<=\s)){_UNTIL}[ ,:]{{1,3}}{_FILLER}{when}{_LAST_DAY}", _I),
    )


_WAYS = tuple(_forms(when) for when in (DATE, DAY_OF_MONTH, TOMORROW, WEEKDAY))


def return_date_in(text: str, written_on: date) -> date | None:
    """None where it names none that lies ahead of `written_on` (or on it)."""
    sentences = _SENTENCE_END.split(" ".join(text[:_LONGEST].split()), _MOST_SENTENCES)
    for forms in _WAYS:
        for tell in (_back_on, _away_until, _until, _from):
            days = (tell(forms, sentence, written_on) for sentence in sentences)
            if found := next((day for day in days if day), None):
                return found
    return None


def _back_on(forms: _Forms, sentence: str, written_on: date) -> date | None:
    told = [day for form in forms.back for _, day in _ahead(form, sentence, written_on)]
    if _SAYS_BACK.search(sentence):
        told += [day for _, day in _ahead(forms.start, sentence, written_on)]
    return max(told, default=None)


def _away_until(forms: _Forms, sentence: str, written_on: date) -> date | None:
    return _until(forms, sentence, written_on) if _SAYS_AWAY.search(sentence) else None


def _until(forms: _Forms, sentence: str, written_on: date) -> date | None:
    told = [
        _after(day) if match["last"] or _SAYS_LAST_DAY.search(match[0]) else day
        for match, day in _ahead(forms.until, sentence, written_on)
        if not _THERE.search(sentence[max(0, match.start() - 40) : match.start()])
    ]
    return max(told, default=None)


def _from(forms: _Forms, sentence: str, written_on: date) -> date | None:
    """ "Vanaf 8 juni" alone; with a word of absence it is the day on which that begins."""
    if _SAYS_AWAY.search(sentence):
        return None
    return max((day for _, day in _ahead(forms.start, sentence, written_on)), default=None)


def _ahead(
    form: re.Pattern[str], sentence: str, written_on: date
) -> Iterator[tuple[re.Match[str], date]]:
    for match in form.finditer(sentence):
        day = day_named(match.groupdict(), written_on)
        if day and written_on <= day <= written_on + _FARTHEST:
            yield match, day


def _after(last_day: date) -> date:
    day = last_day + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day
