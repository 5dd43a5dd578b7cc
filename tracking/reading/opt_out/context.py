"""What stands around a wish to get no more mail: does the writer mean it, and of us?"""

from __future__ import annotations

import re
from dataclasses import dataclass

_I = re.IGNORECASE


@dataclass(frozen=True, slots=True)
class Place:
    """A wish, and what stands before and after it in its clause."""

    before: str
    wish: str
    after: str
    sentence: str


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), _I)


# "Don't take me off": right before the wish, or within one that needs no "not" of its own.
_NOT = _any(
    r"\b(?:don't|do not|didn't|did not|doesn't|won't|wouldn't|needn't|not|never|no need|without"
    r"|niet|nooit|zonder|nicht|nie|ohne|ne|n'|pas|jamais|sans|rather than|instead of)(?:\b|(?<='))"
)
_NOT_BEHIND = _any(r"^ ?(?:nog |noch )?(?:niet|nicht|not|pas)\b(?! (?:meer|mehr|plus|langer))")
_NOT_WITHIN = _any(r"\b(?:niet|nooit|nicht|not|never|pas|jamais)\b|n't\b")
# A "not" that belongs to something else: "not interested, take me off".
_NO_DENIAL = _any(
    r"\b(?:not|niet|nicht|pas) (?:at all |zo |so )?(?:interest\w+|ge[iï]nteresseerd|interess\w+"
    r"|int[ée]ress\w+|relevant|needed|nodig|n(?:ö|oe)tig|gewoon|even|einfach|only|alleen|nur"
    r"|gediend|for (?:us|me)|voor (?:ons|mij)|f(?:ü|ue)r (?:uns|mich)|sure|zeker|pour nous)\b",
    r"\bwhy (?:not|don't (?:you|we))|\b(?:can't|won't|couldn't|wouldn't|don't) you\b",
    r"\b(?:do not|don't) hesitate to\b|\bif not\b|\bzo niet\b|\bsonst nicht\b",
)
_WORDS_BEFORE = 4

# Somebody who is neither the writer nor us.
_OTHERS = _any(
    r"(?<!als )(?<!as )(?<!of )(?<!van )(?<!von )\b(?:klanten|gasten|bezoekers|leden|abonnees"
    r"|ontvangers|mensen|gebruikers|deelnemers|pati(?:ë|e)nten|cli(?:ë|e)nten|leerlingen|ouders"
    r"|huurders|kopers|donateurs|leveranciers?|concurrent(?:en)?|provider|webbouwer|zich"
    r"|customers|clients|guests|visitors|members|subscribers|recipients|people|users|patients"
    r"|students|parents|suppliers?|competitors?|themselves|kunden|g(?:ä|ae)ste|besucher"
    r"|mitglieder|abonnenten|empf(?:ä|ae)nger|leute|nutzer|benutzer|patienten|teilnehmer"
    r"|lieferanten?|anbieter|sich|abonnés|visiteurs|membres|destinataires|utilisateurs|gens"
    r"|fournisseurs?|invités)\b"
)
# The writer's own mailing, or one of a kind: what they ask our help with.
_OWN_MAILING = _any(
    r"\b(?:our|my|onze|ons|mijn|unser(?:e[nmrs]?)?|mein(?:e[nmrs]?)?|notre|nos|mon|ma|mes"
    r"|their|hun) (?:(?!uit\b|van\b|from\b|off\b|out\b|aus\b|de\b)\w+[ -]){0,2}"
    r"(?:newsletters?|lists?|lijst(?:en)?|nieuwsbrie\w+"
    r"|bestand(?:en)?|mailings?|campa\w+|verteiler|listen?|liste|database|datenbank|base)\b",
    r"\b(?:mailchimp|wordpress|hubspot|klaviyo|laposta|activecampaign|zoekresultaten"
    r"|search results|google|blacklist|blocklist|black list|liste noire|contactformulier"
    r"|contact form|kontaktformular|formulier|spam ?filter)\b",
)
_WE = _any(r"\b(?:ik|wij|we|i|i'd|i'm|we'd|we're|ich|wir|je|j'|nous|on|how to)\b")
_YOU = _any(
    r"\b(?:u|uw|jij|jou|jouw|jullie|you|your|sie|ihre?\w{0,2}|ihnen|vous|vos|votre|deze|dit|die"
    r"|these|this|those|such|diese\w{0,2}|ces|cette|me|mij|us|mich|mir|uns|m')\b"
)
# "We don't want to send newsletters any more": theirs.
_SENDS = _any(
    r"^ ?(?:[\w-]+ ){0,2}(?:te )?(?:sturen|versturen|verzenden|schrijven|maken|doen|inzetten"
    r"|schalten|machen|versenden|verschicken|buchen|schreiben|schicken|send|sending|run|write)\b"
)
_STOPPING = _any(r"^(?:te )?(?:stop|ceas|quit|arr|cess|hör|hoer|aufh|hou|opho|discontinu)")
_TO_YOU = _any(r"^ ?(?:you|u|sie|vous|yourself|uzelf|customers|clients|people)\b")

