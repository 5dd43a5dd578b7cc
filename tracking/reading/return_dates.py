"""An absence notice → the day of the return that it names, as a date.

Every day in it is asked what the words around it say: that somebody is back on it, is away until
it, answers on it. The surest one is taken, whichever way it is written.

"Until the 15th" may mean the day itself or the one after: the day is answered as it stands there.
"Up to and including the 15th", and the end of "from the 1st to the 15th", is the last day away, and
the next workday is answered.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum
from itertools import islice

from tracking.reading import auto_reply_words
from tracking.reading import return_words as words
from tracking.reading.american_dates import is_month_first
from tracking.reading.named_days import NamedDay, days_named
from tracking.reading.return_persons import is_first_person, is_of_another
from tracking.reading.return_words import Tells

# Longer ones, and more, are nobody's absence notice.
_LONGEST = 4_000
_MOST_SENTENCES = 100
_MOST_DAYS = 50
_WINDOW = 90
_LONGEST_IN_RANGE = 30
_FARTHEST = timedelta(days=550)
_SATURDAY = 5

_PARAGRAPH_END = re.compile(r"\n\s*\n")
_SENTENCE_END = re.compile(
    r"(?<=[^\W\d]{3})[.](?= +[^\W\d_a-zà-ÿ])|(?<=\b20\d\d)[.](?= +[^\W\d_a-zà-ÿ])"
    r"|(?<=\d[./-]\d\d)[.](?= +[^\W\d_a-zà-ÿ])|(?<=\dth)[.](?= )|[!?;](?= )| \.(?= )"
)


class _Rank(IntEnum):
    """How sure a day is the one of the return; the least is the surest."""

    BACK = 1
    AWAY_UNTIL = 2
    ANSWERS = 3


@dataclass(frozen=True, slots=True)
class _Told:
    rank: _Rank
    day: date
    is_exact: bool


@dataclass(frozen=True, slots=True)
class _Signal:
    """The last word before a day that says what happens on it, and where that word stands."""

    tells: Tells
    at: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A day, and the words around it up to the days next to it."""

    named: NamedDay
    before: str
    behind: str
    signal: _Signal | None
    is_first: bool
    ends_range: bool
    starts_range: bool
    says_back: bool  # the whole sentence
    is_about_absence: bool  # the whole sentence


def return_date_in(text: str, written_on: date) -> date | None:
    """None where it names none that lies ahead of `written_on` (or on it)."""
    surest = _surest(text, written_on)
    return surest.day if surest else None


def is_away_until_a_day(text: str, written_on: date) -> bool:
    """And not only answered on it, as a help desk does."""
    surest = _surest(text, written_on)
    return surest is not None and surest.rank is not _Rank.ANSWERS


def _surest(text: str, written_on: date) -> _Told | None:
    text = _PARAGRAPH_END.sub(" . ", text[:_LONGEST])
    sentences = _SENTENCE_END.split(" ".join(text.split()), _MOST_SENTENCES)
    reading = _Reading(
        written_on, written_on, is_month_first(text, written_on), is_first_person(text)
    )
    told = list(reading.told_in(sentences))
    # "Away until Friday the 14th. Back on Monday" is said of the Monday after that.
    if last := _first([one for one in told if one.rank is _Rank.AWAY_UNTIL and one.is_exact]):
        after = max(written_on, last.day - timedelta(days=1))
        told = list(replace(reading, after=after).told_in(sentences))
    return _first(told)


