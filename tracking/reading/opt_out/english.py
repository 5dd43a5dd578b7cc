"""Wishes to get no more mail, in English; see `dutch` for what counts as one."""

_MAILS = (
    r"(?:e-?mails?|mails?|messages?|spam|newsletters?|offers|communications?|contact"
    r"|correspondence|reminders?|solicitations?|follow[- ]?ups?|of (?:these|this|them|your))"
)
_OURS = (
    r"(?:e-?mail(?: ?address)?|address|name|(?:contact )?(?:details|data|info\w*)|company|contact"
    r"|business|organi[sz]ation)"
)
_OFF_LIST = (
    r"(?:from|off|out of) (?:[\w-]{1,30} ){0,4}?[\w-]{0,20}(?:lists?|databases?|mailings?"
    r"|distribution|records|contacts?|system|crm|files?)\b"
)
ASKED = (
    r"\b(?:remove|delete) (?:me|us)(?: please| pls| asap| immediately| now)?\s?(?:[.!,;]|$)",
    r"\btake (?:me|us) off(?: please)?\s?(?:[.!,;]|$)",
    r"\bunsubscribe (?:me|us|from|this|please|immediately|my (?:e-?mail|address|name|account))",
    r"\b(?:please|kindly|to|must|want to|wish to) unsubscribe\b(?= ?[.!,;]| ?$| (?:me|us|my|from"
    r"|this|immediately|please|and))",
    r"\b(?:how|where) (?:do|can|could|should) (?:i|we) (?:unsubscribe|opt[- ]?out|get off"
    r"|stop (?:these|this|your|getting|receiving))(?! (?:people|clients|my|our|customers))",
    r"\b(?:i|we) (?:can't|cannot|can not|couldn't|could not|am unable to|are unable to) "
    r"(?:seem to )?unsubscribe\b(?! (?:my|our|people|clients|customers|them|him|her))",
    r"\b(?:where|find|found|see|no)\b(?:(?! our\b| my\b)[^.?!]){0,20}\b(?:unsubscribe|opt[- ]out)"
    r" (?:link|button|option)",
    r"\b(?:unsubscribe|opt[- ]out) (?:link|button|option)\b[^.?!]{0,20}\b(?:not|doesn't|isn't"
    r"|broken|fails?)\b",
    r"\b(?:i|we|i've|we've) (?:have )?(?:clicked|pressed|hit|tried)[^.?!]{0,20}\bunsubscribe\b"
    r"(?! by)",
    rf"\b(?:remove|take|delete|drop|strike|get) (?:me|us|(?:my|our|this) {_OURS})"
    rf"(?:,? [\w-]{{1,30}}){{0,3}},? {_OFF_LIST}",
    r"\b(?:remove|take|delete|drop) (?:my|our|this) (?:[\w-]{1,20} ){1,3}?(?:from|off) "
    r"(?:your|this) [\w -]{0,20}(?:lists?|database|mailings?)\b",
    r"\b(?:ensure|make sure|confirm|want|like)\b[^.?!]{0,25}\bremoved from (?:your|this|the|any|all"
    r"|these) [\w -]{0,30}(?:list|database|system|records|mailing)",
    r"\b(?:to be|get|me|us|be) (?:removed|taken off|unsubscribed|deleted)\b"
    r"(?! (?:from|on|in) (?!your|this|these|any|all|the (?:list|database|mailing)))",
    r"\b(?:delete|erase|remove) (?:all )?(?:my|our|this) (?:personal |contact )?(?:data|details"
    r"|information|e-?mail ?address|address)\b(?! (?:from|on|in|off) (?!your|this|the (?:list"
    r"|database|system|mailing)|any|all))",
    r"\b(?:delete|erase|remove) (?:my|our) e-?mail\b(?! (?:from|on|in|off|with) (?!your|this))",
    r"\bopt(?:ing)? (?:me|us) out\b",
    r"(?:^|[.!,;] ?|\b(?:i|we|please|to|must|can) )opt(?:ing)?[ -]out(?=[.!,;?]|$| please"
    r"| of (?:(?!our |my )\w+ ){1,3}(?:e-?mails?|mails?|list|messages?|communications?"
    r"|newsletters?))",
    r"\b(?:stop|quit|cease|discontinue|refrain from|desist from) (?:(?:please|all|any|these|those"
    r"|this|the|your|with|immediately|now|and|desist|from|further|future) ){0,4}"
    r"(?:e-?mail(?:s|ing)?\b|mail(?:ing|s)?\b(?! to)|contact(?:ing|s)?\b|sending|messag(?:es?"
    r"|ing)\b|spam(?:ming)?\b|bothering|harassing|communicat\w+|correspondence)",
    r"^(?:please,? |kindly |just |can you |could you |would you |will you ){0,3}stop"
    r"(?: (?:it|this|that|now|please|already)){0,2} ?[.!?]?$",
    r"\b(?:twice|still|again|already|enough|no)\b[^.!?]{0,40}[,;] ?(?:please )?stop ?[.!]",
    r"\b(?:cease and desist|cease (?:all|any|this|these|now))\b",
    r"\b(?:removal|deletion|erasure) of (?:my|our|this) (?:\w+ ){0,2}(?:data|address|e-?mail"
    r"|details|information)",
    r"\b(?:stay|keep) out of my (?:inbox|mailbox)\b",
    r"\bleave (?:me|us) (?:the \w+ )?alone\b",
    r"\blose (?:my|our|this) (?:number|e-?mail|address)",
    r"\b(?:i|we) (?:hereby )?(?:object|withdraw)\b[^.?!]{0,60}\b(?:marketing|processing|consent"
    r"|data|e-?mails?)\b",
)
NO_MORE = (
    r"\b(?:not|don't|no longer|never|not care) (?:wish|want|like|care|asked|need)?(?: to)? ?"
    r"(?:be )?(?:receiv\w+|get(?:ting)?|hear(?:ing)?|contacted|e-?mailed)\b(?: (?:any|more|further"
    r"|such|your|these|this|from|about|anything|by|you|of)){1,4}"
    rf"(?: {_MAILS}\b|(?<=from you)|(?<=by you)|(?<=such)|(?<=these)|(?<=more)|(?<=this))",
    r"^(?:please,? )?no more(?:,? (?:please|thanks))? ?[.!]?$",
    r"\b(?:should not|shouldn't|not want to|don't want to|not supposed to) be on (?:your|this|any)"
    r" (?:\w+ )?list\b",
    rf"\b(?:not|don't|no longer) (?:wish|want|need|like) (?:(?:any|more|further|such|your|these"
    rf"|to have) ){{1,3}}(?:\w+ )?{_MAILS}\b",
    r"\b(?:not|don't|no longer) (?:wish|want|like) to be (?:contacted|e-?mailed|on (?:this|your))",
    rf"\b(?:prefer|rather|like) (?:to )?not (?:to )?(?:receive|get|have|hear)\b[^.?!]{{0,25}}"
    rf"(?:\b{_MAILS}|\bfrom you)",
    r"\b(?:prefer|like) not to be (?:contacted|e-?mailed)\b",
    r"\b(?:do not|don't|never|not to) (?:ever )?(?:\w+ )?(?:e-?mail|contact|write|mail|message"
    r"|call|bother)(?: to)?(?: (?:me|us|this|e-?mail|address|here)){0,3} (?:again|any ?more"
    r"|any longer|ever|further|in (?:the )?future)\b",
    r"\b(?:do not|don't) (?:e-?mail|contact|mail|message|bother|spam) (?:me|us|this (?:e-?mail )?"
    r"(?:address|account))(?:,? please)?"
    r"(?:[.!;]|$)(?! ?(?:please |just |rather )?(?:call|phone|ring))",
    rf"\b(?:do not|don't|never) send (?:(?:me|us|any|more|further|these|such|this|your) ){{0,4}}"
    rf"{_MAILS}\b(?! (?:with|about|before|from))",
    r"\b(?:do not|don't|never) send (?:me|us) (?:anything|any ?more)"
    r"(?= ?[.!,]| ?$| please| else)",
    r"\b(?:do not|don't|please no|no) (?:more )?follow[- ]?(?:up|ups)\b"
    r"(?! (?:with|on|before|until))",
    rf"(?<!get )(?<!got )(?<!have )(?<!had )(?<!receive )(?<!are )"
    rf"\bno (?:more|further) {_MAILS}(?!\w)",
    r"\bif you (?:do not|don't|won't|keep|continue)\b[^.?!]{0,15}\b(?:stop|cease|e-?mailing"
    r"|contacting|sending|spamming|mailing|remove me)\b",
)
