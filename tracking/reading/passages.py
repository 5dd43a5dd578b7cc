"""A text → what stands above its greeting, its sentences, their clauses."""

from __future__ import annotations

import re

_MOST_SENTENCES = 200
_SHORT_LINE = 45
_I = re.IGNORECASE

# A line of its own; with a name behind it, perhaps, which begins with a capital.
_GREETING = re.compile(
    r"^\W{0,5}(?i:(?:met )?(?:(?:vriendelijke|hartelijke|zonnige|warme|lieve|beste) )?"
    r"groet(?:en|jes)?|mvg|hoogachtend"
    r"|(?:(?:with )?(?:kind|best|warm|warmest|kindest) )?(?:regards|wishes)|sincerely"
    r"|yours (?:sincerely|faithfully|truly)|(?:mit )?(?:(?:freundlichen?|besten?|vielen?|liebe"
    r"|herzlichen?|sch(?:ö|oe)nen?) )?gr(?:ü|ue)(?:ß|ss)e?n?|mfg|hochachtungsvoll"
    r"|bien (?:à vous|cordialement)|cordialement|(?:meilleures )?salutations)"
    r"(?: (?:uit|from|aus|de) [\w-]{2,20})?,?(?: [A-Z][\w.'-]{0,20}){0,3}[,.!]?\s*$"
)
# A greeting where somebody's name stands right below it, and a word of thanks elsewhere.
_THANKS = re.compile(
    r"^\W{0,5}(?:(?:alvast )?(?:bedankt|dank)|(?:many )?thanks|thank you|best|cheers"
    r"|(?:vielen )?dank|danke|merci)[,.!]?\s*$",
    _I,
)
_NAME = re.compile(r"^\s*[A-Z][\w.'-]{0,20}(?: [\w.'-]{1,20}){0,3}\s*$")
_AFTERWORD = re.compile(r"^\s*p\.? ?s\.?\b", _I)

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_CLAUSE_END = re.compile(
    r"[,;:()–—]|\s-\s|\b(?:but|and|because|so|then|or|maar|en|want(?= (?:ik|we|wij|dit|dat|het|er"
    r"|u|jullie|mijn|onze|ons)\b)|omdat|dus|dan|und|aber|sondern"
    r"|weil|denn|dann|et|mais|car(?= (?:je|nous|ce|il)\b)|alors)\b",
    _I,
)


def above_greeting(text: str) -> tuple[str, str]:
    """And what stands below it. An afterword counts as written above."""
    lines = text.split("\n")
    at = _greeting_at(lines)
    if at is None:
        return text, ""
    below = "\n".join(lines[at + 1 :])
    paragraphs = below.split("\n\n")
    afterwords = [passage for passage in paragraphs if _AFTERWORD.match(passage)]
    others = [passage for passage in paragraphs if not _AFTERWORD.match(passage)]
    return "\n\n".join(["\n".join(lines[:at]), *afterwords]), "\n\n".join(others)


def _greeting_at(lines: list[str]) -> int | None:
    has_words = False
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else ""
        is_greeting = _GREETING.match(line[:80]) or (
            _THANKS.match(line[:40]) and _NAME.match(following[:80])
        )
        if has_words and is_greeting:
            return at
        has_words = has_words or bool(line.strip())
    return None


def sentences(text: str) -> list[str]:
    """Each on one line, with its mark at the end. Mail programs break lines within a sentence;
    who breaks one early has ended it."""
    found: list[str] = []
    for passage in re.split(r"\n\s*\n", text):
        held = ""
        for line in passage.split("\n"):
            held = f"{held} {line.strip()}".strip()
            if len(line) < _SHORT_LINE:
                found += _SENTENCE_END.split(held)
                held = ""
        found += _SENTENCE_END.split(held) if held else []
    return [" ".join(sentence.split()) for sentence in found if sentence.strip()][:_MOST_SENTENCES]


def clauses(text: str) -> list[str]:
    return [clause.strip() for clause in _CLAUSE_END.split(text) if clause.strip()]


def clause_around(sentence: str, start: int, end: int) -> tuple[int, int]:
    """From where to where it goes that holds what stands at `start` to `end`."""
    begin = 0
    for mark in _CLAUSE_END.finditer(sentence, 0, start):
        begin = mark.end()
    following = _CLAUSE_END.search(sentence, end)
    return begin, following.start() if following else len(sentence)
