"""The words in which servers refuse a mail, from what many of them say.

Matched against `diagnosis.bare_words`: lower case, single spaces, without addresses, hosts and
links. Built from nouns and what is said of them rather than from whole sentences, as every server
has its own. Gaps between words are bounded, so each pattern is linear.
"""

from __future__ import annotations

import re

from tracking.reading.values import Reason


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives))


_WHO = (
    r"(?:rcpt|e-?mail ?box|mail ?-?box(?:es)?|mail ?folder|e-?mail ?(?:address|account)|users?"
    r"|userid|user ?names?|recipients?|accounts?|address(?:es)?|addressee|mail ?drop|alias|person"
    r"|employee|customer|subscriber|member|destination|contact|destinataire|destinatario)"
)
_WHO_NL_DE_FR = (
    r"(?:gebruikers?(?:naam)?|ontvangers?|geadresseerden?|adressaa?t|mailbox|postbus"
    r"|(?:e-?mail)?adres(?:sen)?|account|benutzer(?:name)?|empf(?:ä|ae|a)nger(?:adresse)?"
    r"|postfach|mailadresse|(?:e-?mail-?)?adresse|konto|teilnehmer|utilisateur|destinataire"
    r"|compte|bo[iî]te(?: aux lettres| mail)?|odbiorca|konto|usuario|usuário|destinatario"
    r"|destinatário|cuenta|conta|buz[oó]n|direcci[oó]n|endere[cç]o|utente|casella|indirizzo)"
)
_GAP = r"[^.;]{0,60}?"

