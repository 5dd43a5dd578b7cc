"""Somebody wants no more mail, and says so in words of their own.

Words count in what the writer wrote only. Each of our mails carries an opt-out link, which
stands below every reply, and below some of them in a quote that nothing marks as one.
"""

from __future__ import annotations

from tracking.reading import opt_out_words as words
from tracking.reading.our_mail import before_our_mail

_LONGEST = 3_000
_SHORT = 60


def is_opt_out(subject: str, own_text: str) -> bool:
    """By their words; `references.opt_out_reference` knows our opt-out mail."""
    text = before_our_mail(own_text)[:_LONGEST].replace("’", "'").strip()
    text = words.ABBREVIATION.sub(lambda found: found[0].replace(".", ""), text)
    first = text.split("\n", 1)[0].strip()
    line = " ".join(text.split())
    if words.DENIED.search(line) or words.MOVED_ON.search(line):
        return False
    if words.ORDER.match(text[:_SHORT]) or (len(first) <= _SHORT and words.ORDER.match(first)):
        return True
    if words.REQUEST.search(words.NOT_RECEIVED.sub(" ", line)):
        return True
    # A subject of their own, not the one that they answer.
    return len(text) <= _SHORT and bool(words.ORDER.match(subject[:_SHORT]))
