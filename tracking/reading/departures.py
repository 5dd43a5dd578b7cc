"""Does a notice say that its writer, or whose mailbox it is, has gone for good?"""

from __future__ import annotations

import re

from tracking.reading import auto_reply_words
from tracking.reading import departure_words as words

_MOST_SENTENCES = 60
_LONGEST_SENTENCE = 400
_AROUND = 60

_SENTENCE_END = re.compile(r"(?<=[^\W\d]{2})[.](?= +[^\W\d_a-zà-ÿ])|[!?;:](?= )")


def has_left(text: str) -> bool:
    """Of a colleague who has gone, in somebody's absence notice, it says nothing."""
    is_of_absentee = False
    for sentence in _SENTENCE_END.split(text, _MOST_SENTENCES):
        sentence = sentence[:_LONGEST_SENTENCE]
        by_writer = words.WRITER.search(sentence) is not None
        if _says_left(sentence):
            return by_writer or not is_of_absentee
        is_of_absentee |= by_writer and bool(auto_reply_words.AWAY.search(sentence))
    return False


def _says_left(sentence: str) -> bool:
    if words.LAST_DAY.search(sentence):
        return True
    if words.FOR_NOW.search(sentence):
        return False
    if words.GONE.search(sentence):
        return True
    is_mailbox = words.MAILBOX.search(sentence)
    if is_mailbox and words.CLOSED.search(sentence):
        return True
    for no_longer in words.NO_LONGER.finditer(sentence):
        near = sentence[max(0, no_longer.start() - _AROUND) : no_longer.end() + _AROUND]
        if words.WORK.search(near) or (is_mailbox and words.IN_USE.search(near)):
            return True
    return False
