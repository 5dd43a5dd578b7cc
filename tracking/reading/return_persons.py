"""Who an absence notice says is back on a day: its writer, or somebody who stands in.

"My colleague Anne is back on 8 June" stands in the notice of somebody who is away for longer.
"""

from __future__ import annotations

import re

_I = re.IGNORECASE

# What a clause of its own begins behind.
_CLAUSE_END = re.compile(r"[.;,](?=\s)|\s[-–—]\s")
_COLLEAGUE = re.compile(
    r"\b(?:collega(?:'?s)?|colleagues?|co-?workers?|kolleg(?:e|en|in|innen)|vertretung|collègues?"
    r"|vervang(?:er|ster)|assistante?|assistentin?|manager|boss|baas|chef|leidinggevende|secretary|secretaresse|deputy|stand-?in)\b",
    _I,
)
# "… until I return", "… tot mijn terugkomst".
_WRITER = re.compile(
    r"\b(?:i|we|ik|wij|ich|wir|je|nous|my|our|mijn|onze|meine?[rsmn]?|unsere?[rsmn]?|mon|notre"
    r"|until|till?|tot|bis)\b|\bj['’]|\bjusqu",
    _I,
)
# A notice in the first person: who is named in it is somebody else.
_FIRST_PERSON = re.compile(
    r"\b(?:i|we|ik|wij|ich|wir|nous)\b|\bje (?:suis|serai|ne|revien\w+|reprend\w+|rentre\w*)\b",
    _I,
)
_VERB = (
    r"(?:is|are|will|has|returns?|comes|gets|komt|keert|zal|ist|wird|kommt|kehrt|est|sera|revient"
    r"|reviendra|rentre|rentrera)\b"
)
# Capitalised at the head of a clause, and nobody's name; German has many more.
_NO_NAME = (
    r"(?!(?:It|This|That|There|The|Our|My|Office|Business|Work|Service|Shop|Store|School|Hotel|Team"
    r"|Return|Back|Next|First|Everything|Everyone|Kantoor|Praktijk|Winkel|Terug|Retour|Mijn|Onze|De"
    r"|Het|Dit|Dat|Er|Iedereen|Der|Die|Das|Mein\w*|Unser\w*|Büro|Praxis|Betrieb|Laden|Rückkehr"
    r"|Wiedereröffnung|Bureau|Cabinet|Magasin|Mon|Notre|Le|La|Reprise|Réouverture|Ce|I|We|Ik|Wij|Wir"
    r"|Ich|Je|Nous|\w*(?:day|dag|tag|[dD]i)|\w*(?:uar[iy]?|ember|ober|gust\w*|[Jj]un\w*|[Jj]ul\w*))\b)"
)
_NAME = (
    r"(?:(?:Frau|Herrn?|Mrs?|Ms|Mevr(?:ouw)?|Dhr|Mme|Madame|Monsieur|M)\.? [A-Z][\w-]{1,30}"
    rf"|{_NO_NAME}[A-ZÀ-Ý][\w-]{{1,30}}"
    r"(?: (?:van|de|den|der|von|du|la|le|[A-ZÀ-Ý][\w-]{1,30})){0,3})"
)
_NAMED_BEFORE = re.compile(
    rf"\W*(?:(?:but|and|en|maar|und|aber|et|mais) )?(?:{_NAME}(?: {_VERB}|['’]s back\b)"
    rf"|(?:[Hh]e|[Ss]he|[Hh]ij|[Zz]ij|[Zz]e|[Ss]ie|[Ii]l|[Ee]lle|[Ee]r(?! is\b)) {_VERB})"
)
_NAMED_BEHIND = re.compile(rf"\W*(?:is|zal|komt|keert|ist|wird|kommt|kehrt|sera|est) {_NAME}\b")
# ", who is back": a relative, and not the article of what follows.
_WHO = re.compile(r"\W*(?:who|qui|die|der|welche[rs]?) [a-zà-ÿ]")


def is_first_person(text: str) -> bool:
    return bool(_FIRST_PERSON.search(text))


def is_of_another(before: str, told_at: int, until_back: str, *, is_first_person: bool) -> bool:
    """Of the words before a day, where the word stands in them that tells of it, and those behind
    the day up to a word of being back."""
    begin = _clause_begin(before)
    if begin and _WHO.match(before, begin):
        return True
    if _is_colleague(before[begin:told_at]):
        return True
    behind = _CLAUSE_END.split(until_back)[0]
    if _is_colleague(behind):
        return not _WRITER.search(before, begin, told_at)
    is_named = _NAMED_BEFORE.match(before, begin) or _NAMED_BEHIND.match(behind)
    return is_first_person and bool(is_named)


def _clause_begin(before: str) -> int:
    begin = 0
    for mark in _CLAUSE_END.finditer(before):
        begin = mark.end()
    return begin


def _is_colleague(words: str) -> bool:
    """Unless the writer comes up behind: "my colleague is there until I am"."""
    end = None
    for found in _COLLEAGUE.finditer(words):
        end = found.end()
    return end is not None and not _WRITER.search(words, end)
