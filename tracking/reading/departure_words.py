"""The words of who has left a company, and of mailboxes that nobody has any more."""

from __future__ import annotations

import re

_I = re.IGNORECASE

NO_LONGER = re.compile(
    r"\bno longer\b|\bany ?more\b|\b(?:niet|nicht) (?:meer|langer|mehr|l(?:ä|ae)nger)\b"
    r"|\bgeen\b[^!?]{0,20}\bmeer\b|\bkeine?n?\b[^!?]{0,20}\bmehr\b"
    r"|\bn(?:e |['’])[^!?]{1,25}\bplus\b|\bya no\b|\bnon\b[^!?]{1,20}\bpi(?:ù|u)\b",
    _I,
)
WORK = re.compile(
    r"\bwork(?:s|ing|ed)?\b(?! with\b)|\bemploy\w*|\b(?:part|member) of\b|\b(?:longer|not) with\b"
    r"|\blonger at (?!the office|my desk|work)"
    r"|\bwith (?:us|the|our)\b|\b(?:at|with|for|in|of) (?:this|the|our) (?:company|firm|team"
    r"|organi[sz]ation|business|practice|school|role|position)\b|\b(?:our|this) (?:team|company"
    r"|staff|position|role)\b|\bin service\b|\bassociated\b|\baffiliated\b"
    # Dutch
    r"|\bwerk(?:t|en|zaam|end|te)?\b(?! (?:niet meer |niet langer )?(?:met|aan)\b)|\bin dienst\b"
    r"|\bdienstverband\b|\bverbonden\b|\bmedewerk(?:er|ster)\b|\bactief (?:bij|binnen|voor)\b"
    r"|\bdeel\b|\bonderdeel\b|\bbij ons\b|\bons (?:team|bedrijf|kantoor)\b|\bde organisatie\b"
    # German
    r"|\bt(?:ä|ae)tig\b|\bbesch(?:ä|ae)ftigt\b|\barbeite[tn]?\b|\bangestellt\b|\bmitarbeiter\w*"
    r"|\b(?:im|unser(?:em|en|es)?|diesem|die|das) (?:unternehmen|firma|team|haus)s?\b|\bbei uns\b"
    r"|\bmehr bei (?:der|den)\b|\bzust(?:ä|ae)ndig\b"
    r"|\bansprechpartner\w*|\bcontactpersoon\b|\b(?:in ons midden|among us|unter uns|parmi nous)\b"
    # French; Spanish, Italian
    r"|\btravaille\w*|\bemployée?s?\b|\bsalariée?\b|\bpartie\b|\b(?:en|ce|son|mon) poste\b"
    r"|\b(?:mes|ses) fonctions\b|\beffectifs\b|\b(?:soci(?:é|e)t(?:é|e)|entreprise|(?:é|e)quipe)\b"
    r"|\bcollabor\w+|\btrabaj\w*|\bforma parte\b|\blavora\b",
    _I,
)
MAILBOX = re.compile(
    r"\b(?:e-?)?(?:mail ?-?)?(?:adress?e?n?|address|mailbox|mailaccount|account|inbox|postbus"
    r"|postvak|postfach|bo(?:î|i)te)\b|\be-?mail-?adress?e?\b|\bmailadres\b|\bcourriel\b",
    _I,
)
IN_USE = re.compile(
    r"\b(?:gebruik\w*|uses?|used|acti\w+|aktiv\w*|gelezen|read|monitored|checked|attended|valid\w?"
    r"|exists?|bestaat|besteht|existe|geldig|g(?:ü|ue)ltig|utilis\w+|consult\w+|verwendet|genutzt"
    r"|abgerufen|gelesen|beheerd|bemand|bereikbaar|erreichbar|maintained|in service)\b",
    _I,
)
CLOSED = re.compile(
    r"\b(?:deactivated|disabled|discontinued|shut down|opgeheven|vervallen|vervalt|buiten gebruik"
    r"|deaktiviert|abgeschaltet|stillgelegt|d(?:é|e)sactiv(?:é|e)e|supprim(?:é|e)e|hors service)\b",
    _I,
)
# Whoever has gone, in a word.
GONE = re.compile(
    r"\b(?:has|have|had|['’](?:s|ve)|recently|now|who) (?:\w+ )?(?:departed|resigned"
    r"|moved on(?! vacation)|retired|passed away)\b|\bi (?:am )?(?:now )?retired\b"
    r"|\bleft (?:us\b|(?:the|our|this|my) (?:company|organi[sz]ation|firm|business|team|job|role))"
    r"|\b(?:has|have|['’](?:s|ve)) (?:\w+ )?left (?!for |the (?:office|building)|a |an |on |my )"
    r"(?-i:[A-Z]\w+)"
    r"|\b(?:last|final) (?:working )?day (?:was|is|at|with|as|in the|of (?:work|employment))\b"
    r"|\bmy (?:last|final) (?:working )?day\b(?! of)|\bemployment\b[^!?]{0,40}\b(?:ended|ceased"
    r"|terminated|concluded|over)\b|\bnew (?:opportunit(?:y|ies)|challenges?|employer|chapter)\b"
    r"|\bnew (?:role|job|position) (?:at|with|outside|elsewhere)"
    # Dutch
    r"|\b(?:heeft|heb|hebben|per|is)\b[^!?]{0,60}\bverlaten\b|\bverlaat\b[^!?]{0,30}\b(?:bedrijf"
    r"|organisatie|ons)\b|\bgestopt (?:bij|als)\b|\buit dienst\b|\b(?:ander|nieuw)e? (?:baan"
    r"|werkgever|uitdaging|bedrijf)\b|\bjaar (?:bij|voor)\b[^!?]{0,30}\bgewerkt\b"
    r"|\bafscheid genomen\b|\blaatste (?:werk)?dag (?:bij|was|is)\b"
    r"|\bmijn laatste werkdag\b|\b(?:met|mijn|zijn|haar) (?:\w+ )?pensioen\b|\bgepensioneerd\b"
    r"|\bdienstverband\b[^!?]{0,40}\b(?:be(?:ë|e)indigd|ge(?:ë|e)indigd|gestopt|afgelopen)\b"
    r"|\bvertrokken bij\b|\boverleden\b"
    # German
    r"|\b(?:hat|habe|haben|wurde|zum)\b[^!?]{0,60}\bverlassen\b|\bausge(?:schieden|treten|stiegen)\b"
    r"|\bin (?:den (?:\w+ )?|der )?(?:ruhestand|rente|pension)\b|\bim (?:\w+ )?ruhestand\b"
    r"|\bpensioniert\b|\bberuflich (?:ver(?:ä|ae)ndert|neu)\b"
    r"|\bletzter (?:arbeits)?tag\b(?! des urlaubs)|\bverstorben\b"
    r"|\bneue[rn]? (?:herausforderung(?:en)?|arbeitgeber|stelle|wirkungskreis)\b"
    r"|\barbeitsverh(?:ä|ae)ltnis\b[^!?]{0,40}\b(?:beendet|endete?)\b"
    # French; Spanish
    r"|\b(?:a|ai|avons|ont) (?:\w+ )?quitt(?:é|e)\b|\b(?:à la|ma|sa) retraite\b|\bretraitée?\b"
    r"|\bd(?:é|e)part (?:de la soci|de l['’]entreprise|d(?:é|e)finitif)"
    r"|\bd(?:é|e)c(?:é|e)d(?:é|e)e?\b"
    r"|\bdernier jour (?:de travail|chez|dans|au sein)"
    r"|\bnouv(?:eaux?|elles?) (?:horizons?|d(?:é|e)fis?"
    r"|aventures?)\b|\bcontrat\b[^!?]{0,30}\b(?:termin(?:é|e)|pris fin)\b",
    _I,
)
# Also today.
LAST_DAY = re.compile(
    r"\b(?:my|mijn|mein|mon) (?:last|final|laatste|letzter|dernier) (?:working )?"
    r"(?:day (?:at|with)|werkdag|arbeitstag|jour (?:chez|dans|de travail|au sein))",
    _I,
)
# For a time, on a condition, or another thing than a job.
FOR_NOW = re.compile(
    r"\b(?:today|tonight|this (?:week|afternoon|morning)|for the day|until|vandaag|vanavond"
    r"|deze (?:week|middag)|vanmiddag|tot|t/m|heute|diese woche|bis|aujourd['’]hui"
    r"|cette semaine|jusqu\w*|if you|in case|als u|indien|wilt u|falls|wenn sie|si vous|wish"
    r"|wens(?:t|en)?|m(?:ö|oe)chten|souhaite\w*|(?:the|het|das|le|mon|mein) (?:office|kantoor"
    r"|b(?:ü|ue)ro|bureau))\b",
    _I,
)
WRITER = re.compile(r"\b(?:i|i['’]\w+|my|ik|mijn|ich|mein\w*|je|j['’]\w+|mes|mon|ma)\b", _I)
