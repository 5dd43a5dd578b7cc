"""Somebody wants no more mail, and says so in words of their own.

Words count in what the writer wrote only. Each of our mails carries an opt-out link, which
stands below every reply, and below some of them in a quote that nothing marks as one.
"""

from __future__ import annotations

import re

from tracking.reading.our_mail import before_our_mail

_I = re.IGNORECASE
_LONGEST = 3_000
_SHORT = 60

# The whole message, or its first line: one word is an order there, and half a sentence elsewhere.
_ORDER = re.compile(
    r"^\W*(?:please |graag |aub |svp |gelieve "
    r"|bitte )?(?:stop(?:pen)?(?: ermee| sturen| it| e-?mails?| mail(?:s|en)?)?"
    r"|unsubscribe(?: me)?|afmelden|uitschrijven|opt[- ]?out|remove(?: me)?|abmelden|austragen"
    r"|d[ée]sabonner|d[ée]sinscri\w+|d[ée]sinscription|verwijder(?:en)?(?: mij| me)?"
    r"|meld (?:mij|me) af|schrijf (?:mij|me) uit|cancel|quit|end)(?: please| aub"
    r"| graag| svp| bitte| alstublieft| thanks| bedankt)?\W*$",
    _I,
)
# "van uw lijst halen": the verb last. Who is to be taken off stands right before it, so that nobody
# who wants to get more out of a database is taken for one.
_POLITELY = r"(?:(?:svp|aub|ajb|graag|alstublieft|direct|meteen|dan|ook|even|nu|asap|zsm) ){0,3}"
_FROM_LIST = (
    r"(?:van|uit) (?:uw|u|jullie|je|jouw|de|deze|die|dit|het) (?:[\w-]{1,20} )?"
    r"(?:\w{0,20}lijst(?:en)?|\w{0,20}bestand(?:en)?|mailing\w{0,20}|database|systeem) "
    r"(?:af )?(?:te )?(?:willen |kunnen |laten )?"
)
_VERB_LAST = (
    rf"\b(?:mij|me|ons|mijn|onze) (?:(?!niet )[\w-]{{1,30}} )?{_POLITELY}{_FROM_LIST}"
    r"(?:halen|verwijderen|schrappen|gooien|strepen|afhalen)\b"
    rf"|\b(?:graag|gelieve|svp|aub|wil|willen) {_POLITELY}(?:mij |ons )?{_FROM_LIST}"
    r"(?:halen|verwijderen|schrappen|af|gehaald|verwijderd|geschrapt)\b"
)
_REQUEST = re.compile(
    # Dutch
    rf"{_VERB_LAST}|"
    r"\b(?:meld|schrijf) (?:mij|me|ons) (?:\w+ ){0,3}(?:af|uit)\b"
    r"|\b(?:haal|verwijder|schrap|gooi|streep) (?:mij|me|ons|mijn|onze"
    r"|dit)\b[^.\n]{0,60}\b(?:lijst|bestand|mailing\w*|database|adres\w*|verzendlijst|systeem)"
    r"|\b(?:wil(?:len)?|wens(?:en)?) (?:\w+ ){0,3}(?:afmelden|uitschrijven|afgemeld"
    r"|uitgeschreven)|\b(?:afmelden|uitschrijven) (?:voor|van|uit|graag|aub|svp)"
    r"|\b(?:graag|gelieve|aub|svp)\b[^.\n]{0,40}\b(?:afmelden|uitschrijven|verwijderen uit"
    r"|uit te schrijven|af te melden)|\bgeen (?:\w+ ){0,3}(?:e-?mails?|mails?|mailtjes|berichten"
    r"|mailings?|post) (?:\w+ ){0,3}(?:meer\b|te (?:sturen|ontvangen))"
    r"|\b(?:wil(?:len)?|wens(?:en)?|hoef|stuur)\b[^.\n]{0,30}\bgeen (?:\w+ ){0,3}(?:e-?mails?"
    r"|mails?|mailtjes|berichten|mailings?)|\b(?:mij|me|ons|mijn"
    r"|onze)\b[^.\n]{0,40}\b(?:verwijderen|halen|schrappen)\b[^.\n]{0,40}\b(?:lijst|bestand"
    r"|mailing\w*|database|verzendlijst|systeem)"
    r"|\bstop(?:pen)? (?:met )?(?:\w+ ){0,4}(?:mail\w*|spam\w*|sturen|berichten|toesturen)"
    r"|\b(?:mail|stuur) (?:mij|me|ons) (?:\w+ ){0,3}niet meer"
    r"|\bniet (?:meer|langer) (?:mailen|benaderen|lastig)"
    r"|\bhoud?t? (?:\w+ ){0,2}op met [^.\n]{0,20}(?:mail|spam|berichten|sturen)"
    r"|\bgraag (?:mij |me |ons )?verwijderen\b|\bmijn (?:gegevens|e-?mailadres"
    r"|adres) (?:\w+ ){0,2}verwijderen\b|\b(?:bel|mail|benader|contacteer|schrijf) (?:mij|me"
    r"|ons) (?:\w+ )?niet\b"
    # English
    r"|\bremove me(?: please)?\s*(?:[.!,;]|$)|\bunsubscribe (?:me|us|my|from|this|please"
    r"|immediately)|\b(?:please|kindly|to|must|want to) unsubscribe\b"
    r"|\b(?:remove|take|delete|drop) (?:me|us|my|our|this)\b[^.\n]{0,50}\b(?:list|database"
    r"|mailing|distribution|records|contacts?|system|address)|\bopt(?:ing)? (?:me |us )?out\b"
    r"|\bstop (?:\w+ ){0,3}(?:e-?mail\w*|mail(?:ing|s)?\b|contact\w*|sending|messag\w*|spam\w*)"
    r"|\b(?:do not|don't|never) (?:e-?mail|contact|write|mail|send) (?:to )?(?:me|us|any|this)"
    r"|\bno (?:more|further) (?:e-?mails?|mails?|messages)|\bleave (?:me|us) alone\b"
    # German
    r"|\b(?:tragen|melden|streichen|nehmen|l(?:ö|oe)schen|entfernen) sie (?:mich|uns|meine|unsere"
    r"|bitte)\b[^.\n]{0,60}\b(?:aus|ab|liste|verteiler|adresse|datenbank)"
    r"|\bkeine (?:weiteren |weitere )?(?:e-?mails?|mails?|nachrichten|werbung)\b"
    r"|\b(?:aus|vom) (?:dem |ihrem )?(?:verteiler|newsletter)"
    r"|\b(?:mich|uns) (?:\w+ ){0,3}(?:abmelden|austragen|l(?:ö|oe)schen)\b"
    # French
    r"|\bd[ée]s(?:abonne|inscri)\w*[- ](?:moi|nous)|\b(?:me|nous) d[ée]s(?:abonner|inscrire)"
    r"|\b(?:retirez|supprimez|enlevez|rayez|retirer|supprimer)[- ](?:moi|nous|mon|notre"
    r"|mes)\b[^.\n]{0,60}\b(?:liste|base|fichier|adresse)"
    r"|\bne (?:plus|souhaite plus|veux plus|m'envoyez plus"
    r"|nous envoyez plus) (?:\w+ ){0,3}(?:recevoir|envoyer|e-?mails?|mails?|message|courriel)"
    r"|\bplus (?:de|aucun) (?:mails?|e-?mails?|messages?|courriels?)",
    _I,
)
# "s.v.p.", "a.s.a.p.": their dots end no sentence.
_ABBREVIATION = re.compile(r"\b[^\W\d_](?:\.[^\W\d_]){1,3}\b\.?")
# What takes it back: "don't unsubscribe me", "I did not want to unsubscribe".
_DENIED = re.compile(
    r"\b(?:don't|do not|didn't|did not|never|not want(?:ed)? to|niet|nicht"
    r"|pas) (?:\w+ ){0,3}(?:unsubscribe|opt out|afmelden|uitschrijven|abmelden)",
    _I,
)


def is_opt_out(subject: str, own_text: str) -> bool:
    """By their words; `references.opt_out_reference` knows our opt-out mail."""
    text = before_our_mail(own_text)[:_LONGEST].replace("’", "'").strip()
    text = _ABBREVIATION.sub(lambda found: found[0].replace(".", ""), text)
    if _DENIED.search(text):
        return False
    first = text.split("\n", 1)[0].strip()
    if _ORDER.match(text[:_SHORT]) or (len(first) <= _SHORT and _ORDER.match(first)):
        return True
    if _REQUEST.search(" ".join(text.split())):
        return True
    # A subject of their own, not the one that they answer.
    return len(text) <= _SHORT and bool(_ORDER.match(subject[:_SHORT]))
