"""The words of absence notices, in Dutch, English, German and French, and some of others."""

from __future__ import annotations

import re

_I = re.IGNORECASE

# What mail programs put before the subject that somebody answers.
ANSWERED = re.compile(
    r"^\s*(?:re|aw|antw|antwoord|antwort|sv|r[ée]ponse|r[ée]p|ré|vs|odp|betr|betreft|rif)"
    r"\s*(?:\[\d+\]|\(\d+\)|\^\d+)?\s*:",
    _I,
)
# What a program puts before the subject that it answers.
AUTOMATIC_SUBJECT = re.compile(
    r"automati(?:c|sch|sche|cally|que)\s+(?:reply|response|antwoord|bericht|re[ap]ly|generated)"
    r"|auto[- ]?(?:reply|response|respon[ds]er|antwoord|matic reply)\b"
    r"|^\s*auto\s*:\s*(?:re\b|out)|automatische[sr]?\s+(?:antwort|antwoord|abwesenheit"
    r"|nachricht)|r(?:é|e)ponse automatique|respuesta autom(?:á|a)tica|resposta autom(?:á|a)tica"
    r"|risposta automatica|automatyczna odpowied|autosvar|automatisk svar|automaattinen vastaus"
    r"|auto-?antwort|message automatique",
    _I,
)
AWAY_SUBJECT = re.compile(
    r"out of (?:the )?office|\booo\b|afwezig|niet aanwezig|buiten kantoor|\b(?:op|met) vakantie\b"
    r"|abwesen(?:d|heit)|nicht im (?:b(?:ü|ue)ro|haus)|\b(?:im )?urlaub\b|absen(?:t|ce)\b"
    r"|absence du bureau|en (?:cong(?:é|e)s?|vacances)|\bon (?:vacation|holiday|leave)\b"
    r"|\bvacation (?:reply|message|notice)|away from (?:my|the) (?:mail|office|desk)"
    r"|fuera de (?:la )?oficina|fora do escrit(?:ó|o)rio|fuori (?:sede|ufficio)|nieobecno",
    _I,
)
AWAY = re.compile(
    r"\b(?:i am|i'm|i’m|i will be|i'll be|we are|currently|am) (?:currently |now "
    r"|still )?(?:out of (?:the )?office|away|on (?:\w+ )?(?:leave|vacation|holidays?"
    r"|a? ?business trip)|travell?ing|not (?:in|at) (?:the )?(?:office|work)|absent|unavailable)"
    r"|\bout of (?:the )?office\b|\b(?:will return|be back|returning|back in the office)\b"
    r"|\blimited access to (?:my )?e-?mail|\b(?:maternity|paternity|parental|sick|annual) leave\b"
    r"|\btime off\b|\b(?:i am|i'm|i’m|we are) (?:\w+ )?(?:out|off) (?:until|till|from|sick|today"
    r"|this)\b|\bon (?:pto|sabbatical)\b|\bout of town\b|\bout of (?:the )?office\b|\booo\b"
    r"|\b(?:do|will) not return\b|\bnot be back\b|\breopens?\b|\bleft (?:the )?office for\b"
    # Dutch
    r"|\b(?:ben|zijn|is) (?:ik |wij |we |er )?(?:momenteel |tijdelijk |op dit moment "
    r"|vandaag )?(?:met|op) (?:\w+ ){0,2}(?:vakantie|verlof|zwangerschapsverlof|reis)"
    r"|\b(?:niet|beperkt) (?:aanwezig|bereikbaar|op kantoor|in de gelegenheid)"
    r"|\bafwezig(?:heid)?\b|\b(?:ben|zijn) (?:ik |wij |we )?(?:weer )?(?:terug|retour) (?:op"
    r"|vanaf|in)\b|\bbuiten kantoor\b|\bgesloten (?:van|tot|wegens|t/m)"
    r"|\b(?:wij|we) (?:zijn|genieten) \w* ?gesloten"
    r"|\b(?:weer|terug) (?:aanwezig|bereikbaar|op kantoor|in dienst)\b|\b(?:op|met) vakantie\b"
    r"|\bmet \w*verlof\b|\ber (?:even |nu |vandaag |dan |helaas )?niet\b"
    r"(?! (?:van|mee|aan|over|uit|bij))"
    r"|\b(?:even|er) tussenuit\b|\bben (?:ik )?(?:\w+ ){0,3}(?:vrij|ziek)\b|\bin het buitenland\b"
    r"|\b\w*sluiting\b[^.]{0,30}\b(?:van|tot|t/m)\b|\beerstvolgende werkdag\b"
    r"|\bben (?:ik )?er (?:\w+ ){0,4}weer\b|\bniet meer bereikbaar\b|\bwerk ik niet\b"
    # German
    r"|\b(?:nicht|derzeit nicht|zurzeit nicht) (?:im (?:b(?:ü|ue)ro|haus|dienst)|erreichbar"
    r"|anwesend|am arbeitsplatz)|\bau(?:ß|ss)er haus\b|\babwesend\b|\babwesenheit\b"
    r"|\bim (?:\w+)?urlaub\b|\b(?:elternzeit|mutterschutz|betriebsferien|betriebsurlaub)\b"
    r"|\bwieder (?:im b(?:ü|ue)ro|erreichbar|da\b|f(?:ü|ue)r sie da)|\bnicht mehr im b(?:ü|ue)ro"
    r"|\bnicht (?:am platz|da\b)|\bdienstreise\b|\b(?:bin|sind) (?:\w+ ){0,3}unterwegs\b"
    r"|\bkrank(?:heitsbedingt|geschrieben)?\b|\bsommerpause\b|\bn(?:ä|ae)chster arbeitstag\b"
    # French
    r"|\b(?:je suis|suis|serai|sommes) (?:actuellement |absente? |en )*(?:absente?"
    r"|en (?:cong(?:é|e)s?|vacances|d(?:é|e)placement)|cong(?:é|e)s?|vacances|indisponible)"
    r"|\bactuellement absente?\b|\bde retour (?:le|au bureau|à partir)"
    r"|\bcong(?:é|e) (?:de )?(?:maternit(?:é|e)|maladie|parental)"
    r"|\bfermeture (?:annuelle|estivale)|\babsente? (?:du|jusqu|et)|\bhors du bureau\b"
    r"|\bsuis en (?:formation|arr(?:ê|e)t|mission|r(?:é|e)union)"
    r"|\bferm(?:é|e)e?s? (?:du|jusqu|pour)"
    # Spanish, Italian, Portuguese, Polish
    r"|\bestoy (?:de vacaciones|fuera)|\bde vacaciones\b|\bsono (?:in ferie|fuori)|\bin ferie\b"
    r"|\bestou (?:de f(?:é|e)rias|ausente)|\bjestem na urlopie|\bfuera de (?:la )?oficina",
    _I,
)
# Who guards a mailbox says so; nobody writes this by hand.
GUARD = re.compile(
    r"\bprotected by\b[^.]{0,60}(?:\bclick|\bspam|\bbluebottle|\bspamarrest|\.\s+please click)"
    r"|\b(?:click|follow|visit)\b[^.]{0,60}\b(?:link|below)\b[^.]{0,100}\b(?:deliver|allowed"
    r"|approved?|accepted|whitelist|release|guest list)"
    r"|\b(?:guest|allowed|approved|white) ?-?list\b[^.]{0,80}\b(?:click|link|add)"
    r"|\bto control spam\b|\b(?:senders i have approved|approved senders)\b"
    r"|\b(?:has been|was) waitlisted\b|\bchallenge[- ]response\b"
    r"|\bsender (?:verification|not pre-?approved)|\bspam ?arrest\b|\bboxbe\b|\bmailinblack\b"
    r"|\b(?:klik|bevestig)\b[^.]{0,80}\b(?:geen robot|af te leveren)",
    _I,
)
CHALLENGE = re.compile(
    rf"{GUARD.pattern}"
    r"|\b(?:confirm|verify|prove|validate)\b[^.]{0,80}\b(?:your (?:e-?mail|message|address)"
    r"|you are (?:a )?(?:human|person|real)|sender|not a (?:robot|spammer))"
    r"|\b(?:klik|bevestig)\b[^.]{0,80}\b(?:afzender|bezorgd)"
    r"|\b(?:best(?:ä|ae)tigen|klicken)\b[^.]{0,80}\b(?:absender|zustell|kein roboter|freischalt)"
    r"|\b(?:cliquez|confirmer|authentifi)\b[^.]{0,80}\b(?:exp(?:é|e)diteur|livr|robot"
    r"|d(?:é|e)livr|lien)",
    _I,
)
ACKNOWLEDGED = re.compile(
    r"\bthank(?:s| you) (?:you )?for (?:your|you|contacting|the|reaching|getting)\b"
    r"|\bwe (?:have )?received your|\byour (?:e-?mail|message|request|enquiry"
    r"|inquiry)[^.]{0,15} (?:has been|was) (?:\w+ )?received"
    r"|\bticket\b[^.]{0,40}\b(?:created|opened|number)"
    r"|\bwill (?:get back|reply|respond|contact you) [^.]{0,30}(?:soon|shortly|within|asap)"
    r"|\b(?:bedankt|dank u wel|dank je wel|dank) voor (?:uw|je|het|jouw)\b"
    r"|\b(?:hebben|heb) (?:uw|je) (?:e-?mail|bericht|mail|vraag|aanvraag) (?:\w+ ){0,3}ontvangen"
    r"|\bontvangstbevestiging\b|\b(?:vielen )?dank f(?:ü|ue)r (?:ihre|deine)"
    r"|\bihre (?:e-?mail|nachricht|anfrage)[^.]{0,30}(?:erhalten|eingegangen)"
    r"|\beingangsbest(?:ä|ae)tigung|\bmerci (?:pour|de) (?:votre|nous|ton)"
    r"|\bnous avons bien re(?:ç|c)u|\baccus(?:é|e) de r(?:é|e)ception"
    r"|\bgracias por (?:contactar|su|tu)|\bgrazie per\b|\bobrigad[oa] pel",
    _I,
)
# What says by itself that no person writes, in an answer, too. A question about it is a person's.
SAYS_AUTOMATIC = re.compile(
    r"^\W{0,5}(?:automat\w{1,8} (?:e-?mail )?(?:reply|response|message|antwoord|bericht|antwort"
    r"|nachricht)|(?:r(?:é|e)ponse|message) automatique)\b(?! ?\?)"
    r"|\b(?:this is|dit is|dies ist|dit betreft|ceci est|il s'agit d')[^.?!]{0,20}\bautomat\w+"
    r"(?: \w+)? ?(?:repl|respon|mess|notif|e-?mail|antwoord|bericht|antwort|nachricht)"
    r"(?![^.!]{0,40}\?)|\bceci est un(?:e r(?:é|e)ponse| message)[^.?!]{0,10} automatique"
    r"|\b(?:deze|dit|this|diese|cet?) (?:e-?mail|mail|message|bericht|nachricht) [^.?!]{0,20}"
    r"\bautomat\w+(?![^.!]{0,40}\?)"
    r"|\b(?:diese|deze|this|your|uw|je|jouw|ihre|deine|cet?t?e?|votre) (?:e-?mail|mail|message"
    r"|bericht|nachricht|courriel)s?\b[^.?!]{0,20}\b(?:will not be|won['’]t be|is not being"
    r"|has not been|wordt|worden|wird|werden|ne (?:sera|seront)|n['’](?:est|a))"
    r"(?: (?:not|niet|nicht|pas))?\b[^.?!]{0,30}\b(?:read|forwarded|monitored|doorgestuurd|gelezen"
    r"|weitergeleitet|gelesen|bearbeitet|beantwortet|transf(?:é|e)r\w+|redirig\w+|lue?|trait(?:é|e)e?)\b"
    r"|\b(?:do not|please don['’]t) (?:reply|respond) to this (?:e-?mail|message)",
    _I,
)
# Somebody else to write to.
REFERS = re.compile(
    r"[^\s@]@[^\s@]|\b(?:contact|reach out|write to|direct (?:your|any|all)|get in touch"
    r"|mail(?:en)? naar|neem contact|richt(?:en)?|wenden sie sich|schreiben sie|contactez"
    r"|(?:é|e)crire (?:à|a)|adress(?:er|ez)|joindre|aanspreekpunt"
    r"|contactpersoon|ansprechpartner\w*|nachfolg\w+|opvolg\w+|successor|interlocut\w+)\b",
    _I,
)
# Sentences that only notices have: who writes by hand has read the mail already.
FIXED_PHRASE = re.compile(
    r"\b(?:this is an? (?:auto\w*|system))|\bautomati(?:c|cally|sch|sche|que(?:ment)?|schen?)\b"
    r"|\byour (?:e-?mail|message|mail) (?:will|is) (?:not )?(?:be )?(?:forwarded|read|answered"
    r"|being)|\bfor urgent (?:matters|issues|enquiries|requests)"
    r"|\b(?:if|in case)[^.]{0,30}\burgent\b|\bin (?:my|his|her|our) absence\b"
    r"|\b(?:uw|je) (?:e-?mail|bericht|mail) wordt (?:niet|in)|\b(?:dringende|spoed|urgente)\w*\b"
    r"|\btijdens mijn (?:afwezigheid|vakantie|verlof)|\bdoorgestuurd\b|\bwendt? (?:u|je) zich"
    r"|\bkunt u (?:contact|terecht)\b|\b(?:ihre|deine) (?:e-?mail|nachricht"
    r"|mail)[^.]{0,40}\b(?:nicht|weitergeleitet|gelesen)|\bin dringenden\b"
    r"|\bin meiner abwesenheit\b|\bwenden sie sich\b"
    r"|\bvotre (?:message|e-?mail|courriel)[^.]{0,40}\b(?:sera|transf)|\ben cas d'urgence\b"
    r"|\ben mon absence\b|\bpour toute (?:urgence|demande)",
    _I,
)
