"""The words in which people ask for no more mail: Dutch, English, German and French.

An opt-out can't be taken back, so a "no" alone is none: "no mail" counts with a "more", "don't
mail me" with an "again" or at the end of the sentence. Matched against one line of text, single
spaces, straight apostrophes. Gaps between words are bounded, so each pattern is linear.
"""

from __future__ import annotations

import re

_I = re.IGNORECASE


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), _I)


# The whole message, or its first line: one word is an order there, and half a sentence elsewhere.
ORDER = re.compile(
    r"^\W*(?:please |graag |aub |svp |gelieve "
    r"|bitte )?(?:stop(?:pen)?(?: ermee| hiermee| daarmee| sturen| it| e-?mails?"
    r"| mail(?:s|en)?)?"
    r"|unsubscribe(?: me)?|afmelden|uitschrijven|opt[- ]?out|remove(?: me)?|abmelden|austragen"
    r"|d[ée]sabonner|d[ée]sinscri\w+|d[ée]sinscription|verwijder(?:en)?(?: mij| me)?"
    r"|meld (?:mij|me) af|schrijf (?:mij|me) uit|cancel|quit|end)(?: please| aub"
    r"| graag| svp| bitte| alstublieft| thanks| bedankt)?\W*$",
    _I,
)

_MAILS_NL = (
    r"(?:e-?mails?|mails?|mailtjes|berichten|mailings?|post|reclame|spam|nieuwsbrie\w+"
    r"|aanbiedingen)"
)
_POLITELY = r"(?:(?:svp|aub|ajb|graag|alstublieft|direct|meteen|dan|ook|even|nu|asap|zsm) ){0,3}"
# "van uw lijst halen": the verb last. Who is to be taken off stands right before it, so that nobody
# who wants to get more out of a database is taken for one.
_FROM_LIST = (
    r"(?:van|uit) (?:uw|u|jullie|je|jouw|de|deze|die|dit|het) (?:[\w-]{1,20} )?"
    r"(?:\w{0,20}lijst(?:en)?|\w{0,20}bestand(?:en)?|mailing\w{0,20}|database|systeem) "
    r"(?:af )?(?:te )?(?:willen |kunnen |laten )?"
)
_OURS_NL = r"(?:(?:e-?mail-?|mail)?adres(?:sen)?|naam|(?:contact)?gegevens|bedrijf|hotel)"
_OFF_LIST_NL = (
    r"(?:van|uit) (?:[\w-]{1,30} ){0,3}?[\w-]{0,20}(?:lijst(?:en)?|bestand(?:en)?|mailings?"
    r"|database|systeem)"
)
_DUTCH = (
    rf"\b(?:mij|me|ons|mijn|onze) (?:(?!niet )[\w-]{{1,30}} )?{_POLITELY}{_FROM_LIST}"
    r"(?:halen|verwijderen|schrappen|gooien|strepen|afhalen)\b",
    rf"\b(?:graag|gelieve|svp|aub|wil|willen) {_POLITELY}(?:mij |ons )?{_FROM_LIST}"
    r"(?:halen|verwijderen|schrappen|af|gehaald|verwijderd|geschrapt)\b",
    r"\b(?:meld|schrijf) (?:mij|me|ons) (?:\w+ ){0,3}(?:af|uit)\b",
    rf"\b(?:haal|verwijder|schrap|gooi|streep) (?:mij|me|ons|(?:mijn|onze|dit) {_OURS_NL})"
    rf"(?:,? [\w-]{{1,30}}){{0,3}},? {_OFF_LIST_NL}",
    rf"\b{_OFF_LIST_NL} af\b",
    r"\b(?:verwijder|wis|schrap) (?:(?:svp|aub|graag|alstublieft) )?(?:mijn|ons|onze|dit) "
    r"(?:e-?mail|mail)?-?(?:adres|gegevens|contactgegevens)\b",
    r"\b(?:wil(?:len)?|wens(?:en)?) (?:\w+ ){0,3}(?:afmelden|uitschrijven|afgemeld|uitgeschreven)",
    r"\b(?:afmelden|uitschrijven) (?:voor|van|uit|graag|aub|svp)",
    r"\b(?:graag|gelieve|aub|svp)\b(?:(?!\b(?:zich|dat)\b)[^.]){0,40}\b(?:afmelden"
    r"|uitschrijven|verwijderen uit|uit te schrijven|af te melden)",
    r"\b(?:mij|me|(?<!bij )(?<!via )(?<!met )(?<!voor )(?<!van )(?<!aan )(?<!door )ons) "
    r"(?:\w+ ){0,2}(?:uitschrijven|uit te schrijven|af te melden)\b(?! (?:wat|hoe|welke))",
    rf"\b(?<!er is )geen (?:\w+ ){{0,3}}{_MAILS_NL} (?:\w+ ){{0,3}}(?:meer\b(?! dan)"
    r"|te (?:sturen|ontvangen))",
    rf"\b(?:wil(?:len)?|wens(?:en)?|hoef) (?:\w+ ){{0,3}}geen (?:\w+ ){{0,3}}{_MAILS_NL} "
    r"(?:\w+ ){0,2}(?:ontvangen|van (?:u|jullie|je)\b)",
    rf"\b(?:mij|me|ons|mijn|onze) (?:{_OURS_NL} )?{_POLITELY}(?:te )?"
    rf"(?:verwijderen|halen|schrappen) {_OFF_LIST_NL}",
    r"\bstop(?:pen)? (?:\w+ )?met (?:\w+ ){0,4}(?:e-?mail\w*|mail\w*|spam\w*|sturen|berichten"
    r"|toesturen|benaderen)",
    r"\bstop(?:pen)? (?:(?:de|deze|die|dit|uw|jullie|nu|svp|aub|graag) ){0,3}"
    r"(?:mail(?:s|en|ings?|tjes)?\b|e-?mails?\b|spam\w*|berichten|sturen)",
    r"\b(?<!ik )(?<!we )(?<!wij )stop (?:svp |aub |nu )?hiermee\b",
    r"\b(?:mail|stuur|bel|benader|contacteer|schrijf) (?:mij|me|ons) (?:\w+ ){0,3}"
    r"(?:niet|niets|niks) (?:meer|langer)\b(?! dan)",
    r"\b(?:benader|contacteer) (?:mij|me|ons) (?:\w+ )?niet(?= ?[.!]| ?$)",
    r"\b(?:niet|nooit) (?:meer|langer) (?:(?:per|via|door|te|e-?mail|mail|u|jullie) ){0,3}"
    r"(?:mailen|e-?mailen|contacteren|benaderen|benaderd|lastig|lastigvallen|aanschrijven"
    r"|aangeschreven|gemaild|gecontacteerd)\b",
    r"\bhoud?t? (?:\w+ ){0,2}op met [^.]{0,20}(?:mail|spam|berichten|sturen)",
    r"\bgraag (?:mij |me |ons )?verwijderen\b",
    r"\bmijn (?:gegevens|e-?mailadres|adres) (?:\w+ ){0,2}verwijderen\b",
    r"\blaat (?:mij|me|ons) (?:\w+ ){0,2}met rust\b",
)

