"""Wishes to get no more mail, in Dutch.

An opt-out can't be taken back, so a "no" alone is none: "no mail" counts with a "more", "don't
mail me" with an "again" or at the end of the sentence. Gaps between words are bounded, so each
pattern is linear.
"""

_MAILS = (
    r"(?:(?:e-?|reclame-?|spam-?)?mail(?:s|tjes)?|e-?mailberichten|berichten|mailings?|post|reclame"
    r"|spam|nieuwsbrie\w+|aanbiedingen|herinneringen|acquisitie|communicatie|contact)"
)
_WORD = r"(?:(?!en\b|maar\b)[\w-]{1,30} )"
_POLITELY = (
    r"(?:(?:svp|aub|ajb|graag|alstublieft|alsjeblieft|direct|meteen|dan|ook|even|nu|asap|zsm"
    r"|gewoon|a\.?j\.?b) ){0,3}"
)
_LIST = (
    r"[\w-]{0,20}(?:lijst(?:en)?|bestand(?:en)?|mailings?|database|systeem|nieuwsbrief|crm"
    r"|administratie)"
)
# "van uw lijst halen": the verb last. Who is to be taken off stands right before it, so that
# nobody who wants to get more out of a database is taken for one.
_FROM_LIST = (
    r"(?:van|uit) (?:uw|u|jullie|je|jouw|de|deze|die|dit|het) (?:[\w-]{1,20} )?"
    r"(?:\w{0,20}lijst(?:en)?|\w{0,20}bestand(?:en)?|mailing\w{0,20}|database|systeem) "
    r"(?:af )?(?:te )?(?:willen |kunnen |laten )?"
)
_OURS = (
    r"(?:(?:e-?mail-?|mail)?adres(?:sen)?|naam|(?:contact|bedrijfs|persoons|klant)?gegevens|bedrijf"
    r"|hotel|data|e-?mail|contact)"
)
# Whom a person can have taken off: themselves, or what is known of them.
_US = (
    rf"(?:mij|me|ons|(?:al )?(?:mijn|onze|ons|dit) {_OURS}|alle (?:\w+ )?(?:gegevens|data)"
    r"(?: die (?:u|jullie|je) (?:van|over) (?:mij|me|ons) (?:heeft|hebben|hebt)| van (?:mij|ons)))"
)
_TAKE_OFF = (
    r"(?:verwijderen|wissen|schrappen|strepen|deleten|uitschrijven|afmelden|verwijderd|gewist"
    r"|geschrapt|uitgeschreven|afgemeld)"
)
_OFF_LIST = rf"(?:van|uit) (?:[\w-]{{1,30}} ){{0,3}}?{_LIST}"

# Taken off our list, and not off a map or out of a guide.
_NOT_ELSEWHERE = (
    rf"(?! (?:op|van|uit|bij) (?!(?:uw?|jullie|je|jouw)\b|(?:[\w-]{{1,20}} ){{0,2}}?{_LIST}))"
)

