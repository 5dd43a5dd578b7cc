"""An order that stands as a clause of its own: "Not interested, unsubscribe."

Half a sentence says little by itself, as menus, lists and the labels of links hold the same words.
What tells an order from those is its company: a refusal, a greeting, thanks, an apology.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracking.reading import intent_words
from tracking.reading.opt_out import context
from tracking.reading.opt_out.verdict import OptOut

_I = re.IGNORECASE
_LONGEST_CLAUSE = 80
# A list has more clauses that are no company.
_MOST_OTHERS = 1

# Not at ":" or a quotation mark, behind which words are named and not said, nor at the bars between
# the labels of links.
_CLAUSE_END = re.compile(r"[,;.!?…–—]+|\s[-/]+\s")
_POLITE = (
    r"(?:please|pls|plz|kindly|just|now|immediately|asap|thanks|thank you|graag|gelieve|aub|ajb|svp"
    r"|nu|dan|maar|direct|alstublieft|alsjeblieft|bedankt|dank u|bitte|sofort|danke|merci|stp|and"
    r"|so|en|dus|und|also|et|donc)"
)
_FROM_LIST = (
    r"(?: (?:from|off|van|uit|aus|von|de|vom) (?:(?:the|your|this|de|uw|je|jullie|deze|der|dem"
    r"|ihrer|ihrem|la|votre|vos|cette|all|any) )?(?:e-?mail ?|mailing ?|mail)?(?:lists?"
    r"|lijst(?:en)?|listen?|listes?|verteiler|database|bestand))?"
)
# Said of our mails alone.
_CLEAR = (
    rf"(?:unsubscribe(?: me| us)?{_FROM_LIST}|opt[- ]?(?:me |us )?out"
    rf"|(?:remove|delete) (?:me|us){_FROM_LIST}|(?:remove|delete)(?= (?:from|off)){_FROM_LIST}"
    rf"|(?:mij |me |ons )?(?:afmelden|uitschrijven){_FROM_LIST}|meld (?:mij|me|ons) af"
    r"|schrijf (?:mij|me|ons) uit|verwijder (?:mij|me|ons)"
    rf"|verwijder(?:en)?(?= (?:van|uit)){_FROM_LIST}"
    r"|(?:mich |uns )?(?:abmelden|austragen)"
    r"|d[ée]sabonne(?:ment|r|z)?(?:[- ](?:moi|nous))?"
    r"|d[ée]sinscri(?:ption|re|vez|s)(?:[- ](?:moi|nous))?)"
)
# Also said of a page, a plan, a joke.
_LOOSE = r"(?:stop(?:pen|pez|p)?|remove|verwijder(?:en)?|entfernen|l(?:ö|oe)schen|streichen)"
_BEFORE, _AFTER = rf"(?:{_POLITE} ){{0,3}}", rf"(?: {_POLITE}){{0,3}}"
_CLEAR_ORDER = re.compile(rf"{_BEFORE}{_CLEAR}{_AFTER}", _I)
_LOOSE_ORDER = re.compile(rf"{_BEFORE}{_LOOSE}{_AFTER}", _I)
# "No thanks unsubscribe": nothing between the two.
_RUN_ON = re.compile(
    r"(?P<said>.{0,40}\b(?:interest(?:ed)?|interesse|ge[iï]nteresseerd|interessiert"
    rf"|int[ée]ress[ée]e?s?|thanks|thank you|bedankt|danke?|merci)) "
    rf"(?P<order>{_BEFORE}{_CLEAR}{_AFTER})",
    _I,
)
_IS_POLITE = re.compile(rf"\b(?:{_POLITE})\b", _I)
_MARKED = re.compile(r"[.!]\W*$")

_COMPANY = re.compile(
    r"(?:hi|hello|hey|hallo|hoi|dag|beste|geachte|dear|bonjour|goede(?:morgen|middag|navond)"
    r"|goedendag|good (?:morning|afternoon|day)|guten (?:tag|morgen)|sehr geehrte[rs]?)"
    r"(?: [\w'-]{1,20}){0,3}"
    r"|(?:no|nope|nah|nee|neen|nein|non|never|nooit|enough|genoeg|genug|assez)"
    r"|(?:(?:no|nee|nein|non) )?(?:many thanks|thanks|thank you|thx|bedankt|dank|dank ?(?:u|je)"
    r"|danke|vielen dank|merci)(?: [\w'-]{1,20}){0,5}"
    r"|(?:i'm |i am )?(?:so |very )?sorry|apologies|excuus|entschuldigung|d[ée]sol[ée]e?|pardon"
    r"|(?:[\w']{1,12} ){0,4}(?:wrong|verkeerde|falsche\w?|mauvaise?) [\w-]{1,20}"
    r"|(?:[\w']{1,12} ){0,2}(?:un|not |no )interest(?:ed)?",
    _I,
)
_NAME = re.compile(r"[A-Z][\w'-]{0,20}(?: [\w'-]{1,20}){0,3}")
# "If not interested, unsubscribe": for whoever reads it.
_CONDITION = re.compile(
    r"\b(?:if|unless|when|should you|als|indien|mocht|wanneer|tenzij|wenn|falls|sofern|si|sauf)\b"
    r"(?! (?:possible|you (?:please|can|could)|mogelijk|m(?:ö|oe)glich|vous plaît))",
    _I,
)
# "We won't. Unsubscribe": of what was just asked or denied.
_LEADS_ON = re.compile(
    r"(?:[?:]|\b(?:don't|do not|won't|never|nooit|(?<!\bof )niet|nicht|nie|pas)[.!]?)\W*$", _I
)


def standing_order_in(sentence: str, before: Sequence[str], behind: Sequence[str]) -> OptOut:
    """`before` and `behind`: the sentences around it, within the writer's own words."""
    parts = _clauses(sentence)
    others = [part for part in parts if not _is_order(part)]
    if (
        len(others) == len(parts)
        or _CONDITION.search(sentence)
        or context.is_about_others(
            context.Place(before="", wish=sentence, after="", sentence=sentence)
        )
    ):
        return OptOut.NO
    strangers = sum(not _is_company(part) for part in others)
    if strangers > _MOST_OTHERS or (before and before[-1].endswith(":")):
        return OptOut.NO
    if strangers or sentence.endswith("?") or (before and _LEADS_ON.search(before[-1])):
        return OptOut.PERHAPS
    if _are_company(before) and (_is_clear(parts) or _are_company(behind, with_names=True)):
        return OptOut.YES
    # A bare word below other words may be the label of a link.
    is_said = bool(others or _MARKED.search(sentence) or _IS_POLITE.search(sentence))
    return OptOut.YES if is_said and _is_clear(parts) else OptOut.PERHAPS