UNKNOWN_USER = _any(
    rf"\b(?:unknown|no such|non-?existe?[na]t|illegal|undefined|unrecogni[sz]ed|unroutable"
    rf"|bad destination|not an? (?:valid|known|existing"
    rf"|active))(?: or \w+)?(?: e-?mail)?(?: local| virtual| final| delivery| mail)* {_WHO}\b",
    r"\bbad (?:recipient|mailbox(?! database)|user|rcpt|address\b(?! syntax))",
    rf"\binvalid(?: local| final| delivery| e-?mail| mail)* {_WHO}\b",
    rf"\b{_WHO}(?: name| id| is| was| are| address| account| part| has been| specified)*"
    r",? (?:unknown|not (?:found|known|recogni[sz]ed|listed|exist(?:ing|ent)?|registered|valid"
    r"|here|defined|configured|on (?:this|server)|in (?:\w+ )?(?:directory|table))"
    r"|does ?n[o']t exist|doesn't exist|does not have an? |doesn't have an? |nonexist|non-exist"
    r"|invalid\b|no longer (?:exist|valid|in use|on server|available|active|here|with)"
    r"|do(?:es)? not exist|cannot be found|can't be found|could ?n[o']t be found|couldn't be found"
    r"|unrecogni[sz]ed|wrong or no longer|is wrong)",
    rf"\b{_WHO}\b{_GAP}(?:\bdoes not exist\b|\bdoesn't exist\b|\bno longer exists?\b"
    r"|\bcould not be found\b|\bwas not found\b|\bcouldn't be found\b|\bis unknown\b"
    r"|\bis not (?:a )?(?:known|valid|registered|recogni[sz]ed)\b)",
    rf"\bthere is no (?:such )?(?:{_WHO}|one|body)\b|\bno (?:one|person|such person) by that name",
    r"\bno (?:valid |such |local |known )?(?:mail ?-?box|user|account|recipient|address"
    r"|person)\b(?! (?:limit|quota|space))[^.;]{0,20}(?:by that name|here|found|with th(?:at|is)"
    r"|available|on this|at this|in this)",
    r"\bno mailbox here by that name|\bno mail ?box found"
    r"|\bno (?:valid )?recipients? (?:here|found)",
    r"\bis not (?:a )?(?:known|valid|registered|an? existing)(?: e-?mail| local)? ?(?:user"
    r"|recipient|mailbox|address|account|here|at|on)",
    r"\bnot (?:a )?valid (?:user|recipient|mailbox|address)|\bnot our customer|\bnot an? user here",
    r"\bnot (?:known|listed|found) (?:at|in|on) (?:this|our|the|domino)|\bnot listed in\b",
    r"\b(?:recipientnotfound|badrcptto|recipnotfound|usernotfound|user_unknown|unknown_user)\b",
    r"\bwasn't found at\b|\bwas not found at\b|\baddress(?:ee)? unknown\b"
    r"|\baddress lookup failed\b",
    r"\bunknown (?:or illegal|local part|addressee|alias|person|name|recipient|user)\b"
    r"|\bunknown local[- ]part\b",
    r"\bthis user does(?:n't| not) have\b|\bno matches to nameserver query\b",
    r"\bdid not exactly match an\b|\bnot match any recipient\b",
    r"\bmail-?box not found\b|\bno mailbox\b|\bnosuchuser\b|\bno such (?:user|person|mailbox)\b",
    r"\bno longer (?:works|working|employed)\b|\bdoes not work here\b|\bis no longer with\b",
    r"\bnot a valid (?:e-?mail|destination)|\be-?mail address you entered couldn't be found",
    r"\brecipient (?:address )?(?:rejected|refused): (?:user|undeliverable|unknown|invalid"
    r"|no such)",
    r"\brecipient name is not recogni[sz]ed\b|\bcan't find (?:a |the )?(?:recipient|user|mailbox)",
    r"\bnot present in (?:the )?directory|\b(?:address|mailbox|recipient)(?:es)? (?:is |are "
    r"|were )?not present\b",
    rf"\b{_WHO} (?:is |was )?not (?:a )?local\b|\bnot a local (?:address|user|recipient)",
    rf"\b{_WHO} (?:were|are) unknown\b|\bname is not found\b|\bbad(?:recipientto|rcptto)\b",
    r"\bnot in my (?:validrcptto|list of (?:users|recipients))|\bnessun utente\b",
    r"\bno existe (?:\w+ ){0,3}(?:usuario|persona|cuenta|buz[oó]n|direcci)",
    rf"\b{_WHO} (?:is |was )?not (?:found )?(?:in|on|at|part of) (?:our|this|the|my)\b",
    rf"\b(?:unable to|could not|couldn't|cannot|can't) (?:find|locate|resolve) (?:a "
    rf"|the )?{_WHO}\b",
    rf"\bno (?:one|body) here by that name|\bno local (?:user|mailbox)|\b{_WHO} doesnt exist\b",
    r"\b(?:user|employee|person|recipient|member) has left\b|\bresolved to a user\b",
    # Dutch, German, French; some Spanish, Portuguese, Italian, Polish
    rf"\b{_WHO_NL_DE_FR}\b{_GAP}(?:\bonbekend\b|\bbestaat niet\b|\bniet bekend\b|\bnicht bekannt\b"
    rf"|\binexistant\w?\b|\bneexistuje\b|\bniet gevonden\b|\bunbekannt\b"
    r"|\bexistiert nicht\b|\bnicht gefunden\b|\bnicht vorhanden\b|\binconnue?\b|\bn'existe (?:pas"
    r"|plus)"
    r"|\bintrouvable\b|\bnie istnieje\b|\bno existe\b|\bdesconocid[oa]\b|\bdesconhecid[oa]\b"
    r"|\bn[aã]o existe\b|\bsconosciut[oa]\b|\bnon esiste\b|\binesistente\b|\bno encontrad[oa]\b"
    r"|\bnon trouvée?\b|\bongeldig\b|\bung(?:ü|ue)ltig\b|\binvalide\b)",
    r"\b(?:onbekende?|ongeldige?) (?:gebruiker|ontvanger|adres|mailbox|account|e-?mailadres)",
    r"\b(?:unbekannter?|ung(?:ü|ue)ltiger?) (?:benutzer|empf(?:ä|ae|a)nger|adress|postfach)",
    r"\b(?:usuario|utente|destinatario|utilisateur|odbiorca) (?:no v[aá]lido|inconnu|nieznany)"
    r"|\bnie ma takiego|\bnieznany u[zż]ytkownik",
    r"\bgeen geldige? (?:ontvanger|adres|mailbox|e-?mailadres)"
    r"|\bkein(?:e|en)? (?:\w+ )?(?:postfach|benutzer|empf(?:ä|ae|a)nger|mailbox)\b"
    r"|\b(?:ukjent|ukendt|okänd) (?:mottak|modtag|mottag|bruker|användare)"
    r"|\bnieznany (?:odbiorca|adresat)",
    r"\bkon (?:niet worden gevonden|\w{0,20} niet (?:worden )?(?:vinden|gevonden))"
    r"|\bwurde nicht gefunden|\bkonnte nicht gefunden werden|\bn'a pas (?:été|pu être) trouv",
)