def _first(told: list[_Told]) -> _Told | None:
    return min(told, key=lambda one: (one.rank, not one.is_exact), default=None)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a day means: of a mail of this day, whose weekdays are those `after` another."""

    written_on: date
    after: date
    is_month_first: bool
    is_first_person: bool

    def told_in(self, sentences: Sequence[str]) -> Iterator[_Told]:
        """In their order; of days that one sentence tells alike the last."""
        days_left = _MOST_DAYS
        for sentence in sentences:
            days = list(islice(self._days_in(sentence), days_left))
            days_left -= len(days)
            if days and not _is_business(sentence):
                told = [one for place in _places(sentence, days) if (one := self._told(place))]
                yield from sorted(told, key=lambda one: one.day, reverse=True)

    def _days_in(self, sentence: str) -> Iterator[NamedDay]:
        return days_named(
            sentence, self.written_on, is_month_first=self.is_month_first, after=self.after
        )

    def _told(self, place: _Place) -> _Told | None:
        rank = None if place.starts_range else _rank(place)
        if rank is None or (rank is not _Rank.AWAY_UNTIL and self._is_of_another(place)):
            return None
        day = place.named.first
        if rank is _Rank.AWAY_UNTIL and _is_last_day(place):
            day = _workday_after(place.named.last)
        if self.written_on <= day <= self.written_on + _FARTHEST:
            return _Told(rank, day, place.named.is_exact)
        return None

    def _is_of_another(self, place: _Place) -> bool:
        back = words.THEN_BACK.search(place.behind) or words.AVAILABLE.search(place.behind)
        return is_of_another(
            place.before,
            place.signal.at if place.signal else len(place.before),
            place.behind[: back.start()] if back else "",
            is_first_person=self.is_first_person,
        )


def _places(sentence: str, days: Sequence[NamedDay]) -> Iterator[_Place]:
    edges = [0, *(day.end for day in days)]
    befores = [
        sentence[max(edge, day.start - _WINDOW) : day.start]
        for edge, day in zip(edges, days, strict=False)
    ]
    signals = [_signal(before) for before in befores]
    says_back = bool(words.SAYS_BACK.search(sentence))
    is_about_absence = says_back or _is_about_absence(sentence)
    for at, day in enumerate(days):
        is_last = at + 1 == len(days)
        signal = None if is_last else signals[at + 1]
        behind = sentence[day.end : day.end + _WINDOW] if is_last else befores[at + 1]
        yield _Place(
            named=day,
            before=befores[at],
            # What is said of the next day is not said of this one.
            behind=behind[: signal.at] if signal else behind,
            signal=signals[at],
            is_first=at == 0,
            ends_range=_ends_range(befores[at], is_first=at == 0) or _ends_between(sentence, day),
            starts_range=not is_last and _goes_on(befores[at + 1], signal),
            says_back=says_back,
            is_about_absence=is_about_absence,
        )


def _signal(before: str) -> _Signal | None:
    last = deque(words.SIGNAL.finditer(before), maxlen=1)
    if not last or last[0].lastgroup is None:
        return None
    tells = Tells(last[0].lastgroup)
    near = words.NEAR if tells in (Tells.BACK, Tells.ANSWERS) else words.NEARER
    is_near = near.fullmatch(before, last[0].end())
    return _Signal(tells, last[0].start()) if is_near else None


def _is_business(sentence: str) -> bool:
    """An offer, a fair; unless the writer is away for it."""
    is_absence = (
        words.OF_THE_WRITER.search(sentence)
        or auto_reply_words.AWAY_SUBJECT.search(sentence)
        or auto_reply_words.AWAY.search(sentence)
    )
    return bool(words.BUSINESS.search(sentence)) and not is_absence


def _is_about_absence(sentence: str) -> bool:
    return bool(words.SAYS_AWAY.search(sentence) or words.OF_THE_WRITER.search(sentence))


def _ends_range(before: str, *, is_first: bool) -> bool:
    match = words.RANGE.search(before)
    return match is not None and not (is_first and match.start() == 0)


def _ends_between(sentence: str, day: NamedDay) -> bool:
    return bool(words.BETWEEN.search(sentence[max(0, day.start - _WINDOW) : day.start]))


def _goes_on(before_next: str, signal: _Signal | None) -> bool:
    """To a day that ends what begins here."""
    if words.RANGE.match(before_next):
        return True
    is_until = signal is not None and signal.tells is Tells.UNTIL
    return is_until and len(before_next) <= _LONGEST_IN_RANGE


def _rank(place: _Place) -> _Rank | None:
    if place.ends_range or place.named.is_range_end:
        return _away_until(place)
    tells = place.signal.tells if place.signal else None
    if tells is Tells.NOTHING:  # "not back before Monday" is back on Monday
        is_there = place.says_back or words.THERE.search(place.before)
        return _Rank.BACK if is_there and words.NOT.search(place.before) else None
    if tells is Tells.UNTIL:
        return _away_until(place)
    is_back = tells is Tells.FROM and (
        words.AVAILABLE.search(place.before) or words.SAYS_BACK.search(place.before)
    )
    if tells is Tells.BACK or is_back:
        return _Rank.BACK
    told = _told_behind(place, is_from=tells is Tells.FROM)
    return told or (_Rank.ANSWERS if tells is Tells.ANSWERS else None)


def _told_behind(place: _Place, *, is_from: bool) -> _Rank | None:
    back = words.THEN_BACK.search(place.behind)
    if back is None and is_from:
        back = words.AVAILABLE.search(place.behind)
    if back is not None:
        away = words.SAYS_AWAY.search(place.behind[: back.start()])
        return None if away or words.NOT.search(place.behind[: back.end()]) else _Rank.BACK
    return _Rank.ANSWERS if words.THEN_ANSWERS.search(place.behind) else None


def _away_until(place: _Place) -> _Rank | None:
    """In a sentence of absence or about the writer, or one that begins with it: "Tot 24/8 kunt u
    Jan bellen". Any other may be about an offer."""
    before = place.before[: place.signal.at] if place.signal else place.before
    if words.STANDS_IN.search(before.rstrip()):
        return None
    begins_with_it = place.is_first and words.STARTS.match(before)
    return _Rank.AWAY_UNTIL if place.is_about_absence or begins_with_it else None


def _is_last_day(place: _Place) -> bool:
    if place.named.is_range_end or words.INCLUDED.match(place.behind):
        return True
    if place.ends_range:
        match = words.RANGE.search(place.before)
        return match is None or bool(match["dash"] or words.ENDS_ON.fullmatch(match["by"]))
    signal = place.signal
    return bool(signal and words.INCLUDING.search(place.before, signal.at))


def _workday_after(last_day: date) -> date:
    day = last_day + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day