ASKED = (
    rf"\b{_US} {_POLITELY}(?:{_OFF_LIST} )?{_POLITELY}(?:te |laten |willen |kunnen )?{_TAKE_OFF}\b"
    rf"(?! (?:wat|hoe|welke)\b){_NOT_ELSEWHERE}",
    rf"\b(?:verwijder|wis|schrap|delete) {_POLITELY}{_US}\b"
    rf"{_NOT_ELSEWHERE}",
    rf"\b{_US} {_POLITELY}(?:er ?uit|er ?af) (?:te )?(?:gooien|halen|verwijderen|schrappen)\b",
    r"\bblijf (?:\w+ ){0,2}uit (?:mijn|onze) (?:mailbox|inbox|postvak)\b",
    rf"\b(?:mij|me|ons|mijn|onze) (?:(?!niet )[\w-]{{1,30}} )?{_POLITELY}{_FROM_LIST}"
    r"(?:halen|verwijderen|schrappen|gooien|strepen|afhalen)\b",
    rf"\b(?:dit|ons) (?:e-?mail-?|mail)?adres {_POLITELY}{_FROM_LIST}(?:halen|verwijderen)\b",
    rf"\b(?:graag|gelieve|svp|aub|wil|willen) {_POLITELY}(?:mij |ons )?{_FROM_LIST}"
    r"(?:halen|verwijderen|schrappen|af|gehaald|verwijderd|geschrapt)\b",
    r"\b(?:meld|schrijf) (?:mij|me|ons) (?:\w+ ){0,3}(?:af|uit)\b",
    rf"\b(?:haal|verwijder|schrap|gooi|streep|zet) (?:mij|me|ons|(?:mijn|onze|dit) {_OURS})"
    rf"(?:,? [\w-]{{1,30}}){{0,3}},? {_OFF_LIST}",
    r"\b(?:haal|schrap|gooi) (?:mij|me|ons) (?:\w+ ){0,2}(?:er ?af|er ?uit|weg)\b",
    r"\b(?:zet|plaats) (?:mij|me|ons) (?:\w+ ){0,3}op (?:\w+ ){0,2}(?:zwarte lijst|blacklist"
    r"|uitsluit\w+|blokkeerlijst)",
    rf"\b{_OFF_LIST} af\b",
    r"\b(?:verwijder|wis|schrap) (?:(?:svp|aub|graag|alstublieft) )?(?:mijn|ons|onze|dit) "
    r"(?:e-?mail|mail)?-?(?:adres|gegevens|contactgegevens|persoonsgegevens)\b"
    r"(?! (?:op|van (?!uw|jullie|je|de lijst)|uit (?!uw|jullie|je|het|de)))",
    r"\b(?:wil(?:len)?|wens(?:en)?) (?:\w+ ){0,3}(?:afmelden|uitschrijven|afgemeld"
    r"|uitgeschreven|verwijderd)",
    r"\b(?:afmelden|uitschrijven) (?:voor|van|uit|graag|aub|svp)",
    r"\b(?:graag|gelieve|aub|svp)\b(?:(?!\b(?:zich|dat)\b)[^.]){0,40}\b(?:afmelden"
    r"|uitschrijven|verwijderen uit|uit te schrijven|af te melden|uitgeschreven|afgemeld)",
    r"\bgelieve (?:mij|me|ons|(?:mijn|ons|onze|dit) [\w-]{1,20}) (?:\w+ ){0,2}te (?:verwijderen"
    r"|schrappen|wissen)",
    r"\b(?:mij|me|(?<!bij )(?<!via )(?<!met )(?<!voor )(?<!van )(?<!aan )(?<!door )ons) "
    r"(?:\w+ ){0,2}(?:uitschrijven|uit te schrijven|afmelden|af te melden)\b"
    r"(?! (?:wat|hoe|welke))",
    rf"\b(?:mij|me|ons|mijn|onze) (?:{_OURS} )?{_POLITELY}(?:te )?"
    rf"(?:verwijderen|halen|schrappen) {_OFF_LIST}",
    rf"\bstop(?:pen)? {_WORD}{{0,3}}met {_WORD}{{0,4}}(?:(?:e-?)?mail(?:en|s|tjes|ings?"
    r"|berichten|contact)?|spam(?:men)?|sturen|berichten|toesturen|benaderen|lastigvallen)\b",
    r"\bstop(?:pen)? met (?:deze|dit|die) (?:onzin|ellende|rommel|troep|acties?|zooi)\b",
    r"\bstop(?:pen)? (?:(?:de|deze|die|dit|uw|jullie|nu|svp|aub|graag) ){0,3}"
    r"(?:mail(?:s|en|ings?|tjes)?\b|e-?mails?\b|spam(?:men)?\b|berichten|sturen)",
    r"\b(?<!ik )(?<!we )(?<!wij )stop (?:svp |aub |nu )?(?:hiermee|daarmee)\b",
    r"(?:^|[.!?] )(?:wilt u|kunt u|kan|wil|kun je|willen jullie|kunnen jullie) (?:dit |hiermee "
    r"|hier )?(?:\w+ )?(?:nu |eens |eindelijk |alstublieft |aub |svp )?(?:mee )?stoppen ?[?.!]",
    r"\bhou(?:d|dt)? (?:hiermee|daarmee|ermee|hier mee|hier) (?:\w+ )?op\b",
    r"\bhoud?t? (?:\w+ ){0,2}op met [^.]{0,20}(?:mail|spam|berichten|sturen)",
    r"\b(?:graag|gelieve) (?:\w+ )?(?:er ?uit|er ?af) (?:te )?(?:halen|gehaald)\b",
    r"\bgraag (?:mij |me |ons )?(?:verwijderen|verwijderd worden|verwijderd te worden)\b",
    r"\bmijn (?:gegevens|e-?mailadres|adres) (?:\w+ ){0,2}verwijderen\b",
    r"\blaat (?:mij|me|ons) (?:\w+ ){0,2}met rust\b",
    # How they get away
    r"\bhoe (?:kom|kan|kunnen|meld|schrijf|moet|geraak) (?:ik|we|wij)\b[^.?!]{0,30}\b(?:mails?"
    r"|lijst|nieuwsbrief|mailing) (?:af|uit)\b",
    r"\b(?:hoe|waar) (?:kan|kunnen|moet|meld|schrijf) (?:ik|we|wij) (?:mij|me|ons)?[^.?!]{0,20}"
    r"\b(?:afmelden|uitschrijven|af|uit)\b(?= ?[?.!]| ?$| van| voor)",
    r"\b(?:waar|geen|niet)\b[^.?!]{0,25}\b(?:afmeld|uitschrijf|opt-?out)-?(?:link|knop|optie)\b",
    r"\b(?:afmeld|uitschrijf|opt-?out)-?(?:link|knop|optie)\b[^.?!]{0,25}\b(?:werkt|doet|niet)\b",
    # The law's words (GDPR art. 7, 17, 21)
    r"\bmaak(?:t|en)? (?:hierbij )?bezwaar tegen\b",
    r"\btrek(?:ken)? (?:hierbij )?(?:\w+ )?toestemming[^.]{0,30}\bin\b",
)
NO_MORE = (
    rf"\b(?<!er is )geen (?:\w+ ){{0,3}}{_MAILS} (?:\w+ ){{0,3}}(?:meer\b(?! dan)"
    r"|te (?:sturen|ontvangen|krijgen))",
    rf"\b(?:wil(?:len)?|wens(?:en)?|hoef\w*|ontvang\w* graag) (?:\w+ ){{0,3}}geen "
    rf"(?:\w+ ){{0,3}}{_MAILS} ?(?:\w+ ){{0,2}}(?:ontvangen|krijgen|van (?:u|jullie|je)\b|[.!]|$)",
    rf"(?:^|[,.!] ?)geen {_MAILS} meer\b",
    rf"\bgeen prijs (?:meer )?op (?:\w+ ){{0,3}}{_MAILS}",
    r"\b(?:wil(?:len)?|wens(?:en)?|hoef\w*) (?:\w+ ){0,3}(?:niets|niks) (?:meer |verder )"
    r"(?:\w+ ){0,4}(?:ontvangen|horen|krijgen|te (?:ontvangen|horen))",
    r"\b(?:stuur|mail) (?:mij|me|ons) (?:\w+ ){0,3}(?:niets|niks) meer\b",
    r"\b(?:mail|stuur|bel|benader|contacteer|schrijf) (?:mij|me|ons) (?:\w+ ){0,3}"
    r"(?:niet|niets|niks|nooit) (?:meer|langer)\b(?! dan)",
    r"\b(?:benader|contacteer) (?:mij|me|ons) (?:\w+ )?niet(?= ?[.!]| ?$)",
    r"\b(?:niet|nooit) (?:meer|langer) (?:(?:per|via|door|te|e-?mail|mail|u|jullie) ){0,3}"
    r"(?:mailen|e-?mailen|contacteren|benaderen|benaderd|lastig|lastigvallen|aanschrijven"
    r"|aangeschreven|gemaild|gecontacteerd|te woord)\b",
    r"\bwil(?:len)? niet dat (?:u|je|jullie) (?:mij|me|ons) (?:\w+ ){0,2}(?:mailt|mailen|benader\w*"
    r"|schrijf\w*|contacteer\w*|stuurt)",
    r"\b(?:als|indien) (?:u|je|jullie) (?:\w+ )?niet (?:\w+ )?(?:stopt|ophoudt|stoppen)\b",
)