# Microsoft's edge says 5.4.1 and this of an address that the directory does not hold.
NOT_IN_DIRECTORY = _any(r"\brecipient address rejected: access denied\b")

# What RFC 5321 §4.2.3 has every 550 say: the mailbox is not there, or "policy".
PERHAPS_UNKNOWN_USER = _any(
    r"\b(?:mail ?-?box|account)(?: is)? (?:currently )?(?:unavailable|not available)\b",
    r"\brecipient (?:is )?not (?:accepted|ok)\b"
    r"|\benvelope recipient (?:has been denied|is in my)\b",
    r"\brejected recipients\b|\brecipients? (?:was|were) undeliverable\b|\bcan't accept user\b",
    r"\brecipient (?:address )?(?:was )?(?:rejected"
    r"|refused)\b(?!.{0,40}(?:greylist|policy|denied))",
    r"\b(?:address|user|recipient) (?:is )?(?:unavailable|undeliverable|rejected)\b",
    r"\bdoes not like recipient\b|\bunrouteable address\b|\bundeliverable address\b",
    r"\buser not (?:available|local)\b|\bnon disponible\b|\binvalid address\b",
    r"\ball relevant mx records point to non-existent hosts\b",
)

_UNKNOWN_HOST = _any(
    r"\bhost(?: or domain)?(?: name)?(?: is)? (?:unknown|not found)\b|\bunknown (?:host|domain)\b",
    r"\bno such (?:host|domain)\b|\bdomain(?: name)?(?: is| was)? (?:not found|unknown|invalid)\b",
    r"\bdomain(?: name)? \S{0,40} ?(?:does not|doesn't) exist\b"
    r"|\bnon-?exist(?:ent|ing) (?:host|domain)",
    r"\b(?:host|domain)\b[^.;]{0,40}\b(?:couldn't|could not|cannot|can't) be found\b"
    r"|\bcouldn't find any host (?:named|by that name)|\bcan't find host\b",
    r"\bunrouteable (?:mail )?domain\b|\bno (?:mx|mail exchanger)(?: record)?s? (?:or|and|for"
    r"|found)",
    r"\bno mx or a\b|\bbad destination (?:system|host)\b|\bdomain must exist\b|\bnxdomain\b"
    r"|\bname or service not known\b",
    r"\bcannot find any host\b|\bno route(?:able)? (?:host|domain)\b|\bdns-hostname-unbekannt",
    r"\b(?:domein|domain|domaine|dominio)\b[^.;]{0,40}\b(?:bestaat niet|niet gevonden|onbekend"
    r"|existiert nicht|nicht gefunden|unbekannt|n'existe pas|inconnu|introuvable|no existe)\b",
    r"\b(?:illegal host/domain|no hosts? could be found|recipient's domain does not exist)\b",
)

_MOVED = _any(
    r"\b(?:user|recipient|mailbox|account|address|person|customer)\b[^.;]{0,30}\b(?:has"
    r"|have)(?: been)? moved\b(?! temporar)",
    r"\baddress has (?:been )?changed\b|\bhas been replaced by\b|\bnew e-?mail address is\b",
    r"\bis verhuisd\b|\bist umgezogen\b|\ba déménagé\b|\ba changé d'adresse\b",
)
_NO_MAIL = _any(
    r"\bnull ?mx\b|\bdomain (?:of the recipient )?(?:does not|doesn't|never) (?:accept"
    r"|receive)s? (?:any )?(?:e-?)?mail|\b(?:does not|doesn't) accept mail \(?null",
)
ADDRESS_FACTS = (
    (Reason.NO_MAIL_ACCEPTED, _NO_MAIL),
    (Reason.MOVED, _MOVED),
    (Reason.UNKNOWN_HOST, _UNKNOWN_HOST),
    (Reason.UNKNOWN_USER, UNKNOWN_USER),
)

# The receiving server has asked ours whether the sender exists: "no such user" is the sender then,
# and the code with it speaks of the sender, too. The second is how Exim says it, of senders only.
SENDER_VERIFICATION = _any(
    r"\b(?:sender|return[- ]path|reverse[- ]path|mail from|envelope from)\b:?(?: address)?"
    r"(?: (?:call-?(?:out|back)|verif\w{1,9}|was|is)){0,3}:? (?:rejected|refused|denied|fail\w*)",
    r"\bcalled: .{0,200}\bsent: .{0,200}\bresponse: ",
)
# The same question, of the sender or (a relay asks the server behind it) of the recipient: the
# address that is named tells which.
CALLOUT = _any(r"\bcall-?(?:out|back)\b|\bverification failed\b")

