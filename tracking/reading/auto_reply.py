"""A machine answered in somebody's name: is it so, and what does it say?

RFC 3834's header proves it; a subject or two sentences make it likely. `X-Auto-Response-Suppress`
alone proves nothing: Exchange sets it on mail that people write.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracking.reading import auto_reply_words as words
from tracking.reading.departures import has_left
from tracking.reading.intent import intent_of
from tracking.reading.parts import Letter
from tracking.reading.return_dates import is_away_until_a_day
from tracking.reading.values import AutoReplySort, Intent

_MACHINE_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "autoreply"})
_LONGEST_LOOKED_AT = 6_000


@dataclass(frozen=True, slots=True)
class AutomaticReply:
    sort: AutoReplySort
    # Its header or subject says that a machine wrote it, and its text not what for: it reads like a
    # person's answer, or names somebody else to write to.
    is_unclear: bool = False


def automatic_reply(letter: Letter, text: str) -> AutomaticReply | None:
    """None: a person wrote it, or nobody can tell. `text`: without what it quotes."""
    subject = letter.headers.text("subject")
    text = " ".join(text[:_LONGEST_LOOKED_AT].split())
    if letter.type == "multipart/report" and (
        letter.parameters.get("report-type", "").lower() == "disposition-notification"
        or letter.own_parts("message/disposition-notification")
    ):
        return AutomaticReply(AutoReplySort.ACKNOWLEDGEMENT)  # a read receipt (RFC 8098)
    is_automatic = bool(words.AUTOMATIC_SUBJECT.search(subject))
    is_answer = bool(words.ANSWERED.match(subject))
    if is_marked(letter):
        return _surely_automatic(letter, subject, text, is_automatic=is_automatic)
    if is_automatic and not is_answer:  # what Outlook puts there when somebody is away
        return _surely_automatic(letter, subject, text, is_automatic=True)
    if is_answer or _is_in_thread(letter):
        sort = _sort_of_answer(letter, "" if is_answer else subject, text)
    else:
        sort = _sort_of_unmarked(letter, subject, text)
    return AutomaticReply(sort) if sort else None


def _surely_automatic(
    letter: Letter, subject: str, text: str, *, is_automatic: bool
) -> AutomaticReply:
    sort = _sort(subject, text)
    if sort in (None, AutoReplySort.ACKNOWLEDGEMENT) and _names_return(letter, text):
        return AutomaticReply(AutoReplySort.OUT_OF_OFFICE)
    if sort is not None:
        return AutomaticReply(sort)
    if is_automatic:
        is_unclear = bool(words.REFERS.search(text))
        return AutomaticReply(AutoReplySort.OUT_OF_OFFICE, is_unclear)
    return AutomaticReply(AutoReplySort.ACKNOWLEDGEMENT, _reads_like_a_person(text))


def _names_return(letter: Letter, text: str) -> bool:
    date = letter.headers.date()
    return date is not None and is_away_until_a_day(text, date.date())


def _reads_like_a_person(text: str) -> bool:
    """Help desks mark all that they send, what people write in them too."""
    if words.FIXED_PHRASE.search(text) or words.SAYS_AUTOMATIC.search(text):
        return False
    return intent_of(text) not in (Intent.NONE, Intent.OUT_OF_OFFICE)


def _sort_of_answer(letter: Letter, subject: str, text: str) -> AutoReplySort | None:
    """The subject is the answered mail's, and may be about holidays: only what stands before it
    counts, "Afwezig: …". A question to confirm something is a person's."""
    own_subject = subject.partition(":")[0] if ":" in subject else ""
    sort = _sort(own_subject, text)
    is_sure = _is_from_nobody(letter) or words.GUARD.search(text)
    if sort is AutoReplySort.CHALLENGE and not is_sure:
        return None
    if sort is AutoReplySort.OUT_OF_OFFICE and words.AWAY_SUBJECT.search(subject):
        return sort
    if sort and (words.SAYS_AUTOMATIC.search(text) or _is_plain_notice(sort, text)):
        return sort
    return _sort_of_unmarked(letter, own_subject, text, is_answer=not subject)


def _is_plain_notice(sort: AutoReplySort, text: str) -> bool:
    """ "Thank you for your mail. I am away. For urgent matters …", and nothing about ours."""
    return (
        sort is AutoReplySort.OUT_OF_OFFICE
        and "?" not in text
        and bool(words.ACKNOWLEDGED.search(text) and words.FIXED_PHRASE.search(text))
        and intent_of(_without_fixed(text)) in (Intent.NONE, Intent.OUT_OF_OFFICE)
    )


def _without_fixed(text: str) -> str:
    """Whom to call in urgent matters is no wish to be called."""
    return ". ".join(one for one in text.split(". ") if not words.FIXED_PHRASE.search(one))


def _sort_of_unmarked(
    letter: Letter, subject: str, text: str, *, is_answer: bool = False
) -> AutoReplySort | None:
    sort = _sort(subject, text)
    if words.AWAY_SUBJECT.search(subject):
        return sort or AutoReplySort.OUT_OF_OFFICE
    if sort is AutoReplySort.CHALLENGE:
        return sort
    if _is_from_nobody(letter) and (sort or words.ACKNOWLEDGED.search(text)):
        return sort or AutoReplySort.ACKNOWLEDGEMENT
    # "I'm away next week, call me then" is a person's answer; a notice has both sentences.
    if sort and not is_answer and words.FIXED_PHRASE.search(text):
        return sort
    return None


def _is_in_thread(letter: Letter) -> bool:
    return letter.headers.has("in-reply-to") or letter.headers.has("references")


def _is_from_nobody(letter: Letter) -> bool:
    return letter.headers.get("return-path").replace(" ", "") == "<>"


def is_marked(letter: Letter) -> bool:
    """By a header that only machines set (RFC 3834 §5, and what programs set before it)."""
    headers = letter.headers
    submitted = headers.get("auto-submitted").strip().lower()
    if submitted.startswith(("auto-replied", "auto-generated", "auto-notified")):
        return True
    if headers.get("precedence").strip().lower() in _MACHINE_PRECEDENCE:
        return True
    if headers.get("x-precedence").strip().lower() in _MACHINE_PRECEDENCE:
        return True
    names = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from")
    if any(headers.get(name).strip().lower() not in ("", "no") for name in names):
        return True
    return headers.has("x-autogenerated")


def _sort(subject: str, text: str) -> AutoReplySort | None:
    both = f"{subject} . {text}"
    if words.CHALLENGE.search(both):
        return AutoReplySort.CHALLENGE
    if has_left(both):
        return AutoReplySort.LEFT_COMPANY
    if words.AWAY.search(both) or words.AWAY_SUBJECT.search(subject):
        return AutoReplySort.OUT_OF_OFFICE
    if words.ACKNOWLEDGED.search(both):
        return AutoReplySort.ACKNOWLEDGEMENT
    return None