_MAILS_EN = r"(?:e-?mails?|mails?|messages?|spam|newsletters?|offers)"
_OURS_EN = r"(?:e-?mail(?: ?address)?|address|name|(?:contact )?(?:details|data)|company)"
_OFF_LIST_EN = (
    r"(?:from|off|out of) (?:[\w-]{1,30} ){0,4}?[\w-]{0,20}(?:lists?|databases?|mailings?"
    r"|distribution|records|contacts?|system)\b"
)
_ENGLISH = (
    r"\bremove me(?: please)?\s?(?:[.!,;]|$)",
    r"\bunsubscribe (?:me|us|my|from|this|please|immediately)",
    r"\b(?:please|kindly|to|must|want to) unsubscribe\b",
    rf"\b(?:remove|take|delete|drop) (?:me|us|(?:my|our|this) {_OURS_EN})"
    rf"(?:,? [\w-]{{1,30}}){{0,3}},? {_OFF_LIST_EN}",
    r"\b(?:delete|erase|remove) (?:all )?(?:my|our|this) (?:personal |contact )?(?:data|details"
    r"|information|e-?mail(?: ?address)?)\b",
    rf"\b(?:not|don't) (?:wish|want) to (?:receive|get) (?:(?:any|more|further|such|your|these) )"
    rf"{{1,3}}{_MAILS_EN}\b",
    r"\bopt(?:ing)? (?:me|us) out\b",
    r"(?:^|[.!,;] ?|\b(?:i|we|please|to|must|can) )opt(?:ing)?[ -]out(?=[.!,;?]|$| please"
    r"| of (?:\w+ ){1,3}(?:e-?mails?|mails?|list|messages?|communications?|newsletters?))",
    r"\bstop (?:(?:please|all|any|these|those|this|the|your|with|immediately|now) ){0,3}"
    r"(?:e-?mail\w*|mail(?:ing|s)?\b|contact\w*|sending|messag\w*|spam\w*|bothering|harassing)",
    r"\b(?:do not|don't|never|not to) (?:\w+ )?(?:e-?mail|contact|write|mail|message|call|bother)"
    r"(?: to)?(?: (?:me|us|this|address|here)){0,2} (?:again|any ?more|any longer|ever)\b",
    r"\b(?:do not|don't) (?:e-?mail|contact|mail|message|bother|spam) (?:me|us)(?:,? please)?"
    r"(?:[.!;]|$)(?! ?(?:please |just |rather )?(?:call|phone|ring))",
    rf"\b(?:do not|don't|never) send (?:(?:me|us|any|more|further|these|such|this) ){{0,4}}"
    rf"{_MAILS_EN}\b(?! (?:with|about|before|from))",
    r"\b(?:do not|don't|never) send (?:me|us) (?:anything|any ?more)(?= ?[.!,;]| ?$| please)",
    rf"(?<!get )(?<!got )(?<!have )(?<!had )(?<!receive )(?<!are )"
    rf"\bno (?:more|further) {_MAILS_EN}\b",
    r"\bleave (?:me|us) alone\b",
    r"\blose (?:my|our|this) (?:number|e-?mail|address)",
)