# "Did you take me off?"
_PAST = _any(
    r"\b(?:did|have|had) (?:you|someone|anyone)\b|\bwhy (?:did|have|was)\b"
    r"|\b(?:heeft|hebt|had) u\b|\bhebben jullie\b|\bheb je\b|\bben ik\b|\bwaarom\b"
    r"|\bhaben sie\b|\bhat man\b|\bwarum\b|\bavez-vous\b|\bpourquoi (?:avez|est)\b"
)

# "We get no more mail through our form": a lack of mail, and no wish for one.
_GETS = _any(
    r"\b(?:ontvang(?:en|t)?|krijg(?:en|t)?|kom(?:en|t)|kwam(?:en)?|binnen\w*|stuurt|stuur je"
    r"|sturen jullie|verstuurt|verstuur|receiv(?:e[sd]?|ing)|get(?:s|ting)?|got|arriv\w+|coming"
    r"|bekomm\w+|bekam\w*|erhalt\w*|erh(?:ä|ae)lt|erhielt\w*|komm(?:en|t)|re[çc]oi\w+|recev\w+"
    r"|arrive\w*)\b"
)
_SENDING = _any(
    r"\b(?:sturen|versturen|verzenden|doen|maken|send|sending|do|schicken|versenden|machen"
    r"|verschicken|envoyons|faisons)\b"
)
_WISHES = _any(
    r"\b(?:wil|wilt|willen|wens\w*|hoef\w*|graag|liever|gelieve|verzoek\w*|svp|aub|ajb|zou\w*"
    r"|mag|moet\w*|zorg\w*|alstublieft|alsjeblieft|bitte|m(?:ö|oe)cht\w*|will|wollen"
    r"|w(?:ü|ue)nsch\w*|darf|soll\w*|please|want|wish|like|prefer|should|must|rather|need|kindly"
    r"|ensure|merci|souhait\w*|veux|voul\w*|prie|veuillez|d[ée]sir\w*)\b"
)
_WHY = _any(r"\b(?:waarom|hoe komt|why|how come|warum|wieso|pourquoi|since|sinds|seit|depuis)\b")
# "I have had no more mail from you", "our guests can't mail us any more".
_LACKED = _any(
    r"\b(?:heb|hebben|had|hadden|habe|haben|hatten|have|haven't|n'ai|n'avons)\b"
    r"(?:(?!\b(?:te|wil|willen|wens|wensen|hoef|zu|will|wollen|m(?:ö|oe)chten?|to|want|wish"
    r"|souhait\w+)\b)[^.!?]){0,100}"
    r"\b(?:ontvangen|gekregen|gezien|gehad|erhalten|bekommen|received|re[çc]us?)\b",
    r"\b(?:kan|kunnen|kon|konden) (?!u |je |jij |jullie |ik |wij |we )[^.!?]{0,40}"
    r"\bniet (?:meer|langer)\b",
    r"\b(?:wil|kan|gaat|mag) ons niet (?:meer|langer)\b",
)

