"""The words around a day in an absence notice: what they say that happens on it."""

from __future__ import annotations

import re
from enum import Enum

from tracking.reading import auto_reply_words

_I = re.IGNORECASE


class Tells(Enum):
    """What stands before a day."""

    BACK = "back"
    UNTIL = "until"
    FROM = "from"
    ANSWERS = "answers"
    NOTHING = "nothing"  # "before", "since": the day says nothing about a return


_I_OR_WE = r"(?:i|we|ik|wij|we|ich|wir|je|nous)"
_THERE_WORDS = (
    r"(?:terug|aanwezig|bereikbaar|beschikbaar|(?:op|naar) kantoor|open|geopend|aan (?:het|de)"
    r"|actief|online|in dienst|voor (?:u|je)|da|erreichbar|anwesend|verfügbar|zurück|geöffnet|zur"
    r"|im|am|für|persönlich|available|reachable|in the office|at (?:work|my desk))"
)
_BACK = (
    r"(?:(?<!call )(?<!calls )(?<!get )(?<!you )(?<!call me )(?<!ring me )(?<!write )back\b"
    r"(?! (?:to|with) you)"
    r"|return(?:s|ing)?|re-?open(?:s|ing)?|resum(?:e|es|ing)|terug(?:keren|keer|komst|kom)?"
    r"|heropen(?:t|en|ing)?|hervat(?:ten)?|rückkehr|rueckkehr|zurück|zurueck|retour|rentrée"
    r"|reviens|reviendrai|rentre(?:rai)?|repren\w{1,8}|reprise|réouverture|rouvr\w{1,8}"
    r"|(?:next|first) (?:working|work|business)? ?day(?: back)?"
    r"|(?:eerstvolgende|eerste|volgende) werkdag|(?:nächster?|naechster|erster?) arbeitstag"
    r"|(?:available|reachable) again|again (?:available|reachable)"
    rf"|(?:(?<!het )weer|wieder) {_THERE_WORDS}|\ber weer"
    r"|(?:de|à) nouveau (?:présente?s?|disponibles?|joignables?|ouverts?))"
)
_UNTIL = (
    r"(?:until|till?|through|thru|tot(?: en met| aan)?|t/m|tm|bis|jusqu['’]?(?:e|en|aux?|à|a)?)"
)
_FROM = (
    r"(?:vanaf|van|met ingang van|per|ab|von|vom|seit|from|as of|as from|starting|beginning|dès"
    r"|between|tussen|zwischen|entre|à partir d[eu']|à compter d[eu']|à dater d[eu']|du)"
)
_ANSWERS = (
    r"(?:(?:will|can|shall|to|be able to) (?:respond|reply|answer|get back)|get back to you"
    r"|beantwoord\w{0,2}|reageer|reageren|antwoord|melde?n? (?:ich )?mich|antworte|beantworte"
    r"|répondrai|traiterai|lirai|répondre)"
)
_NOTHING = (
    r"(?:before|by|since|sinds|voor|vóór|vor|seit|avant|depuis|call (?:me|us)?|closed on|bel)"
)