def _clauses(sentence: str) -> list[str]:
    found: list[str] = []
    for part in _CLAUSE_END.split(sentence):
        clause = part.strip(" \"'*_-()")
        run_on = _RUN_ON.fullmatch(clause[:_LONGEST_CLAUSE])
        if run_on and not _is_order(clause) and _is_company(run_on["said"]):
            found += [run_on["said"], run_on["order"]]
        elif clause:
            found.append(clause)
    return found


def _is_order(clause: str) -> bool:
    if len(clause) > _LONGEST_CLAUSE:
        return False
    return bool(_CLEAR_ORDER.fullmatch(clause) or _LOOSE_ORDER.fullmatch(clause))


def _is_clear(parts: Sequence[str]) -> bool:
    return any(_CLEAR_ORDER.fullmatch(part[:_LONGEST_CLAUSE]) for part in parts)


def _is_company(clause: str) -> bool:
    if _COMPANY.fullmatch(clause) or re.fullmatch(_POLITE, clause, _I):
        return True
    return bool(intent_words.REFUSED.search(intent_words.NO_REFUSAL.sub("", clause)))


def _are_company(said: Sequence[str], *, with_names: bool = False) -> bool:
    return all(
        _is_order(clause) or _is_company(clause) or (with_names and _NAME.fullmatch(clause))
        for sentence in said
        for clause in _clauses(sentence)
    )
