"""The words of absence notices, in Dutch, English, German and French, and some of others."""

from __future__ import annotations

import re

_I = re.IGNORECASE

ANSWERED = re.compile(r"^\s*(?:re|aw|antw|antwoord|sv|rép|ré|vs|odp)\s*:", _I)
# What a program puts before the subject that it answers.
AUTOMATIC_SUBJECT = re.compile(
    r"automati(?:c|sch|sche|cally|que)\s+(?:reply|response|antwoord|bericht|re[ap]ly|generated)"
    r"|auto[- ]?(?:reply|response|respon[ds]er|antwoord|matic reply)\b|^\s*auto\s*:\s*(?:re\b|out)"
    r"|automatische[sr]?\s+(?:antwort|antwoord|abwesenheit|nachricht)|r(?:é|e)ponse automatique"
    r"|respuesta autom(?:á|a)tica|resposta autom(?:á|a)tica|risposta automatica"
    r"|automatyczna odpowied"
    r"|autosvar|automatisk svar|automaattinen vastaus|auto-?antwort|message automatique",
    _I,
)
AWAY_SUBJECT = re.compile(
    r"out of (?:the )?office|\booo\b|afwezig|niet aanwezig|buiten kantoor|\bop vakantie\b"
    r"|abwesen(?:d|heit)|nicht im (?:b(?:ü|ue)ro|haus)|\b(?:im )?urlaub\b|absen(?:t|ce)\b"
    r"|absence du bureau|en (?:cong(?:é|e)s?|vacances)|\bon (?:vacation|holiday|leave)\b"
    r"|\bvacation (?:reply|message|notice)|away from (?:my|the) (?:mail|office|desk)"
    r"|fuera de (?:la )?oficina|fora do escrit(?:ó|o)rio|fuori (?:sede|ufficio)|nieobecno",
    _I,
)
AWAY = re.compile(
    r"\b(?:i am|i'm|i’m|i will be|i'll be|we are|currently|am) (?:currently |now |still )?"
    r"(?:out of (?:the )?office|away|on (?:\w+ )?(?:leave|vacation|holidays?|a? ?business trip)"
    r"|travell?ing|not (?:in|at) (?:the )?(?:office|work)|absent|unavailable)"
    r"|\bout of (?:the )?office\b|\b(?:will return|be back|returning|back in the office)\b"
    r"|\blimited access to (?:my )?e-?mail|\b(?:maternity|paternity|parental|sick|annual) leave\b"
    # Dutch
    r"|\b(?:ben|zijn|is) (?:ik |wij |we |er )?(?:momenteel |tijdelijk |op dit moment |vandaag )?"
    r"(?:met|op) (?:\w+ ){0,2}(?:vakantie|verlof|zwangerschapsverlof|reis)"
    r"|\b(?:niet|beperkt) (?:aanwezig|bereikbaar|op kantoor|in de gelegenheid)|\bafwezig(?:heid)?\b"
    r"|\b(?:ben|zijn) (?:ik |wij |we )?(?:weer )?(?:terug|retour) (?:op|vanaf|in)\b"
    r"|\bbuiten kantoor\b|\bgesloten (?:van|tot|wegens|t/m)|\b(?:wij|we) (?:zijn"
    r"|genieten) \w* ?gesloten"
    r"|\b(?:weer|terug) (?:aanwezig|bereikbaar|op kantoor|in dienst)\b|\bop vakantie\b"
    r"|\bmet verlof\b"
    # German
    r"|\b(?:nicht|derzeit nicht|zurzeit nicht) (?:im (?:b(?:ü|ue)ro|haus|dienst)|erreichbar"
    r"|anwesend"
    r"|am arbeitsplatz)|\bau(?:ß|ss)er haus\b|\babwesend\b|\babwesenheit\b|\bim (?:\w+)?urlaub\b"
    r"|\b(?:elternzeit|mutterschutz|betriebsferien|betriebsurlaub)\b|\bwieder (?:im b(?:ü|ue)ro"
    r"|erreichbar"
    r"|da\b|f(?:ü|ue)r sie da)"
    # French
    r"|\b(?:je suis|suis|serai|sommes) (?:actuellement |absente? |en )*(?:absente?|en (?:cong(?:é"
    r"|e)s?"
    r"|vacances|d(?:é|e)placement)|cong(?:é|e)s?|vacances|indisponible)|\bactuellement absente?\b"
    r"|\bde retour (?:le|au bureau|à partir)|\bcong(?:é|e) (?:de )?(?:maternit(?:é|e)|maladie"
    r"|parental)"
    r"|\bfermeture (?:annuelle|estivale)|\babsente? (?:du|jusqu|et)"
    # Spanish, Italian, Portuguese, Polish
    r"|\bestoy (?:de vacaciones|fuera)|\bde vacaciones\b|\bsono (?:in ferie|fuori)|\bin ferie\b"
    r"|\bestou (?:de f(?:é|e)rias|ausente)|\bjestem na urlopie|\bfuera de (?:la )?oficina",
    _I,
)
LEFT = re.compile(
    r"\bno longer (?:works?|working|employed|with (?:us|the company|\w+ ?(?:inc|ltd|bv|gmbh)?)"
    r"|part of"
    r"|at (?:this|the) company|in service)\b|\b(?:has|have) left (?:the )?(?:company"
    r"|organi[sz]ation|firm"
    r"|business|our|us\b|\w+ (?:inc|ltd|bv|gmbh)\b)|\bdoes(?: not|n't) work (?:here|for|at)\b"
    r"|\bmy last (?:working )?day (?:was|at)|\bi (?:have )?(?:now )?retired\b"
    # Dutch
    r"|\bniet (?:meer|langer) (?:werkzaam|in dienst|werkend|actief (?:bij|binnen)|bij ons)"
    r"|\bwerk(?:t|zaam)?"
    r" (?:hier |bij \w+ )?niet (?:meer|langer)|\buit dienst\b|\bverlaten per\b"
    r"|\b(?:heeft|heb|hebben) (?:ons bedrijf|de organisatie|het bedrijf|\w+ ?(?:bv"
    r"|b\.v\.)?) verlaten"
    r"|\bmet pensioen\b|\bmijn laatste werkdag\b"
    # German
    r"|\bnicht (?:mehr|l(?:ä|ae)nger) (?:im unternehmen|bei (?:uns|der|\w+)|f(?:ü"
    r"|ue)r \w+ (?:t(?:ä|ae)tig|arbeit)"
    r"|t(?:ä|ae)tig|besch(?:ä|ae)ftigt|in (?:unserem|diesem))|\b(?:unternehmen|firma) verlassen\b"
    r"|\bausgeschieden\b|\bim ruhestand\b"
    # French
    r"|\bne (?:fais|fait|travaille) plus (?:partie|pour|chez|au|dans)|\b(?:a|ai) quitt(?:é"
    r"|e) (?:la|l'|notre"
    r"|cette|le|ses)|\bplus (?:partie de|en poste|dans (?:l'entreprise|la soci)|employée? )"
    r"|\bà la retraite\b|\bya no (?:trabaja|forma parte)|\bnon (?:lavora|fa) pi(?:ù|u)\b",
    _I,
)
CHALLENGE = re.compile(
    r"\b(?:confirm|verify|prove|validate)\b[^.]{0,80}\b(?:your (?:e-?mail|message|address)"
    r"|you are (?:a )?(?:human"
    r"|person|real)|sender|not a (?:robot|spammer))|\bprotected by\b[^.]{0,60}(?:\bclick|\bspam"
    r"|\bbluebottle"
    r"|\bspamarrest|\.\s+please click)|\b(?:click|follow|visit)\b[^.]{0,60}\b(?:link"
    r"|below)\b[^.]{0,100}\b(?:deliver"
    r"|allowed|approved?|accepted|whitelist|release|guest list)|\b(?:guest|allowed|approved"
    r"|white) ?-?list\b"
    r"[^.]{0,80}\b(?:click|link|add)|\b(?:has been|was) waitlisted\b|\bchallenge[- ]response\b"
    r"|\bsender (?:verification|not pre-?approved)|\bspam ?arrest\b|\bboxbe\b|\bmailinblack\b"
    r"|\b(?:klik|bevestig)\b[^.]{0,80}\b(?:afzender|geen robot|af te leveren|bezorgd)"
    r"|\b(?:best(?:ä|ae)tigen|klicken)\b[^.]{0,80}\b(?:absender|zustell|kein roboter|freischalt)"
    r"|\b(?:cliquez|confirmer|authentifi)\b[^.]{0,80}\b(?:exp(?:é|e)diteur|livr|robot|d(?:é|e)livr"
    r"|lien)",
    _I,
)
ACKNOWLEDGED = re.compile(
    r"\bthank(?:s| you) (?:you )?for (?:your|you|contacting|the|reaching|getting)\b"
    r"|\bwe (?:have )?received your"
    r"|\byour (?:e-?mail|message|request|enquiry|inquiry) (?:has been|was) received"
    r"|\bticket\b[^.]{0,40}\b(?:created"
    r"|opened|number)|\bwill (?:get back|reply|respond|contact you) [^.]{0,30}(?:soon|shortly"
    r"|within|asap)"
    r"|\b(?:bedankt|dank u wel|dank je wel|dank) voor (?:uw|je|het|jouw)\b|\b(?:hebben|heb) (?:uw"
    r"|je) (?:e-?mail|bericht"
    r"|mail|vraag|aanvraag) (?:\w+ ){0,3}ontvangen|\bontvangstbevestiging\b"
    r"|\b(?:vielen )?dank f(?:ü|ue)r (?:ihre"
    r"|deine)|\bihre (?:e-?mail|nachricht|anfrage)[^.]{0,30}(?:erhalten|eingegangen)"
    r"|\beingangsbest(?:ä|ae)tigung"
    r"|\bmerci (?:pour|de) (?:votre|nous|ton)|\bnous avons bien re(?:ç|c)u|\baccus(?:é|e) de r(?:é"
    r"|e)ception"
    r"|\bgracias por (?:contactar|su|tu)|\bgrazie per\b|\bobrigad[oa] pel",
    _I,
)
# Sentences that only notices have: who writes by hand has read the mail already.
FIXED_PHRASE = re.compile(
    r"\b(?:this is an? (?:auto\w*|system))|\bautomati(?:c|cally|sch|sche|que(?:ment)?|schen?)\b"
    r"|\byour (?:e-?mail|message|mail) (?:will|is) (?:not )?(?:be )?(?:forwarded|read|answered"
    r"|being)"
    r"|\bfor urgent (?:matters|issues|enquiries|requests)|\b(?:if|in case)[^.]{0,30}\burgent\b"
    r"|\bin (?:my|his|her|our) absence\b|\b(?:uw|je) (?:e-?mail|bericht|mail) wordt (?:niet|in)"
    r"|\b(?:dringende|spoed|urgente)\w*\b|\btijdens mijn (?:afwezigheid|vakantie|verlof)"
    r"|\bdoorgestuurd\b|\bwendt? (?:u|je) zich|\bkunt u (?:contact|terecht)\b"
    r"|\b(?:ihre|deine) (?:e-?mail|nachricht|mail)[^.]{0,40}\b(?:nicht|weitergeleitet|gelesen)"
    r"|\bin dringenden\b|\bin meiner abwesenheit\b|\bwenden sie sich\b|\bvotre (?:message|e-?mail"
    r"|courriel)"
    r"[^.]{0,40}\b(?:sera|transf)|\ben cas d'urgence\b|\ben mon absence\b|\bpour toute (?:urgence"
    r"|demande)",
    _I,
)
