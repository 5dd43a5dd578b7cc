"""Wishes to get no more mail, in German; see `dutch` for what counts as one."""

_MAILS = (
    r"(?:(?:werbe-?|spam-?|e-?)?mails?|nachrichten|werbung|newsletter|anfragen|kontaktaufnahmen?"
    r"|kontakt|zusendungen|angebote|post|schreiben)"
)
_LIST = r"(?:[\w-]{0,20}(?:verteiler|listen?|datenbank|datei|system|kartei))"
# Whom a person can have taken off: themselves, or what is known of them.
_US = (
    r"(?:mich|uns|(?:alle )?(?:meine|unsere|meiner|unserer|diese|dieser) (?:\w+ )?"
    r"(?:[\w-]{0,20}daten|(?:e-?)?(?:mail-?)?adresse|e-?mail))"
)
_POLITELY = r"(?:(?:bitte|doch|sofort|umgehend|endlich|auch|gerne?|daher|einfach) ){0,3}"
_FROM_LIST = rf"(?:(?:aus|von) (?:[\w-]{{1,30}} ){{0,3}}?{_LIST} )"
ASKED = (
    rf"\b{_US} {_POLITELY}{_FROM_LIST}?{_POLITELY}(?:zu )?(?:l(?:ö|oe)schen|entfernen|streichen"
    r"|austragen|abmelden|nehmen|gel(?:ö|oe)scht|entfernt|gestrichen|ausgetragen|auszutragen"
    r"|abzumelden|herausnehmen|rausnehmen)\b",
    rf"\b(?:bitte|m(?:ö|oe)chten?|will|wollen) (?:\w+ )?{_FROM_LIST}(?:gel(?:ö|oe)scht|entfernt"
    r"|gestrichen|genommen|raus|heraus)\b",
    rf"\b(?:l(?:ö|oe)schen|entfernen|streichen) sie (?:bitte )?{_US} {_FROM_LIST}",
    rf"\b(?:l(?:ö|oe)schung|streichung|entfernung) (?:aller )?{_US}",
    r"\b(?:tragen|melden|streichen|nehmen|l(?:ö|oe)schen|entfernen|setzen) sie (?:bitte )?(?:mich"
    rf"|uns|(?:meine|unsere|diese) \w{{0,6}}-?(?:adresse|daten|mail)\w*|bitte)\b[^.,]{{0,60}}"
    rf"(?:\b(?:aus|ab|liste|adresse|sperrliste)|{_LIST})\b",
    r"\bl(?:ö|oe)schen sie (?:bitte )?(?:alle )?(?:meine|unsere|diese) (?:\w+ )?(?:\w{0,10}daten"
    r"|adresse|e-?mail\w*|e-?mail-adresse)\b(?! (?:aus|in|bei) (?!ihr|de[mr] (?:verteiler|liste"
    r"|datenbank)))",
    r"\bentfernen sie (?:bitte )?(?:mich|uns)(?= ?[.!,]| ?$)",
    r"\b(?:aus|von) (?:dem |ihrem |eurem |der |ihrer )(?:[\w-]{1,20})?verteiler\b",
    r"\b(?:aus|vom) (?:dem |ihrem )?newsletter (?:\w+ ){0,2}(?:abmelden|austragen|nehmen|streichen"
    r"|l(?:ö|oe)schen|entfernen|ab)\b",
    rf"\b(?:mich|uns) (?:\w+ ){{0,3}}(?:{_LIST} )?(?:abmelden|austragen|l(?:ö|oe)schen"
    r"|abzumelden|auszutragen|streichen|entfernen)\b",
    r"^(?:bitte,? )?(?:abmelden|austragen|l(?:ö|oe)schen)[^.!?]{0,15}[.!]?$",
    r"\b(?:wo|wie) (?:kann|k(?:ö|oe)nnen|melde|melden|trage) (?:ich|wir) (?:mich|uns)\b[^.?!]{0,30}"
    r"\b(?:abmelden|austragen|ab|aus)\b",
    r"\b(?:abmelde|austrage)-?(?:link|button|knopf|m(?:ö|oe)glichkeit)",
    rf"\b(?:unterlassen|stoppen|beenden) sie (?:bitte )?(?:\w+ ){{0,3}}{_MAILS}\b",
    rf"\b{_MAILS} (?:\w+ ){{0,3}}(?:zu )?(?:unterlassen|einstellen|einzustellen)\b",
    r"\bh(?:ö|oe)ren sie (?:\w+ ){0,2}auf\b[^.?!]{0,40}\b(?:schreiben|mailen|mails|schicken|senden"
    r"|spam\w*|bel(?:ä|ae)stigen|kontaktieren|anzuschreiben)",
    r"\bwiderspreche(?:n)?\b[^.?!]{0,30}\b(?:nutzung|verwendung|verarbeitung|speicherung|werbung"
    r"|zusendung|daten)\b",
    r"\bwiderrufe\b[^.?!]{0,30}\b(?:einwilligung|zustimmung)",
    r"\bvon (?:weiteren|zuk(?:ü|ue)nftigen|solchen|k(?:ü|ue)nftigen) (?:\w+ )?(?:[\w-]{0,20}mails?"
    r"|nachrichten|kontakt\w*|anfragen|zusendungen|werbung|schreiben) (?:\w+ ){0,2}(?:absehen"
    r"|abzusehen|absieht|ab)(?!\w)",
    r"\blassen sie (?:mich|uns) (?:\w+ )?in ruhe\b",
)
NO_MORE = (
    rf"\bkeine(?:rlei)? (?:weiteren?|weitere) (?:\w+ )?{_MAILS}\b",
    rf"\bkein(?:e|en|erlei)? (?:\w+ ){{0,2}}{_MAILS} (?:\w+ ){{0,4}}mehr\b",
    rf"\bkeine (?:solchen? {_MAILS}\b|{_MAILS} dieser art\b)",
    rf"\b(?:m(?:ö|oe)chten?|will|wollen|w(?:ü|ue)nschen?) (?:\w+ ){{0,2}}keine (?:\w+ ){{0,2}}"
    rf"{_MAILS} (?:\w+ ){{0,2}}(?:erhalten|bekommen|von ihnen)\b",
    r"\b(?:m(?:ö|oe)chten?|will|wollen) (?:\w+ ){0,2}(?:nichts|nie) (?:mehr|wieder|weiter) (?:\w+ )"
    r"{0,3}(?:h(?:ö|oe)ren|erhalten|bekommen)\b",
    r"\bbitte keine (?:\w+ )?(?:werbung|werbemails?)\b",
    r"\b(?:schreiben|mailen|kontaktieren|schicken|senden|bel(?:ä|ae)stigen|rufen) sie (?:mir|mich"
    r"|uns) (?:\w+ ){0,3}(?:nicht mehr|nichts mehr|nie mehr|nie wieder)\b(?! als)",
    r"\bnicht (?:mehr|weiter|l(?:ä|ae)nger) (?:\w+ ){0,2}(?:kontaktieren|kontaktiert|anschreiben"
    r"|angeschrieben|bel(?:ä|ae)stigen|bel(?:ä|ae)stigt|anmailen|mailen)\b",
)