# The fact may change by itself: no proof against the address.
PASSING = _any(
    r"\btry(?:ing)? again\b|\bunverified address\b|\btemporar|\bgr[ea]ylist|\blater\b"
    r"|\bcan(?:'|no)t (?:be )?verif|\bcould not (?:be )?verif|\bnot (?:yet )?verified\b"
    r"|\bverify (?:failed|failure)\b|\bverification failed\b(?!:? 5\d\d)|\btimed? ?out\b"
    r"|\blookup error\b|\btijdelijk|\bvor(?:ü|ue)bergehend|\bzeitweise|\bfor now\b",
)

# For good, by its words; a code of its own may still say "for now".
ACCOUNT_GONE = _any(
    rf"\b{_WHO}\b{_GAP}(?:\bdiscontinued\b|\binactive\b|\bnot active\b|\bterminated\b"
    rf"|\bcancell?ed\b|\bdeleted\b|\bremoved\b"
    r"|\bde-?activated\b|\bclosed\b|\bexpired\b|\bobsolete\b|\bno longer (?:active|in use|used"
    r"|accept(?:s|ing)?|valid|available|monitored)\b|\bceased\b|\bretired\b)",
    r"\b(?:deactivated|deleted|closed|cancelled|expired) (?:mailbox|account|user|address)\b",
    r"\b(?:opgeheven|verwijderd|niet meer in gebruik|niet langer in gebruik"
    r"|nicht mehr g(?:ü|ue)ltig|nicht mehr aktiv|gel(?:ö|oe)scht"
    r"|n'est plus (?:valide|active|utilis)|supprimée?|désactivée?)\b",
)
DISABLED = _any(
    r"\b(?:disabled|suspended|locked|frozen|blocked account|dormant|abandoned|not activated"
    r"|over ?due|unpaid|gesperrt|deaktiviert|geblokkeerd|gedeactiveerd|suspendu|bloqué"
    r"|archiv[ée]e)\b",
    r"\bnot accepting (?:mail|messages|any mail)\b"
    r"|\bmailbox (?:is )?(?:currently )?(?:unavailable|not available)\b"
    r"|\buser is not accepting\b",
)

