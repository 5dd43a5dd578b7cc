"""Somebody wants no more mail: by our opt-out mail, or by word.

Words count in what the writer wrote only. Each of our mails carries an opt-out link, which
stands below every reply.
"""

from __future__ import annotations

import re

from tracking.reading.references import opt_out_reference

_I = re.IGNORECASE
_LONGEST = 3_000
_SHORT = 60

# The whole message, or its first line: one word is an order there, and half a sentence elsewhere.
_ORDER = re.compile(
    r"^\W*(?:please |graag |aub |a\.u\.b\.? |gelieve |bitte )?(?:stop(?:pen)?(?: ermee| sturen| it"
    r"| e-?mails?| mail(?:s|en)?)?"
    r"|unsubscribe(?: me)?|afmelden|uitschrijven|opt[- ]?out|remove(?: me)?|abmelden|austragen"
    r"|d[ée]sabonner|d[ée]sinscri\w+"
    r"|d[ée]sinscription|verwijder(?:en)?(?: mij| me)?|meld (?:mij|me) af|schrijf (?:mij|me) uit"
    r"|cancel|quit|end)"
    r"(?: please| aub| a\.?u\.?b\.?| graag| s\.?v\.?p\.?| bitte| alstublieft| thanks"
    r"| bedankt)?\W*$",
    _I,
)
_REQUEST = re.compile(
    # Dutch
    r"\b(?:meld|schrijf) (?:mij|me|ons) (?:\w+ ){0,3}(?:af|uit)\b|\b(?:haal|verwijder|schrap|gooi"
    r"|streep) (?:mij|me|ons|mijn|onze|dit)\b"
    r"[^.\n]{0,60}\b(?:lijst|bestand|mailing\w*|database|adres\w*|verzendlijst|systeem)"
    r"|\b(?:wil(?:len)?|wens(?:en)?) (?:\w+ ){0,3}"
    r"(?:afmelden|uitschrijven|afgemeld|uitgeschreven)|\b(?:afmelden|uitschrijven) (?:voor|van|uit"
    r"|graag|aub|svp)|\b(?:graag|gelieve|aub|svp)\b"
    r"[^.\n]{0,40}\b(?:afmelden|uitschrijven|verwijderen uit|uit te schrijven|af te melden)"
    r"|\bgeen (?:\w+ ){0,3}(?:e-?mails?|mails?|mailtjes"
    r"|berichten|mailings?|post) (?:\w+ ){0,3}(?:meer\b|te (?:sturen|ontvangen))|\b(?:wil(?:len)?"
    r"|wens(?:en)?|hoef|stuur)\b[^.\n]{0,30}"
    r"\bgeen (?:\w+ ){0,3}(?:e-?mails?|mails?|mailtjes|berichten|mailings?)|\b(?:mij|me|ons|mijn"
    r"|onze)\b[^.\n]{0,40}\b(?:verwijderen|halen"
    r"|schrappen)\b[^.\n]{0,40}\b(?:lijst|bestand|mailing\w*|database|verzendlijst|systeem)"
    r"|\bstop(?:pen)? (?:met )?(?:\w+ ){0,4}(?:mail\w*|spam\w*"
    r"|sturen|berichten|toesturen)|\b(?:mail|stuur) (?:mij|me|ons) (?:\w+ ){0,3}niet meer"
    r"|\bniet (?:meer|langer) (?:mailen|benaderen|lastig)"
    # English
    r"|\bunsubscribe (?:me|us|my|from|this|please|immediately)|\b(?:please|kindly|to|must"
    r"|want to) unsubscribe\b|\b(?:remove|take|delete|drop)"
    r" (?:me|us|my|our|this)\b[^.\n]{0,50}\b(?:list|database|mailing|distribution|records"
    r"|contacts?|system|address)|\bopt(?:ing)? (?:me |us )?out\b"
    r"|\bstop (?:\w+ ){0,3}(?:e-?mail\w*|mail(?:ing|s)?\b|contact\w*|sending|messag\w*|spam\w*)"
    r"|\b(?:do not|don't|never) (?:e-?mail|contact|write|mail|send)"
    r" (?:to )?(?:me|us|any|this)|\bno (?:more|further) (?:e-?mails?|mails?|messages)"
    r"|\bleave (?:me|us) alone\b"
    # German
    r"|\b(?:tragen|melden|streichen|nehmen|l(?:ö|oe)schen|entfernen) sie (?:mich|uns|meine|unsere"
    r"|bitte)\b[^.\n]{0,60}\b(?:aus|ab|liste|verteiler"
    r"|adresse|datenbank)|\bkeine (?:weiteren |weitere )?(?:e-?mails?|mails?|nachrichten"
    r"|werbung)\b|\b(?:aus|vom) (?:dem |ihrem )?(?:verteiler|newsletter)"
    r"|\b(?:mich|uns) (?:\w+ ){0,3}(?:abmelden|austragen|l(?:ö|oe)schen)\b"
    # French
    r"|\bd[ée]s(?:abonne|inscri)\w*[- ](?:moi|nous)|\b(?:me|nous) d[ée]s(?:abonner|inscrire)"
    r"|\b(?:retirez|supprimez|enlevez|rayez|retirer|supprimer)[- ]"
    r"(?:moi|nous|mon|notre|mes)\b[^.\n]{0,60}\b(?:liste|base|fichier|adresse)|\bne (?:plus"
    r"|souhaite plus|veux plus|m'envoyez plus|nous envoyez plus)"
    r" (?:\w+ ){0,3}(?:recevoir|envoyer|e-?mails?|mails?|message|courriel)|\bplus (?:de"
    r"|aucun) (?:mails?|e-?mails?|messages?|courriels?)",
    _I,
)
# What takes it back: "don't unsubscribe me", "I did not want to unsubscribe".
_DENIED = re.compile(
    r"\b(?:don't|do not|didn't|did not|never|not want(?:ed)? to|niet|nicht"
    r"|pas) (?:\w+ ){0,3}(?:unsubscribe|opt out|afmelden|uitschrijven|abmelden)",
    _I,
)


def is_opt_out(subject: str, own_text: str) -> bool:
    if opt_out_reference(subject):
        return True
    text = own_text[:_LONGEST].replace("’", "'").strip()
    if _DENIED.search(text):
        return False
    first = text.split("\n", 1)[0].strip()
    if _ORDER.match(text[:_SHORT]) or (len(first) <= _SHORT and _ORDER.match(first)):
        return True
    if _REQUEST.search(" ".join(text.split())):
        return True
    # A subject of their own, not the one that they answer.
    return len(text) <= _SHORT and bool(_ORDER.match(subject[:_SHORT]))
