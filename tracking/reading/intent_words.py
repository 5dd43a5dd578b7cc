"""The words by which a wish is guessed: Dutch, English, German and French.

Matched against one sentence or clause, single spaces, straight apostrophes. Gaps between words
are bounded, so each pattern is linear.
"""

from __future__ import annotations

import re

_I = re.IGNORECASE


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), _I)


# A "no" of the whole sentence, whatever else it says.
REFUSED = _any(
    # Dutch
    r"\b(?:geen|niet) (?:[\w-]+ ){0,3}(?:interesse|ge[iï]nteresseerd|interessant|behoefte"
    r"|belangstelling|relevant|nodig|budget|vraag naar|gebruik (?:van )?maken|voor ons"
    r"|van toepassing|op (?:zoek|in)\b|zitten\b)",
    r"\b(?:interesse|interesseert|behoefte|nodig|aan|geschikt) (?:(?:ons|mij|me|wij|we) )?"
    r"(?:\w+ )?niet\b|\bniet (?:\w+ )?(?:aan|te wachten)[.!]?$|\bop te wachten\b",
    r"\b(?:nee|neen)(?:,|\b)? ?(?:bedankt|dank|dankjewel|dank je|hoor|liever niet)\b"
    r"|^(?:nee|no|nein|non|neen)\W*$|\b(?:bedankt|dank u?),? (?:maar )?(?:nee|liever niet|niet)\b",
    r"\bzijn (?:al |reeds )?(?:goed )?voorzien\b|\bzitten (?:\w+ ){0,2}goed\b"
    r"|\bgeen (?:tijd|budget|geld|prijs op)\b"
    r"|\b(?:hebben|heb) (?:we|wij|ik) (?:\w+ )?al(?= ?[.!,]| ?$)"
    r"|\b(?:hier|daar)(?:voor|mee)? (?:hebben|heb) (?:we|wij|ik) (?:\w+ )?al\b"
    r"|\b(?:al|reeds|hiervoor) (?:voorzien|een (?:[\w-]+ )?(?:partij|bureau|leverancier|partner"
    r"|specialist|contract|bedrijf))\b",
    r"\bzien (?:er|we) (?:er )?van af\b|\bpas(?:sen)? (?:we|wij|ik) voor\b|\b(?:wij|we) passen\b"
    r"|\blaat maar(?: zitten)?\b(?! (?:weten|horen|zien|komen))|\bliever niet\b"
    r"|\b(?:momenteel|nu|voorlopig|helaas|toch|sowieso) (?:even )?niet(?= ?[.!,]| ?$)",
    r"\b(?:lijkt|zegt) (?:me|mij|ons)? ?(?:\w+ )?(?:niets|niks)\b"
    r"|\bspreekt (?:ons|me|mij) (?:\w+ )?niet\b|\b(?:niets|niks) voor (?:ons|mij)\b",
    r"^(?:\w+ ){0,3}(?:te (?:duur|kostbaar|prijzig)|too expensive|zu teuer|trop cher)\b"
    r"|\bkosten (?:\w+ ){0,2}te hoog\b"
    r"|\b(?:doen|regelen|verzorgen|beheren) (?:we|wij)? ?(?:dit|dat|het|alles|deze|onze)? ?"
    r"(?:\w+ )?(?:zelf|intern|in eigen beheer|in huis)\b"
    r"|(?<!niet )\btevreden (?:met|over) (?:onze|ons|de) (?:huidige|eigen|vaste)\b",
    # English
    r"\b(?:not|isn't|aren't|no longer|never) (?:\w+ ){0,2}(?:interest(?:ed|ing)|a (?:good )?fit"
    r"|for (?:us|me)|right now|at (?:this|the) (?:time|moment)|looking|relevant|in need|needed"
    r"|what we|something (?:we|i|for)|suitable)\b"
    r"|\b(?:does not|doesn't) (?:\w+ )?(?:interest|appeal|suit)\b",
    r"\bno,? thank(?:s| you)\b|\b(?:thanks|thank you),? but (?:no|we(?:'re| are) (?:good|fine|ok))"
    r"|\bno (?:interest|need|budget|money)\b|\b(?:i'm|we're|i am|we are) (?:good|all set|fine)"
    r"(?= ?[,.!]| ?$| thanks| thank you)"
    r"|\ball set\b|\b(?:i'd|we'd|would) rather not\b|\bleft alone\b|\bgo away\b",
    r"\bwe(?:'ll| will| are going to)? pass\b|\bpass on (?:this|it)\b"
    r"|\balready (?:have|work with|working with|use|using|covered|got)\b|\bdon't need\b"
    r"|(?<!not )\b(?:happy|satisfied|content) with (?:our|the|my) (?:current|existing|own)\b"
    r"|\bin-?house\b|\b(?:handle|do|manage) [^.]{0,30}\b(?:ourselves|internally|myself)\b"
    r"|\b(?:can't|cannot|won't|will not) (?:be )?(?:tak(?:e|ing) you up|accept|proceed"
    r"|mov(?:e|ing) forward|go(?:ing)? ahead)\b",
    # German
    r"\b(?:kein(?:e|en|erlei)?|nicht) (?:\w+ ){0,3}(?:interess(?:e|iert|ant)|bedarf|budget|relevant"
    r"|n(?:ö|oe)tig|in frage|f(?:ü|ue)r uns|zeit)\b|\buninteressant\b",
    r"\b(?:interessiert|passt|brauchen|ben(?:ö|oe)tigen) (?:\w+ ){0,4}(?:nicht|nichts)\b"
    r"|\bnein,? (?:vielen )?dank|\bdanke,? (?:aber )?nein\b|\blieber nicht\b"
    r"|\bderzeit nicht(?= ?[.!,]| ?$)"
    r"|\bhaben (?:\w+ )?(?:schon|bereits) (?:eine?n? )?(?:\w+ )?(?:agentur|partner|anbieter"
    r"|dienstleister|firma)\b"
    r"|\bmachen (?:wir )?(?:das|dies|alles) (?:\w+ )?(?:selbst|selber|intern)\b"
    r"|(?<!nicht )\b(?:zufrieden mit|gut versorgt)\b",
    # French
    r"\b(?:pas|plus|aucun) (?:\w+ ){0,2}(?:int[ée]r[êe]ss\w+|int[ée]r[êe]t|besoin|pour (?:nous|moi)"
    r"|de budget|n[ée]cessaire|utile)\b|\bint[ée]resse (?:pas|plus|gu[èe]re)\b|\bnon,? merci\b"
    r"|\bmerci,? (?:mais )?non\b|\bs[ao]ns int[ée]r[êe]t\b"
    r"|\b(?:avons|ai) d[ée]j[àa] (?:un|une|notre|quelqu'un|ce)\b|\bfaisons (?:\w+ )?nous-m[êe]mes\b"
    r"|\bpas (?:pour le moment|actuellement|maintenant)\b",
)
# Looks like one, and is none.
NO_REFUSAL = _any(
    r"\b(?:waarom niet|why not|warum nicht|pourquoi pas|why don't (?:you|we)|geen probleem"
    r"|no problem|kein problem|pas de probl[èe]me|not bad|niet (?:verkeerd|slecht|gek)"
    r"|nicht schlecht|pas mal|not only|niet alleen|nicht nur|not sure|niet zeker|weet niet"
    r"|can't wait|don't hesitate|geen haast|no rush|wouldn't mind|zeker niet oninteressant)\b"
)
MEETING = _any(
    r"\b(?:afspraak|kennismaking(?:sgesprek)?|inplannen|agenda|langskomen|kom(?:t|en)?"
    r" (?:\w+ ){0,2}langs|bel (?:me|mij|ons|maar|gerust)|belt u|bellen|kunt u (?:me |mij )?bellen"
    r"|terugbellen"
    r"|teams-?(?:meeting|overleg)?|videobellen|koffie)\b",
    r"\b(?:schedule|set up|arrange|book)\b[^.\n]{0,40}\b(?:call|meeting|chat|demo|time)"
    r"|\b(?:call|phone|ring) (?:me|us)\b|\bgive (?:me|us) a (?:call|ring)\b"
    r"|\b(?:available|free) (?:on|for a)\b|\b(?:quick|short|brief) (?:call|chat|demo)\b"
    r"|\b(?:call|chat|demo) (?:on|next|this|tomorrow)|\bhave a (?:call|chat)\b|\bcalendar\b"
    r"|\bcalendly\b|\bmeeting\b|\bzoom\b|\bmeet (?:up|on|next|with)|\blet'?s (?:talk|meet|speak)",
    r"\b(?:termin|telefonat|telefonieren|rufen sie (?:mich|uns)|anrufen|besprechung)\b"
    r"|\brendez-vous\b|\bappele[zr](?:[- ](?:moi|nous))?\b|\brdv\b",
    r"\b(?:bereikbaar|te bereiken|reach(?:able)?(?: me| us)?|erreichbar|joignable) (?:op|on|at"
    r"|unter|au) (?:\w+ )?[+0(]\d",
)
# A day, and in the same sentence that one meets or talks.
DAY = _any(
    r"\b(?:maandag|dinsdag|woensdag|donderdag|vrijdag)(?:ochtend|middag|morgen)?\b|\bmorgen\b"
    r"|\bvolgende week\b|\b(?:mon|tues|wednes|thurs|fri)day\b|\btomorrow\b|\bnext week\b"
    r"|\b(?:montag|dienstag|mittwoch|donnerstag|freitag)\b|\bn(?:ä|ae)chste woche\b"
    r"|\b(?:lundi|mardi|mercredi|jeudi|vendredi)\b|\bdemain\b|\bsemaine prochaine\b"
)
TALK = _any(
    r"\b(?:call|chat|meet|speak|talk|works?|suits?|free|available|gesprek|spreken|past|schikt"
    r"|uitkomt|lukt|kan het|kunt u|passt|sprechen|treffen|frei|disponible|libre|convient|s'appeler"
    r"|parler)\b"
    r"|\b\d{1,2}(?:[:.]\d\d| ?(?:uur|uhr|am|pm|h)\b)"
)
INTERESTED = _any(
    r"^\W*(?:ja|yes|oui)(?:,? (?:graag|please|gerne))?\W*$",
    r"\b(?:interessant|ge[iï]nteresseerd|interesse|meer (?:informatie|info|weten)"
    r"|klinkt (?:goed|interessant|leuk)|vertel (?:me )?(?:\w+ )?meer|offerte"
    r"|prijs(?:opgave|lijst)?|prijzen|wat (?:zou |gaat )?(?:\w+ )?kost\w*|kosten|stuur (?:me|mij"
    r"|maar|ons|gerust|eens)|graag|benieuwd|mogelijkheden|voorbeelden|spreekt (?:me|ons) aan)\b",
    r"\binterested\b|\binteresting\b|\bsounds (?:like|good|great|interesting)"
    r"|\bmore (?:info|information|details)|\btell (?:me|us) more|\bexamples?\b|\breferences\b"
    r"|\b(?:price|pricing|quote|proposal|cost)s?\b|\bsend (?:me|us|over|it)\b|\byes,? please\b"
    r"|\bi'?d (?:love|like) to\b|\bhow much\b|\bkeen\b",
    r"\b(?:interessiert|interesse|mehr (?:informationen|infos|erfahren)|angebot|referenzen"
    r"|beispiele|preise?|gerne?|kosten|kostet|klingt (?:\w+ )?(?:gut|interessant|spannend))\b",
    r"\bint[ée]ress(?:é|ée|ant|e|és|ées)\b|\b(?:en savoir plus|plus d'info\w*|plus de d[ée]tails"
    r"|devis|tarifs?|combien|volontiers|envoyez[- ](?:moi|nous))\b",
)
# "Thanks for your quote" asks for none.
THANKED = _any(
    r"\b(?:bedankt|dank|dankjewel|thanks|thank you|danke|merci) (?:u |je |wel |sch(?:ö|oe)n )?"
    r"(?:voor|for|f(?:ü|ue)r|pour|de) [^,.;!?]{0,60}"
)
NO = _any(
    r"\b(?:geen|niet|niets|niks|nooit|zonder|not|no|never|without|kein\w{0,2}|nicht|nichts|nie|ohne"
    r"|pas|aucun\w?|jamais|rien)\b|n't\b"
)