# Beside the wish: something that only somebody says who goes on talking to us.
_WANTS = _any(
    r"\b(?:bel|belt|call|ring|phone) (?:u |jij )?(?:me|mij|ons|us|maar|gerust)\b|\bterugbellen\b",
    r"(?<!legitimate )(?<!gerechtvaardigd )(?<!berechtigtes )\b(?:interesse|interested"
    r"|interessant|ge[iï]nteresseerd|interessiert|interesting|int[ée]ress\w+)\b",
    r"\b(?:stuur|send|graag|wel|want|would like|need|mail|schicken|senden|wil|willen|ontvang\w*"
    r"|envoyez|brauch\w*|h(?:ä|ae)tte|gerne?|please)\b[^,;]{0,40}\b(?:offerte|voorstel|prijs\w*"
    r"|proposal|quote|pricing|contract|angebot|preis\w*|devis|tarifs?|brochure)\b",
    r"\b(?:send|e-?mail) (?:me|us) (?:the|your|some|more)\b"
    r"|\bstuur (?:me|mij|ons|maar|gerust)(?: wel)? (?:de|uw|je|wat|meer|op|een)\b",
    r"\bsounds (?:good|great|interesting)|\bklinkt (?:goed|leuk)|\bklingt (?:gut|spannend)",
    r"\b(?:more|meer|mehr|plus d') ?(?:info\w*|details|weten|erfahren)\b|\blet's (?:talk|meet|"
    r"speak|do)|\bafspraak\b|\bkeep me\b|\bhoud mij op de hoogte\b",
    r"\b(?:rufen sie|appelez)[ -](?:mich|uns|moi|nous)\b|\b(?:put|add) me (?:back|on|to)\b",
)
_NO = _any(
    r"\b(?:geen|niet|nooit|niks|niets|not|no|never|kein\w{0,2}|nicht|nie|pas|aucun\w?|jamais|plus"
    r"|un-?interest\w+)\b|n't\b"
)
_ELSEWHERE = _any(
    r"\b(?:use|gebruik|verwenden sie|nutzen sie|utilisez|sondern an|maar (?:naar|aan)|but to"
    r"|instead|voortaan|k(?:ü|ue)nftig an|mail naar) (?:\w+ ){0,4}[\w.+-]{1,64}@"
)


def without_lack(sentence: str) -> str:
    return _LACKED.sub(" ", sentence)


def is_denied(place: Place, *, is_denial: bool) -> bool:
    """`is_denial`: a "not" is part of the wish."""
    before = _NO_DENIAL.sub(" , ", place.before).split()[-_WORDS_BEFORE:]
    if _NOT.search(" ".join(before).rpartition(",")[2]):
        return True
    if is_denial:
        return False
    return bool(_NOT_WITHIN.search(place.wish) or _NOT_BEHIND.search(place.after))


def is_about_others(place: Place) -> bool:
    """Other people's mail, the writer's own mailing, something that the writer stops."""
    clause = f"{place.before}{place.wish}{place.after}"
    if _OTHERS.search(f"{place.before}{place.wish}") or _OWN_MAILING.search(clause):
        return True
    if _TO_YOU.match(place.after):
        return True
    is_theirs = bool(_STOPPING.match(place.wish) or _SENDS.match(place.after))
    return is_theirs and bool(_WE.search(place.before)) and not _YOU.search(clause)


def is_lack(place: Place) -> bool:
    clause = f"{place.before}{place.wish}{place.after}"
    is_sending = bool(_WE.search(place.before) and _SENDING.search(place.before))
    if not (is_sending or _GETS.search(clause)):
        return False
    return bool(_WHY.search(clause)) or not _WISHES.search(clause)


def is_past(place: Place) -> bool:
    """A question of what has been done, and no wish."""
    return bool(_PAST.search(place.before))


def wants_something(clauses: list[str]) -> bool:
    return any(_WANTS.search(clause) and not _NO.search(clause) for clause in clauses)


def goes_on_elsewhere(text: str) -> bool:
    """They name another address to use: a person enters it."""
    return bool(_ELSEWHERE.search(" ".join(text.split())))