# The last of these before a day is about that day.
SIGNAL = re.compile(
    rf"(?<![\w-])(?:(?P<back>{_BACK})|(?P<until>{_UNTIL})|(?P<from>{_FROM})"
    rf"|(?P<answers>{_ANSWERS})|(?P<nothing>{_NOTHING}))(?![\w-])",
    _I,
)
# Between it and the day: not much, and no other clause.
NEAR = re.compile(r"[ ,.:(-]{0,4}(?:[^\s,;()]{1,20}[ :,]{1,2}){0,5}", _I)
NEARER = re.compile(r"[ ,.:(-]{0,4}(?:[^\s,;()]{1,16}[ :,]{1,2}){0,3}", _I)
# "3 - 16 aug.", "du 3 au 14 août": right behind another day, or the number of one.
RANGE = re.compile(
    r"(?:^|(?<=\d)|(?<=\d(?:st|nd|rd|th))|(?<=\d[.e])|(?<=\d(?:er|de)))[ ,]{0,2}"
    r"(?:(?P<dash>-|–|—) ?|(?P<by>to|tot(?: en met)?|t/m|au|bis(?: zum)?|through|thru|until|till?)"
    r"[ ,]{1,2})(?:[^\W\d]{1,12}[ ,]{1,2}){0,2}$",
    _I,
)
# "Between the 3rd and the 14th": "and" alone tells of single days.
BETWEEN = re.compile(
    r"\b(?:between|tussen|zwischen|entre)\b[^.;]{1,40}[ ,](?:and|en|und|et)[ ,]{1,2}"
    r"(?:[^\W\d]{1,12}[ ,]{1,2}){0,2}$",
    _I,
)
# Of a range. "Until" and "tot" may mean the day of the return.
ENDS_ON = re.compile(r"to|tot en met|t/m|au|bis(?: zum)?|through|thru", _I)
INCLUDED = re.compile(r",? ?\(?(?:inclu\w*|incl\.|einschlie(?:ß|ss)lich|einschl\.|inkl\w*\.?)", _I)
INCLUDING = re.compile(
    r"\b(?:through|thru|t/m|tm|en met|(?:up to )?and including|einschl\w*|inkl\w*|und mit)\b", _I
)
# Behind the day, where German and Dutch put the verb: "am 18. August bin ich wieder da".
THEN_BACK = re.compile(
    rf"\b{_BACK}\b|\b(?:weer|wieder)(?= ?(?:$|[.,;!?)]))"
    rf"|\b{_I_OR_WE}\b[^.;]{{0,40}}\b(?:weer|wieder)\b",
    _I,
)
THEN_ANSWERS = re.compile(rf"\b{_ANSWERS}\b", _I)
# Who is there from a day on is back.
AVAILABLE = re.compile(
    r"\b(?<!niet )(?<!nicht )(?<!not )(?<!non )(?<!pas )(?:bereikbaar|aanwezig"
    r"|beschikbaar|available"
    r"|reachable|erreichbar|verfügbar|joignable|disponible|op kantoor|in the office"
    r"|im büro|au bureau)\b",
    _I,
)
# With "not" and "before": from then on.
THERE = re.compile(
    r"\b(?:bereikbaar|aanwezig|beschikbaar|available|reachable|erreichbar|verfügbar|joignable"
    r"|disponible|da|there|in)\b",
    _I,
)
# Who stands in is there until then.
STANDS_IN = re.compile(
    r"\b(?:(?<!niet )(?<!nicht )(?<!not )(?:bereikbaar|aanwezig|available|reachable|erreichbar"
    r"|open|geopend|joignable)(?: is| ist)?,? ?$"
    r"|(?:collega|colleague|kolleg(?:e|en|in)|vertretung|collègue|vervang\w{0,2}|assistante?)\b)",
    _I,
)
# Nobody's absence: an offer, a fair.
BUSINESS = re.compile(
    r"\b(?:aanmeld\w*|inschrijv\w*|korting|acti(?:e|es)|aanbieding\w*|geldig|beurs|open dag"
    r"|regist\w+|sign up|discounts?|offers?|sales?|valid|fair|webinar|shop|anmeld\w*|rabatt\w*"
    r"|angebot\w*|\w*angebot|gültig|gilt|messe|inscri\w+|soldes|promo\w*|remise|salon|valable"
    r"|profite\w*|verhuiz\w*|adres)\b",
    _I,
)
NOT = re.compile(r"\b(?:not|n't|niet|nicht|geen|keine?n?|pas|never)\b", _I)
SAYS_BACK = re.compile(rf"\b{_BACK}\b", _I)
SAYS_AWAY = re.compile(
    rf"{auto_reply_words.AWAY_SUBJECT.pattern}|{auto_reply_words.AWAY.pattern}"
    r"|\b(?:out|off)\b|\b(?:vakantie\w*|\w*verlof|vrij|vrije|gesloten|sluiting|\w+sluiting|away|closed"
    r"|leave|holidays?|vacations?|unavailable|absent|pto|ooo|travell?ing|urlaub|\w*ferien"
    r"|\w+urlaub|geschlossen|unterwegs|\w*pause|dienstreise|krank|cong[ée]s?|vacances|ferm[ée]e?s?"
    r"|arrêt|formation|déplacement|fermeture|ziek|reis|buitenland|tussenuit|er niet|niet werkzaam"
    r"|sabbatical|trip|sick|ill)\b",
    _I,
)
# "Ik ben tot 20 augustus aan het fietsen": what somebody is until a day, they are then no more.
OF_THE_WRITER = re.compile(
    r"\b(?:i am|i['’]m|i will be|i['’]ll be|we are|we['’]re|ik ben|ben ik|(?:wij|we) zijn"
    r"|zijn (?:wij|we)|(?:ik|wij|we) (?:zit|zitten|verblijf|verblijven|geniet|genieten)"
    r"|ich (?:befinde|weile|verbringe)|ich bin|bin ich|wir sind|sind wir|je suis|je serai"
    r"|nous sommes)\b",
    _I,
)
STARTS = re.compile(r"\W*(?:\w+ ?[:,] ?)?$")