_FULL = _any(
    r"\b(?:over|exceed\w*|beyond|above|out of|reached|violat\w*|insufficient|not enough"
    r"|no)\b[^.;]{0,50}\b(?:disk ?)?(?:quota|storage(?: (?:space|limit|allocation|quota))?"
    r"|disk ?space|space limit|mailbox (?:size|limit)|allowed size|space left)\b",
    r"\bover ?-?quota\b|\b(?:disk |disc |mail |mailbox |storage )?quota\b[^.;]{0,40}\b(?:exceed"
    r"|full|reached|over|violat|would be)",
    r"\bquota (?:violation|error|exceeded)|\bmailbox\b[^.;]{0,40}\b(?:full|exceed)|\bmbox full\b",
    r"\b(?:mail ?folder|inbox|account|mail ?box|user|postbus|mailbox|postfach"
    r"|bo[iî]te)\b[^.;]{0,30}\b(?:is|are|:)? ?(?:too |almost )?(?:full|vol|voll|pleine?)\b"
    r"|\bis (?:too )?full\b",
    r"\bspace not enough\b|\btoo much mail stored\b|\btoo many (?:messages|mails) (?:in|on|stored)",
    r"\binsufficient (?:disk|storage|mailbox|quota)|\bmailbox size limit|\bstorage limit\b",
    r"\bquota\b[^.;]{0,20}\b(?:überschritten|overschreden|dépassé|superad|excedid)"
    r"|\bdépassement de quota|\bspeicherplatz|\bopslag(?:limiet|ruimte)|\bkontingent"
    r"|\bespace insuffisant|\boverquota",
    r"\bdis[kc] (?:is )?full|\bfull mailbox\b|\bmailboxfull\b|\bno space left on device\b",
)
_SIZE = _any(
    r"\b(?:message|mail|size|e-?mail)\b[^.;]{0,50}\b(?:too (?:large|big)"
    r"|exceeds? (?:the )?(?:maximum|fixed|size|limit|allow)|larger than)\b",
    r"\bexceed\w*[^.;]{0,30}\b(?:message|mail) size\b",
    r"\bmessage size exceeds\b|\bmax(?:imum)? (?:message|mail) size\b"
    r"|\bsize ?limit ?(?:=|exceed)|\bclass=size\b|\bsize limit\b"
    r"|\btoo (?:large|big) (?:message|mail|for)"
    r"|\b(?:te groot|zu gro(?:ß|ss)|trop (?:grand|volumineux|gros))\b",
)
_SENDER_ADDRESS = _any(
    r"\b(?:sender|from (?:address|domain)|helo|ehlo|client|return[- ]path|envelope from"
    r"|mail from|originator)\b[^.;]{0,30}\b(?:rejected|refused|denied|does not exist|not exist"
    r"|unknown|invalid|not allowed|blocked|could not be verified|verify failed|not verified"
    r"|isn't allowed|cannot be resolved|not resolve)\b",
    r"\bdomain of sender\b|\bsender domain\b|\bexist: sender\b"
    r"|\bsender'?s? (?:address|domain|verify)\b"
    r"|\bnot authori[sz]ed to send\b|\bsender denied\b|\bclient host rejected\b"
    r"|\bunauthenticated",
)
_AUTH = _any(
    r"\bspf\b|\bsender policy framework\b|\bdkim\b|\bdmarc\b|authenticat|\bunsigned\b"
    r"|\breverse dns\b|\brdns\b|\bptr (?:record)?\b|\breverse (?:hostname|lookup)\b"
    r"|\bsender ?id\b|\bfcrdns\b",
)
_SPAM = _any(
    r"\bspam(?!haus|cop)\w*|\b\w*spam\b|\bunsolicited\b|\bjunk ?e?-?mail|\bbulk (?:e-?)?mail\b"
    r"|\bmass ?mail(?:er|ing)|\bcontent ?(?:filter|reject|restrict)"
    r"|\bcontent\b[^.;]{0,20}\bnot (?:acceptable|allowed)|\bsurbl\b|\buribl\b|\bdspam\b"
    r"|\bfilter(?:ed|ing)? (?:rule|policy)|\bphish|\bmessage (?:looks|scored)",
)
_BLOCKED = _any(
    r"\bblack ?list|\bblock ?list|\b\w{0,6}rbls?\b|\bdns ?bl\b|\bdnsbl|\bspamhaus|\bspamcop"
    r"|\bbarracuda|\bsorbs\b|\breputation\b|\bbanned\b|\bblocked\b(?! account)|\bdeny ?list"
    r"|\bblocking\b|\bpoor\b[^.;]{0,20}\bscore|\b(?:ip|ip address|sending host|your server"
    r"|your domain)\b[^.;]{0,40}\b(?:listed|denied|rejected|geblokkeerd|gesperrt)\b"
    r"|\brefused to talk\b|\bdynamic(?:ally)? (?:ip|assigned)|\bgeblacklist|\bbloquée? par"
    r"|\baccess denied\b.{0,40}\b(?:ip|banned)\b",
)
# The recipient's own rule on whom they hear: no other recipient's, and nothing we can mend.
# `diagnosis.bare_words` takes Exchange's names for hosts, so those are matched as they came.
RESTRICTION_OF_EXCHANGE = re.compile(r"\bRESOLVER\.RST\.(?!\w{0,20}Size)", re.I)
_RESTRICTED = _any(
    r"\b(?:sender|you)(?: has been| have been| is| are| was)? blocked by (?:the |this "
    r"|your )?(?:recipient|user|addressee|owner)\b",
    r"\b(?:recipient|user|addressee) (?:has |have )?(?:blocked|refuses mail from) (?:you\b|your"
    r"|the sender|this sender|mail from you)",
    r"\bdelivery restriction|\b(?:permission|permitted|allowed|authori[sz]ed) to send"
    r"(?: e-?mails?| mail| messages?)? to (?:this|the) (?:recipient|group|user|address|mailbox"
    r"|distribution|list|e-?mail)",
    r"\b(?:only )?accepts? (?:e-?mails?|mail|messages?) only from\b|\bonly accepts? (?:e-?mails?"
    r"|mail|messages?) from (?:members|internal|people|authenticated|specific|allowed|known"
    r"|certain)\b",
    r"\bnot (?:in|on)(?: \w+){0,2} (?:allowed|accepted|safe) senders?\b",
    r"\b(?:adres|ontvanger|mailbox) accepteert geen externe\b|\bafzender (?:is )?geblokkeerd door"
    r" (?:de )?ontvanger|\babsender (?:wurde )?vom empf(?:ä|ae)nger (?:blockiert|gesperrt)"
    r"|\bbloqu[ée]e? par le destinataire\b",
)
_VIRUS = _any(r"\bvirus\b|\bmalware\b|\binfected\b|\bexecutable\b|\battachment(?:s| type)?\b")
_RATE = _any(
    r"\btoo many (?:connections|mails|messages|e-?mails|recipients|errors|concurrent)"
    r"|\brate ?-?limit|\bthrottl|\btoo (?:fast|quickly|frequent)|\bper (?:hour|minute|day)\b"
    r"|\bsending limit|\brate\b[^.;]{0,30}\bexceed"
    r"|\bexceed\w*[^.;]{0,30}\b(?:rate|hourly|daily)\b|\bunusual (?:rate|volume)"
    r"|\breceiving mail (?:at a rate|too quickly)",
)
_RELAY = _any(
    r"\brelay(?:ing)?\b[^.;]{0,40}\b(?:denied|not (?:allowed|permitted)|prohibited|refused)\b"
    r"|\b(?:unable|not allowed|not permitted|cannot|don't|do not|not|no"
    r"|as a) (?:to )?relay(?:ing)?\b|\brcpthosts\b|\ballowed recipient hosts\b|\brelay access\b"
    r"|\b(?:domain|host) (?:is )?not local\b|\bwe do not relay\b"
    r"|\bdoes not (?:handle|accept) mail for\b|\bnot (?:a )?(?:gateway|hosted)\b"
    r"|\bmail for \S{0,30} ?is not accepted\b",
)
_POLICY = _any(
    r"\bpolic(?:y|ies)\b|\bnot (?:authori[sz]ed|permitted|allowed)\b|\baccess denied\b"
    r"|\bprohibited\b|\brestrict|\brefused by\b|\badministratively\b|\bsecurity\b|\bunwanted\b",
)
_EXPIRED = _any(
    r"\bexpired\b|\bfailing for a long time\b|\bretry time(?:out)?\b|\bmaximum delivery attempts"
    r"|\bgiving up\b|\bdelivery time expired\b|\bnot been collected\b"
    r"|\btoo long in (?:the )?queue|\b\d+ attempts?\b|\bqueue (?:too long|timeout)"
    r"|\bcould not be delivered for\b",
)
_NETWORK = _any(
    r"\bconnect(?:ion)?\b[^.;]{0,40}\b(?:timed? ?out|refused|reset|lost|dropped|fail|closed"
    r"|died)|\bconnection\b|\bno answer\b|\bunreachable\b|\bnot respond|\btoo many hops\b"
    r"|\b(?:mail )?loop|\bhop count\b|\bname ?server\b|\bdns\b|\bno route\b|\btimed? ?out\b"
    r"|\bname service error",
)
_SYSTEM = _any(
    r"\b(?:system|server|service|configuration|local|internal|input/output|i/o|lmtp|command"
    r"|unavailable|busy)\b[^.;]{0,40}\b(?:error|failure|problem|unavailable|misconfig\w*|busy"
    r"|full|broken|not available)\b|\bservice (?:currently )?unavailable\b"
    r"|\bserver unavailable\b",
)

