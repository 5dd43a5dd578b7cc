"""What a person wants who answered: by words, Dutch and English, then German and French.

A guess that a person can correct, and never grounds to send more mail: only "unsubscribe" has
an effect by itself, and that one errs on the side of silence.
"""

from __future__ import annotations

import re

from tracking.reading.values import Intent

_I = re.IGNORECASE
_LONGEST = 5_000

_NOT_INTERESTED = re.compile(
    r"\b(?:geen|niet) (?:\w+ ){0,2}(?:interesse|ge[iï]nteresseerd|behoefte|belangstelling)"
    r"|\bheb(?:ben)? (?:\w+ ){0,3}geen"
    r" (?:interesse|behoefte|belangstelling)|\b(?:nee|neen),? (?:bedankt|dank|dankjewel|dank je"
    r"|hoor|liever niet)"
    r"|\bniet nodig\b|\bhebben (?:we|wij) al\b|\bal (?:voorzien|een (?:partij|bureau"
    r"|leverancier))\b|\bzien (?:er|we) (?:er )?van af\b"
    r"|\bgeen gebruik (?:van )?maken\b|\bpas(?:sen)? (?:we|wij|ik) voor\b"
    r"|\bnot (?:\w+ ){0,2}interested\b|\bno,? thank(?:s| you)\b|\bno interest\b"
    r"|\bnot (?:a (?:good )?fit|for us|right now|looking"
    r"|relevant|in need)\b|\bwe(?:'ll| will)? pass\b|\balready (?:have|work with|use|using)\b"
    r"|\bdon'?t need\b|\bnot needed\b"
    r"|\b(?:kein(?:e|en)?|nicht) (?:\w+ ){0,2}(?:interesse|bedarf|interessiert)|\bnein,? danke\b"
    r"|\bpas (?:\w+ ){0,2}int[ée]ress[ée]|\bnon,? merci\b|\bpas besoin\b",
    _I,
)
_MEETING = re.compile(
    r"\b(?:afspraak|kennismaking(?:sgesprek)?|inplannen|agenda|langskomen|bel (?:me|mij|ons"
    r"|gerust)|belt u|bellen"
    r"|kunt u (?:me |mij )?bellen|terugbellen|teams-?(?:meeting|overleg)?|videobellen|koffie)\b"
    r"|\b(?:schedule|set up|arrange|book)\b[^.\n]{0,40}\b(?:call|meeting|chat|demo|time)|\b(?:call"
    r"|phone|ring) me\b"
    r"|\bgive (?:me|us) a call\b|\b(?:available|free) (?:on|for a)\b|\b(?:quick )?(?:call|chat"
    r"|demo) (?:on|next|this|tomorrow)"
    r"|\bcalendar\b|\bcalendly\b|\bmeeting\b|\bzoom\b|\bmeet (?:up|on|next|with)|\blet'?s (?:talk"
    r"|meet|speak)"
    r"|\b(?:termin|telefonat|telefonieren|rufen sie (?:mich|uns)|anrufen|besprechung)\b"
    r"|\brendez-vous\b|\bappelez\b|\brdv\b",
    _I,
)
_INTERESTED = re.compile(
    r"\b(?:interessant|ge[iï]nteresseerd|interesse|meer (?:informatie|info|weten)|klinkt (?:goed"
    r"|interessant|leuk)|vertel (?:me )?(?:\w+ )?meer"
    r"|offerte|prijs(?:opgave|lijst)?|prijzen|wat kost|kosten|stuur (?:me|mij|maar|ons|gerust)"
    r"|graag|benieuwd|spreekt (?:me|ons) aan)\b"
    r"|\binterested\b|\binteresting\b|\bsounds (?:good|great|interesting)|\bmore (?:info"
    r"|information|details)|\btell (?:me|us) more"
    r"|\b(?:price|pricing|quote|proposal|cost)s?\b|\bsend (?:me|us|over)\b|\byes,? please\b"
    r"|\bi'?d (?:love|like) to\b|\bhow much\b"
    r"|\bkeen\b|\b(?:interessiert|mehr (?:informationen|infos|erfahren)|angebot|preise?|gerne"
    r"|klingt (?:gut|interessant))\b"
    r"|\b(?:int[ée]ress(?:é|ée|ant)|en savoir plus|plus d'informations|devis|tarifs?|volontiers)\b",
    _I,
)


def intent_of(own_text: str) -> Intent:
    """Of what somebody wrote; a refusal is looked for first, as it often holds "interest"."""
    text = " ".join(own_text[:_LONGEST].replace("’", "'").split())
    if _NOT_INTERESTED.search(text):
        return Intent.NOT_INTERESTED
    if _MEETING.search(text):
        return Intent.MEETING
    if _INTERESTED.search(text):
        return Intent.INTERESTED
    return Intent.NONE