_MAILS_DE = r"(?:e-?mails?|mails?|nachrichten|werbung|werbemails?|newsletter|anfragen)"
_GERMAN = (
    r"\b(?:tragen|melden|streichen|nehmen|l(?:ö|oe)schen|entfernen) sie (?:mich|uns|meine|unsere"
    r"|bitte)\b[^.,]{0,60}\b(?:aus|ab|liste|verteiler|adresse|datenbank)",
    r"\bl(?:ö|oe)schen sie (?:bitte )?(?:alle )?(?:meine|unsere) (?:\w+ )?(?:\w{0,10}daten"
    r"|e-?mail\w*|e-?mail-adresse)\b",
    rf"\bkeine weiteren? (?:\w+ )?{_MAILS_DE}\b",
    rf"\bkeine (?:\w+ ){{0,2}}{_MAILS_DE} (?:\w+ ){{0,4}}mehr\b",
    rf"\b(?:m(?:ö|oe)chten?|will|wollen|w(?:ü|ue)nschen?) (?:\w+ ){{0,2}}keine (?:\w+ ){{0,2}}"
    rf"{_MAILS_DE} (?:\w+ ){{0,2}}(?:erhalten|bekommen|von ihnen)\b",
    r"\bbitte keine (?:\w+ )?werbung\b",
    r"\b(?:aus|von) (?:dem |ihrem |eurem |der |ihrer )(?:[\w-]{1,20})?verteiler\b",
    r"\b(?:aus|vom) (?:dem |ihrem )?newsletter (?:\w+ ){0,2}(?:abmelden|austragen|nehmen|streichen"
    r"|l(?:ö|oe)schen|entfernen|ab)\b",
    r"\b(?:mich|uns) (?:\w+ ){0,3}(?:abmelden|austragen|l(?:ö|oe)schen)\b",
    r"\b(?:schreiben|mailen|kontaktieren|schicken|senden|bel(?:ä|ae)stigen|rufen) sie (?:mir|mich"
    r"|uns) (?:\w+ ){0,3}(?:nicht mehr|nichts mehr|nie mehr|nie wieder)\b(?! als)",
    r"\bnicht (?:mehr|weiter|l(?:ä|ae)nger) (?:\w+ ){0,2}(?:kontaktieren|kontaktiert|anschreiben"
    r"|angeschrieben|bel(?:ä|ae)stigen|bel(?:ä|ae)stigt)\b",
    r"\bvon (?:weiteren|zuk(?:ü|ue)nftigen) (?:\w+ )?(?:[\w-]{0,20}mails?|nachrichten|kontakt\w*"
    r"|anfragen|zusendungen|werbung|schreiben) (?:\w+ ){0,2}(?:absehen|abzusehen|absieht|ab)\b",
    r"\blassen sie (?:mich|uns) (?:\w+ )?in ruhe\b",
)

