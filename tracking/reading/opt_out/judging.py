"""A mail's own words → whether they opt out.

Words count in what the writer wrote only. Each of our mails carries an opt-out link, which
stands below every reply, and below some of them in a quote that nothing marks as one.
"""

from __future__ import annotations

import re

from tracking.reading.opt_out import context, dutch, english, french, german
from tracking.reading.opt_out.orders import ORDER
from tracking.reading.opt_out.readers import is_notice_to_readers
from tracking.reading.opt_out.standing import standing_order_in
from tracking.reading.opt_out.verdict import OptOut
from tracking.reading.our_mail import before_our_mail
from tracking.reading.passages import above_greeting, clause_around, clauses, sentences

_LONGEST = 3_000
_SHORT = 60

# "Take me off the list": a "not" takes it back.
_ASKED = re.compile("|".join((*dutch.ASKED, *english.ASKED, *german.ASKED, *french.ASKED)), re.I)
# "No more mail": the "no" is what makes the wish.
_NO_MORE = re.compile(
    "|".join((*dutch.NO_MORE, *english.NO_MORE, *german.NO_MORE, *french.NO_MORE)), re.I
)
# Dots that end no sentence: "s.v.p.", "a.s.a.p.".
_ABBREVIATION = re.compile(r"\b[^\W\d_](?:\.[^\W\d_]){1,3}\b\.?")


def opt_out_in(subject: str, own_text: str) -> OptOut:
    """By their words; `references.opt_out_reference` knows our opt-out mail."""
    text = before_our_mail(own_text)[:_LONGEST].replace("’", "'").strip()
    text = _ABBREVIATION.sub(lambda found: found[0].replace(".", ""), text)
    if ORDER.match(text[:_SHORT]):
        return OptOut.YES
    # A subject of their own, not the one that they answer.
    if len(text) <= _SHORT and ORDER.match(subject[:_SHORT]):
        return OptOut.YES
    written, below = above_greeting(text)
    first, _, rest = written.partition("\n")
    if len(first) <= _SHORT and ORDER.match(first):
        return OptOut.PERHAPS if context.wants_something(clauses(rest)) else OptOut.YES
    said = _said_in(written, with_orders=True)
    if said is OptOut.NO and below:
        # What companies put below each mail speaks to its readers; few write on there themselves.
        return OptOut.NO if _said_in(below) is OptOut.NO else OptOut.PERHAPS
    return said


def _said_in(text: str, *, with_orders: bool = False) -> OptOut:
    """`with_orders`: a word alone counts too; below the greeting it is a link's label."""
    found = OptOut.NO
    others: list[str] = []  # what is said beside the wish
    said = sentences(text)
    for at, sentence in enumerate(said):
        verdict, rest = _judged(sentence)
        if with_orders and verdict is OptOut.NO and not is_notice_to_readers(sentence):
            verdict = standing_order_in(sentence, said[:at], said[at + 1 :])
        others += rest
        if verdict is not OptOut.NO and found is not OptOut.YES:
            found = verdict
    if found is OptOut.YES and (context.wants_something(others) or context.goes_on_elsewhere(text)):
        return OptOut.PERHAPS
    return found


def _judged(sentence: str) -> tuple[OptOut, list[str]]:
    """Also the clauses that are not the wish."""
    if is_notice_to_readers(sentence):
        return OptOut.NO, []
    looked_at = context.without_lack(sentence)
    for pattern, is_denial in ((_ASKED, False), (_NO_MORE, True)):
        for match in pattern.finditer(looked_at):
            verdict = _verdict(looked_at, match, is_denial=is_denial)
            if verdict is not OptOut.NO:
                begin, end = clause_around(looked_at, match.start(), match.end())
                return verdict, [*clauses(looked_at[:begin]), *clauses(looked_at[end:])]
    return OptOut.NO, clauses(sentence)


def _verdict(sentence: str, match: re.Match[str], *, is_denial: bool) -> OptOut:
    begin, end = clause_around(sentence, match.start(), match.end())
    place = context.Place(
        before=sentence[begin : match.start()],
        wish=match[0],
        after=sentence[match.end() : end],
        sentence=sentence,
    )
    if context.is_denied(place, is_denial=is_denial) or context.is_about_others(place):
        return OptOut.NO
    if is_denial and context.is_lack(place):
        return OptOut.NO
    return OptOut.PERHAPS if context.is_past(place) else OptOut.YES
