"""Words to whoever reads a mail: disclaimers, and how to get off the writer's own newsletter.

They stand below mails of people who want to go on, and speak of opting out. What tells them from
a wish is who is to be left alone: there it is the reader, and never "me".
"""

from __future__ import annotations

import re

_I = re.IGNORECASE


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), _I)


# The reader is who may opt out: footers and disclaimers, which speak to whoever gets the mail.
_OF_READERS = _any(
    r"\b(?:if|should|when|in case) you\b|\bto you\b|\bfor you\b"
    r"|\byou (?:may|can|are|have|receive|received|no longer|do not|don't|wish|want)\b"
    r"|^(?:want to|don't (?:want|wish)|do not (?:want|wish)|no longer (?:want|wish))\b"
    r"|^to (?:unsubscribe|opt[- ]?out|remove|stop|be removed|no longer|manage)\b"
    r"|\bclick (?:here|on|the|this|below)|\breply (?:with|stop|to this)|\bunsubscribe here\b",
    r"\b(?:als|indien|mocht(?:en)?|wanneer|bent|ontvangt|krijgt|wilt|wil|wenst) (?:u|je|jullie)\b"
    r"|\b(?:u|je|jullie) (?:kunt|kan|mag|ontvangt|krijgt|bent|wilt|wenst)\b|\bvoor u\b"
    r"|\bklik(?:t|ken)?\b|\b(?:antwoord|antwoorden|reageer) (?:dan )?met\b|meer ontvangen ?\?",
    r"\b(?:wenn|falls|sollten|m(?:ö|oe)chten|wollen|w(?:ü|ue)nschen) sie\b"
    r"|\bsie (?:m(?:ö|oe)chten|k(?:ö|oe)nnen|wollen|erhalten|w(?:ü|ue)nschen)\b|\bklick\w*"
    r"|\bantworten sie (?:mit|auf)|mehr erhalten ?\?",
    r"\bsi vous\b|\bvous (?:souhaitez|pouvez|recevez|d[ée]sirez|ne)\b|\bpour (?:ne plus|vous)\b"
    r"|\bcliqu\w+|\br[ée]pond(?:ez|re) (?:avec|par|stop)",
)
_OPTS_OUT = _any(
    r"\b(?:ontvang\w*|uit ?schrijven|uit te schrijven|afmelden|af te melden|opzeggen|meld|schrijf"
    r"|receiv\w+|hear from|unsubscribe|opt(?:ing)?[- ]?out|removed?|yourself|emails?|abmelden"
    r"|abzumelden|austragen|auszutragen|erhalten|bekommen|newsletter|recevoir|d[ée]s(?:inscri"
    r"|abonn)\w+|stop)\b"
)
_DISCLAIMS = _any(
    r"\bintended recipient|\baddressee|\bin error\b|\bby mistake\b|\bconfidential|\bunauthori[sz]ed"
    r"|\bgeadresseerde|\bten onrechte\b|\bper (?:abuis|ongeluk|vergissing)\b|\bbestemd\b"
    r"|\bvertrouwelijk|\bricht(?:ig)?en?r? (?:adressat|empf)|\birrt(?:ü|ue)mlich|\bversehentlich"
    r"|\bvertraulich|\bpar erreur\b|\bdestinataire\b|\bconfidentiel"
)
# Who writes speaks of themselves; not "mail from us", "our newsletter", "tell us".
_AS_SENDER = _any(
    r"\b(?:van|door|aan|from|by|to|von|an|de|par) (?:ons|us|uns|nous)\b|\bde notre part\b",
    r"\b(?:onze|our|unser\w{0,2}|nos|notre) (?:[\w-]+ )?(?:nieuwsbrie\w+|newsletters?|mail\w*"
    r"|e-?mail\w*|berichten|list\w*|communicat\w*|messages?|marketing\w*|verteiler|nachrichten"
    r"|courriels?|envois|website|privacy\w*)",
    r"\b(?:contact|notify|inform|tell|let|ask|call) us\b|\bcontact met ons\b|\blaat (?:het )?ons\b"
    r"|\b(?:informeer|informeren|waarschuw|verzoeken|vragen) (?:wij|we|ons)\b|\bons (?:hiervan|"
    r"daarvan|te informeren|direct|onmiddellijk)\b|\bwij (?:u|je)\b|\b(?:informieren|"
    r"benachrichtigen) sie (?:bitte )?uns\b|\bsie uns\b|\bnous (?:en )?(?:informer|avertir"
    r"|pr[ée]venir|contacter)\b|\bwe (?:process|respect|use|value)\b",
)
_OF_WRITER = _any(
    r"\b(?:i|i'm|i'd|i've|me|my|we|we're|us|our|ik|mij|me|mijn|ons|onze|wij|ich|mich|mir"
    r"|mein\w{0,2}|wir|uns|unser\w{0,2}|je|moi|mon|ma|mes|nous|notre|nos)\b|\b[jm]'"
)
_THIS_ADDRESS = _any(
    r"\b(?:this|dit|diese|cette) (?:e-?mail ?-?)?(?:address|(?:mail-?)?adres|(?:mail-?)?adresse)\b"
)


def is_notice_to_readers(sentence: str) -> bool:
    """ "If you no longer wish to receive mail from us", "if you got this in error": the words
    below a mail, of no one in particular."""
    own = _AS_SENDER.sub(" ", sentence)
    if _OF_WRITER.search(own):
        return False
    if _DISCLAIMS.search(sentence):
        return True
    is_theirs = bool(_OF_READERS.search(sentence) and _OPTS_OUT.search(sentence))
    return is_theirs and not _THIS_ADDRESS.search(sentence)
