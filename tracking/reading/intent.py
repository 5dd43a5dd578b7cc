"""What a person wants who answered: by words, Dutch and English, then German and French.

A guess that a person can correct, and never grounds to send more mail: only "unsubscribe" has
an effect by itself, and that one is none of these words' (`opt_out`).
"""

from __future__ import annotations

from tracking.reading import intent_words as words
from tracking.reading.auto_reply_words import AWAY
from tracking.reading.parts import Letter
from tracking.reading.passages import above_greeting, clauses, sentences
from tracking.reading.values import Intent

_LONGEST = 5_000
_INVITES = ("method:request", "method:reply", "method:counter")


def intent_of(own_text: str) -> Intent:
    """Of what somebody wrote; a refusal is looked for first, as it often holds "interest"."""
    written, _ = above_greeting(own_text[:_LONGEST].replace("’", "'"))
    said = [words.THANKED.sub("", words.NO_REFUSAL.sub("", line)) for line in sentences(written)]
    # "Bedankt, maar nee": thanks and the "no" are two clauses, and one refusal.
    if any(words.REFUSED.search(sentence.strip()) for sentence in said):
        return Intent.NOT_INTERESTED
    if any(words.DAY.search(sentence) and words.TALK.search(sentence) for sentence in said):
        return Intent.MEETING
    wished = [clause for sentence in said for clause in clauses(sentence)]
    wished = [clause for clause in wished if not words.NO.search(clause)]
    if any(words.MEETING.search(clause) for clause in wished):
        return Intent.MEETING
    if any(words.INTERESTED.search(clause) for clause in wished):
        return Intent.INTERESTED
    return (
        Intent.OUT_OF_OFFICE if AWAY.search(" ".join(own_text[:_LONGEST].split())) else Intent.NONE
    )


def is_invitation(letter: Letter) -> bool:
    """An entry for a calendar, or the answer to one (RFC 5546 §1.4)."""
    for part in letter.own_parts("text/calendar"):
        text = part.text()[:_LONGEST].lower().replace(" ", "")
        if any(method in text for method in _INVITES):
            return True
    return False