# About the mail, about us or whom the recipient hears, though the same sentence may speak of a
# user.
BEFORE_ADDRESS = (
    (Reason.RESTRICTED, _RESTRICTED),
    (Reason.AUTH, _AUTH),
    (Reason.SPAM, _SPAM),
    (Reason.RELAY, _RELAY),
    (Reason.BLOCKED, _BLOCKED),
    (Reason.POLICY, _SENDER_ADDRESS),
    (Reason.SIZE, _SIZE),
    (Reason.MAILBOX_FULL, _FULL),
    (Reason.RATE, _RATE),
)
AFTER_ADDRESS = (
    (Reason.CONTENT, _VIRUS),
    (Reason.EXPIRED, _EXPIRED),
    (Reason.NETWORK, _NETWORK),
    (Reason.POLICY, _POLICY),
    (Reason.SYSTEM, _SYSTEM),
)

CHALLENGE = _any(
    r"\bsender not pre-?approved\b|\brequires? (?:a )?confirmation\b"
    r"|\bto confirm this (?:mail|e-?mail|server)|\bchallenge[- ]response\b"
    r"|\bconfirm (?:that )?(?:you are|your (?:e-?mail|message|address))|\bguest ?list\b"
    r"|\bwaitlisted\b|\bsender verification required\b",
)
