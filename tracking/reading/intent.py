"""What a person wants who answered: by words, Dutch and English, then German and French.

A guess that a person can correct, and never grounds to send more mail: only "unsubscribe" has
an effect by itself, and that one errs on the side of silence.
"""

from __future__ import annotations

import re

from tracking.reading.auto_reply_words import AWAY
from tracking.reading.values import Intent

_I = re.IGNORECASE
_LONGEST = 5_000

_NOT_INTERESTED = re.compile(
    r"\b(?:geen|niet) (?:\w+ ){0,2}(?:interesse|ge[iï]nteresseerd|behoefte|belangstelling)"
    r"|\bheb(?:ben)? (?:\w+ ){0,3}geen (?:interesse|behoefte|belangstelling)"
    r"|\b(?:nee|neen),? (?:bedankt|dank|dankjewel|dank je|hoor|liever niet)"
    r"|^(?:nee|no|nein|non)\W*$|\bzijn (?:al |reeds )?voorzien\b|\bgeen tijd\b|\bniet nodig\b"
    r"|\bhebben (?:we|wij) al\b|\bal (?:voorzien|een (?:partij|bureau|leverancier))\b"
    r"|\bzien (?:er|we) (?:er )?van af\b|\bgeen gebruik (?:van )?maken\b"
    r"|\bpas(?:sen)? (?:we|wij|ik) voor\b|\bnot (?:\w+ ){0,2}interested\b"
    r"|\bno,? thank(?:s| you)\b|\bno interest\b"
    r"|\bnot (?:a (?:good )?fit|for us|right now|looking|relevant|in need)\b"
    r"|\bwe(?:'ll| will)? pass\b|\balready (?:have|work with|use|using)\b|\bdon'?t need\b"
    r"|\bnot needed\b|\b(?:kein(?:e|en)?|nicht) (?:\w+ ){0,2}(?:interesse|bedarf|interessiert)"
    r"|\bnein,? danke\b|\bpas (?:\w+ ){0,2}int[ée]ress[ée]|\bnon,? merci\b|\bpas besoin\b",
    _I,
)
_MEETING = re.compile(
    r"\b(?:afspraak|kennismaking(?:sgesprek)?|inplannen|agenda|langskomen"
    r"|bel (?:me|mij|ons|maar|gerust)|belt u|bellen|kunt u (?:me |mij )?bellen|terugbellen"
    r"|teams-?(?:meeting|overleg)?|videobellen|koffie)\b"
    r"|\b(?:schedule|set up|arrange|book)\b[^.\n]{0,40}\b(?:call|meeting|chat|demo|time)"
    r"|\b(?:call|phone|ring) me\b|\bgive (?:me|us) a call\b|\b(?:available|free) (?:on|for a)\b"
    r"|\b(?:quick )?(?:call|chat|demo) (?:on|next|this|tomorrow)|\bcalendar\b|\bcalendly\b"
    r"|\bmeeting\b|\bzoom\b|\bmeet (?:up|on|next|with)|\blet'?s (?:talk|meet|speak)"
    r"|\b(?:termin|telefonat|telefonieren|rufen sie (?:mich|uns)|anrufen|besprechung)\b"
    r"|\brendez-vous\b|\bappelez\b|\brdv\b",
    _I,
)
_INTERESTED = re.compile(
    r"^\W*(?:ja|yes|oui)(?:,? (?:graag|please|gerne))?\W*$|"
    r"\b(?:interessant|ge[iï]nteresseerd|interesse|meer (?:informatie|info|weten)"
    r"|klinkt (?:goed|interessant|leuk)|vertel (?:me )?(?:\w+ )?meer|offerte"
    r"|prijs(?:opgave|lijst)?|prijzen|wat kost|kosten|stuur (?:me|mij|maar|ons|gerust)|graag"
    r"|benieuwd|spreekt (?:me|ons) aan)\b|\binterested\b|\binteresting\b"
    r"|\bsounds (?:good|great|interesting)|\bmore (?:info|information|details)"
    r"|\btell (?:me|us) more|\b(?:price|pricing|quote|proposal|cost)s?\b|\bsend (?:me|us|over)\b"
    r"|\byes,? please\b|\bi'?d (?:love|like) to\b|\bhow much\b|\bkeen\b"
    r"|\b(?:interessiert|mehr (?:informationen|infos|erfahren)|angebot|preise?|gerne"
    r"|klingt (?:gut|interessant))\b|\b(?:int[ée]ress(?:é|ée|ant)|en savoir plus"
    r"|plus d'informations|devis|tarifs?|volontiers)\b",
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
    return Intent.OUT_OF_OFFICE if AWAY.search(text) else Intent.NONE