_MAILS_FR = r"(?:mails?|e-?mails?|messages?|courriels?|spams?)"
_FRENCH = (
    r"\bd[ée]s(?:abonne|inscri)\w*[- ](?:moi|nous)",
    r"\b(?:me|nous) d[ée]s(?:abonner|inscrire)",
    r"\b(?:retirez|supprimez|enlevez|rayez|effacez|retirer|supprimer|enlever|effacer)[- ](?:moi"
    r"|nous|mon|notre|mes|nos)\b[^.]{0,60}\b(?:liste|base|fichier|adresse|(?:coor)?donn[ée]es)",
    r"\b(?:me |nous |m')(?:retirer|supprimer|enlever|effacer|rayer|sortir)\b[^.]{0,40}\b(?:liste"
    r"|listing|base|fichier|envois|diffusion)",
    r"\b(?:de|veuillez) ne plus (?:m'|me |nous |jamais )?(?:envoyer|contacter|[ée]crire|solliciter"
    r"|adresser|d[ée]ranger|importuner)\b",
    r"\bne (?:souhait\w+|veux|voulons|d[ée]sir\w+) plus (?:\w+ ){0,3}(?:recevoir|[êe]tre contact"
    r"|[êe]tre sollicit)",
    r"\b(?:merci|demande|souhait\w+|prie|veuillez)\b[^.]{0,25}\bne plus (?:\w+ )?recevoir\b",
    rf"\bne (?:m'envoyez|nous envoyez) plus (?:\w+ ){{0,3}}(?:{_MAILS_FR}|rien)\b",
    r"\bne (?:me |nous |m')(?:contactez|[ée]crivez|sollicitez|d[ée]rangez) plus\b",
    rf"(?:^|[.!?,;] ?|\b(?:veux|voulons|souhait\w+) )plus (?:de|aucun) {_MAILS_FR}"
    r"(?= ?[.!,;]| ?$| svp| merci| s'il| de (?:votre|ta) part)",
    r"\b(?:arr[êe]te[zr]?|cessez|cesser) (?:\w+ )?(?:de |d')(?:m'|me |nous )?(?:envoyer|contacter"
    r"|[ée]crire|spammer|harceler|solliciter|importuner|d[ée]ranger)\b",
    r"\b(?:arr[êe]te[zr]?|cessez|stop) (?:(?:à|aux|avec|vos|ces|les|tous) ){1,3}(?:envois|mails?"
    r"|e-?mails?|spams?|sollicitations)\b",
    r"\blaissez[- ](?:moi|nous) tranquille",
)
REQUEST = _any(*_DUTCH, *_ENGLISH, *_GERMAN, *_FRENCH)

# What takes it back: "don't unsubscribe me", "I did not want to unsubscribe".
DENIED = re.compile(
    r"\b(?:don't|do not|didn't|did not|never|not want(?:ed)? to|niet|nicht"
    r"|pas) (?:\w+ ){0,3}(?:unsubscribe|opt out|afmelden|uitschrijven|abmelden)",
    _I,
)
# They go on by another address: a person enters it.
MOVED_ON = re.compile(
    r"\b(?:use|gebruik|verwenden sie|nutzen sie|utilisez) (?:\w+ ){0,4}[\w.+-]{1,64}@", _I
)
# "I have had no more mail from you": a lack of mail, and no wish for one.
NOT_RECEIVED = re.compile(
    r"\b(?:heb|hebben|had|hadden|habe|haben|hatten|have|haven't|n'ai|n'avons)\b"
    r"(?:(?!\b(?:te|wil|willen|wens|wensen|hoef|zu|will|wollen|m(?:ö|oe)chten?|to|want|wish"
    r"|souhait\w+)\b)[^.!?]){0,100}"
    r"\b(?:ontvangen|gekregen|gezien|gehad|erhalten|bekommen|received|re[çc]us?)\b"
    # "Our guests can't mail us any more."
    r"|\b(?:kan|kunnen|kon|konden) (?!u |je |jij |jullie )[^.!?]{0,40}\bniet (?:meer|langer)\b",
    _I,
)
# Dots that end no sentence: "s.v.p.", "a.s.a.p.".
ABBREVIATION = re.compile(r"\b[^\W\d_](?:\.[^\W\d_]){1,3}\b\.?")
