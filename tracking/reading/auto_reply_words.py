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
    # Dutch
    r"|\b(?:ben|zijn|is) (?:ik |wij |we |er )?(?:momenteel |tijdelijk |op dit moment "
    r"|vandaag )?(?:met|op) (?:\w+ ){0,2}(?:vakantie|verlof|zwangerschapsverlof|reis)"
    r"|\b(?:niet|beperkt) (?:aanwezig|bereikbaar|op kantoor|in de gelegenheid)"
    r"|\bafwezig(?:heid)?\b|\b(?:ben|zijn) (?:ik |wij |we )?(?:weer )?(?:terug|retour) (?:op"
    r"|vanaf|in)\b|\bbuiten kantoor\b|\bgesloten (?:van|tot|wegens|t/m)"
    r"|\b(?:wij|we) (?:zijn|genieten) \w* ?gesloten"
    r"|\b(?:weer|terug) (?:aanwezig|bereikbaar|op kantoor|in dienst)\b|\b(?:op|met) vakantie\b"
    r"|\bmet verlof\b"
    # German
    r"|\b(?:nicht|derzeit nicht|zurzeit nicht) (?:im (?:b(?:ü|ue)ro|haus|dienst)|erreichbar"
    r"|anwesend|am arbeitsplatz)|\bau(?:ß|ss)er haus\b|\babwesend\b|\babwesenheit\b"
    r"|\bim (?:\w+)?urlaub\b|\b(?:elternzeit|mutterschutz|betriebsferien|betriebsurlaub)\b"
    r"|\bwieder (?:im b(?:ü|ue)ro|erreichbar|da\b|f(?:ü|ue)r sie da)"
    # French
    r"|\b(?:je suis|suis|serai|sommes) (?:actuellement |absente? |en )*(?:absente?"
    r"|en (?:cong(?:é|e)s?|vacances|d(?:é|e)placement)|cong(?:é|e)s?|vacances|indisponible)"
    r"|\bactuellement absente?\b|\bde retour (?:le|au bureau|à partir)"
    r"|\bcong(?:é|e) (?:de )?(?:maternit(?:é|e)|maladie|parental)"
    r"|\bfermeture (?:annuelle|estivale)|\babsente? (?:du|jusqu|et)"
    # Spanish, Italian, Portuguese, Polish
    r"|\bestoy (?:de vacaciones|fuera)|\bde vacaciones\b|\bsono (?:in ferie|fuori)|\bin ferie\b"
    r"|\bestou (?:de f(?:é|e)rias|ausente)|\bjestem na urlopie|\bfuera de (?:la )?oficina",
    _I,
)
LEFT = re.compile(
    r"\b(?:e-?)?(?:mail ?)?(?:adres|address|mailbox|postbus|adresse"
    r"|postfach)\b[^.]{0,30}\b(?:niet (?:meer|langer)"
    r"|no longer|nicht (?:mehr|l(?:ä|ae)nger)|n'est plus)\b[^.]{0,20}\b(?:gebruik\w*|use[d]?"
    r"|acti\w+|aktiv|gelezen|read|monitored|valid\w?|geldig|g(?:ü|ue)ltig|utilis\w+|abgerufen)\b"
    r"|\bno longer (?:works?|working|employed|with (?:us|the company|\w+ ?(?:inc|ltd|bv|gmbh)?)"
    r"|part of|at (?:this|the) company|in service)\b"
    r"|\b(?:has|have) left (?:the )?(?:company|organi[sz]ation|firm|business|our|us\b"
    r"|\w+ (?:inc|ltd|bv|gmbh)\b)|\bdoes(?: not|n't) work (?:here|for|at)\b"
    r"|\bmy last (?:working )?day (?:was|at)|\bi (?:have )?(?:now )?retired\b"
    # Dutch
    r"|\bniet (?:meer|langer) (?:werkzaam|in dienst|werkend|actief (?:bij|binnen)|bij ons)"
    r"|\bwerk(?:t|zaam)? (?:hier |bij \w+ )?niet (?:meer|langer)|\buit dienst\b|\bverlaten per\b"
    r"|\b(?:heeft|heb|hebben) (?:ons bedrijf|de organisatie|het bedrijf"
    r"|\w+ ?(?:bv|b\.v\.)?) verlaten|\bmet pensioen\b|\bmijn laatste werkdag\b"
    # German
    r"|\bnicht (?:mehr|l(?:ä|ae)nger) (?:im unternehmen|bei (?:uns|der|\w+)"
    r"|f(?:ü|ue)r \w+ (?:t(?:ä|ae)tig|arbeit)|t(?:ä|ae)tig|besch(?:ä|ae)ftigt"
    r"|in (?:unserem|diesem))|\b(?:unternehmen|firma) verlassen\b|\bausgeschieden\b"
    r"|\bim ruhestand\b"
    # French
    r"|\bne (?:fais|fait|travaille) plus (?:partie|pour|chez|au|dans)"
    r"|\b(?:a|ai) quitt(?:é|e) (?:la|l'|notre|cette|le|ses)"
    r"|\bplus (?:partie de|en poste|dans (?:l'entreprise|la soci)|employée? )|\bà la retraite\b"
    r"|\bya no (?:trabaja|forma parte)|\bnon (?:lavora|fa) pi(?:ù|u)\b",
    _I,
)
# Who guards a mailbox says so; nobody writes this by hand.
GUARD = re.compile(
    r"\bprotected by\b[^.]{0,60}(?:\bclick|\bspam|\bbluebottle|\bspamarrest|\.\s+please click)"
    r"|\b(?:click|follow|visit)\b[^.]{0,60}\b(?:link|below)\b[^.]{0,100}\b(?:deliver|allowed"
    r"|approved?|accepted|whitelist|release|guest list)"
    r"|\b(?:guest|allowed|approved|white) ?-?list\b[^.]{0,80}\b(?:click|link|add)"
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
    r"|inquiry) (?:has been|was) received|\bticket\b[^.]{0,40}\b(?:created|opened|number)"
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
