"""The words by which a mail server's report is known: English, Dutch, German, French, and
some of others."""

from __future__ import annotations

import re

_I = re.IGNORECASE
_IM = re.IGNORECASE | re.MULTILINE

DAEMON_ADDRESS = re.compile(
    r"^(?:mailer-?daemon|mail-?daemon|mdaemon|postmaster|post_master|maildelivery|mail\.delivery"
    r"|mailadmin|mail-?administrator|microsoftexchange|bounces?|bounce-notification|imss"
    r"|inetgw\d*|mdaemon-\w+|mailgate|virusalert|e500_smtp|double-bounce|mail-?system|listserv"
    r"|amavis|symantec_antivirus|no_?reply@(?:bounce|mailer))[^@]{0,60}@",
    _I,
)
DAEMON_NAME = re.compile(
    r"\b(?:mailer[- ]daemon|mail delivery|delivery (?:sub)?system|mail administrator|postmaster"
    r"|system administrator|internet mail delivery|mail system|e-?mail system|microsoft outlook"
    r"|microsoft exchange|mail router|mailsystem|sistema de entrega|mailzustell|bounce ?daemon"
    r"|returned mail)\b",
    _I,
)
SUBJECT = re.compile(
    r"undeliver|returned (?:mail|to sender)|mail (?:delivery )?(?:failed|failure|error)"
    r"|delivery (?:has )?(?:fail|error|problem|status|notification|report|unsuccess)"
    r"|failure notice|non[- ]?deliver|could(?:n't| not) be delivered|not delivered"
    r"|failed (?:mail|delivery)|permanent (?:delivery )?(?:failure|error)|mail system error"
    r"|message (?:could not be|not) delivered|rejected mail|error (?:sending|delivering)|bounce"
    r"|processing error|mail error|nameserver error report"
    # Dutch, German, French; Spanish, Portuguese, Italian
    r"|onbestelbaar|niet (?:af(?:ge)?leverd|bezorgd|bestelbaar)|aflever(?:ing|fout)"
    r"|bezorg(?:ing|fout)|retour afzender|unzustellbar|nicht zugestellt|zustell(?:ung|fehler)"
    r"|unzustell|r(?:ü|ue)cksendung|fehlgeschlagen|non (?:remis|distribu|d[ée]livr|livr)"
    r"|(?:é|e)chec de (?:la )?(?:remise|livraison|distribution)|non recapitat|mancata consegna"
    r"|no (?:se pudo )?entreg|n[aã]o (?:foi )?entreg|falha na entrega|niedostarcz",
    _I,
)
ANSWERED = re.compile(r"^\s*(?:re|aw|antw|antwoord|sv|rép|ré|fwd?|wg|tr|doorst|vs)\s*:", _I)
FAILED = re.compile(
    r"(?:could|can|would|was|were|has|have|is|been|did|may)[ \t]?(?:n't|not| not|not been"
    r"| been not)?(?: yet)? (?:be(?:en)? |not )*(?:un)?(?:deliver|reach|return)(?:ed|able)?\b"
    r"|(?:not|n't) (?:been )?(?:able to )?(?:be )?(?:deliver|reach|sent|receiv|process)"
    r"|cannot be (?:deliver|sent)|undeliver|(?:delivery|message|mail|sending)[^.\n]{0,40}\bfail"
    r"|fail(?:ed|ure)[^.\n]{0,40}(?:deliver|send|recipient|address)"
    r"|unable to (?:deliver|send|relay)|permanent (?:fatal )?(?:error|failure)|fatal errors"
    r"|unknown (?:user|recipient|address)|user (?:is )?unknown|no such (?:user|recipient)"
    r"|mailbox (?:is )?(?:full|unavailable|exceed)|rejected"
    r"|encountered (?:an error|delivery problems|a delivery problem)|did not receive a copy"
    r"|invalid (?:final delivery userid|recipient)|not a valid user|quota"
    r"|problem[^.\n]{0,40}deliver|\b5[0-7]\d[ -][#\d(]?|did not reach|returned to (?:you|sender)"
    r"|address(?:ee)? unknown|did not exactly match|non-deliverable"
    # Dutch, German, French; Spanish, Portuguese, Italian, Polish
    r"|niet (?:worden |kunnen )?(?:af(?:ge)?leverd|bezorgd|besteld)"
    r"|kon (?:het|uw|de)? ?\w{0,12} ?niet|onbestelbaar|onbekende? (?:gebruiker|ontvanger)"
    r"|nicht (?:zugestellt|ausgeliefert|erreicht)|konnte (?:\w+ ){0,6}nicht|unzustellbar"
    r"|zustellung[^.\n]{0,60}(?:fehl|nicht)|unbekannt"
    r"|n'a (?:pas |pu )+(?:pu |été |être )*(?:remis|distribu|d[ée]livr|achemin|livr)|non remis"
    r"|impossible de (?:remettre|livrer|distribuer)|(?:é|e)chec|ne peut (?:pas )?(?:ê|e)tre"
    r"|no (?:se )?(?:pudo|ha podido|puede)|n[aã]o (?:p[oô]de|foi|pode)|impossibile"
    r"|nie (?:mo[zż]e|istnieje)",
    _I,
)
# What a report has beside that: whom it is about, and what comes with it.
REPORT = re.compile(
    r"permanent (?:fatal )?(?:error|failure)|transcript of (?:the )?session"
    r"|(?:following|these) (?:address|recipient|mail|message)|\b5\d\d[ -]5\.\d\.\d"
    r"|smtp (?:error|protocol)|original message (?:follows|header)|returned (?:to|because)"
    r"|reason:|copy of (?:the|your) (?:original )?message"
    r"|volgende (?:adres|ontvanger|geadresseerde)|folgende[nr]? (?:adress|empf)"
    r"|(?:adresses?|destinataires?) suivant|could not be delivered to",
    _I,
)
# The same for mails of which nothing else says that a server wrote them.
SERVERS_ONLY = re.compile(
    r"permanent (?:fatal )?error|transcript of (?:the )?session|\b5\d\d[ -]#?5\.\d\.\d"
    r"|smtp error|original message follows|below this line is a copy|rcpt to:",
    _I,
)
DELAYED_SUBJECT = re.compile(
    r"\bdelay(?:ed)?\b|\bwarning: (?:message|could not|mail)|still being retried"
    r"|delivery warning|not yet been delivered|vertraagd|vertraging|verz(?:ö|oe)ger|retard[ée]"
    r"|diff[ée]r[ée]",
    _I,
)
DELAYED = re.compile(
    r"(?:this is a )?warning(?: message)? only|not yet been delivered"
    r"|has been (?:delayed|postponed)|will (?:be retried|continue to (?:attempt|try|be)"
    r"|keep trying|retry)|attempts (?:to deliver )?will continue|do not need to resend"
    r"|still (?:being )?(?:retried|trying)|continue to be made"
    r"|nog niet (?:worden )?(?:af(?:ge)?leverd|bezorgd)|wordt opnieuw geprobeerd"
    r"|noch nicht zugestellt|zustellung verz(?:ö|oe)gert|pas encore (?:été|pu)",
    _I,
)
GIVEN_UP = re.compile(
    r"permanent (?:fatal )?(?:error|failure)|given up|giving up|failed permanently"
    r"|no longer (?:be )?retr|will not be retried|could not be delivered to one or more",
    _I,
)
# Where the returned mail begins: a line that says so behind dashes or by itself, or its first
# header. In the middle of a sentence the same words mean nothing.
_COPY = (
    r"(?:(?:a |the )?(?:full |partial )?copy of (?:the|your) (?:original |returned )?(?:message"
    r"|mail|e-?mail)|(?:the )?original (?:e-?mail|message)|message (?:header|text|body)s?"
    r"|(?:the )?headers? of the (?:source|original)|(?:the )?returned (?:message|mail)"
    r"|forwarded message|(?:the )?first \d+ (?:lines|bytes)|unsent message|undelivered message"
    r"|start of returned|oorspronkelijke? (?:e-?mail)?bericht|kopie van (?:het|uw)"
    r"|urspr(?:ü|ue)ngliche nachricht|kopie (?:der|ihrer)|message d'origine|message original"
    r"|copie d[eu])"
)
RETURNED = re.compile(
    rf"^[ \t]{{0,20}}[|>]?[-=*#_]{{1,80}}[^\n]{{0,60}}?\b{_COPY}\b[^\n]{{0,80}}$"
    rf"|^[ \t]{{0,20}}(?:here (?:is|are)|below (?:is|this line is)|included is|attached is|this is"
    rf"|following is)?[ ]?{_COPY}"
    r"\b[^\n.]{0,80}[:.]?[ \t]*$"
    r"|^(?:>?Return-Path|>?Received|DKIM-Signature|ARC-Seal|X-Received|Message-ID)[ \t]*:[^\n]*$",
    _IM,
)
_A = r"[^\x00-\x20\x7f<>()\[\]\",;:@'*|=]{1,64}@(?:[\w-]{1,63}\.){0,10}[\w-]{1,63}"
# Where Postfix, qmail and their kin put a failed address: at the start of a line of its own.
FAILED_ADDRESS = re.compile(rf"^[ \t]{{0,20}}<?({_A})>?:(?=\s)", re.MULTILINE)
# Lines with addresses that are never the failed ones.
NO_RECIPIENT = re.compile(
    r"^[^\n]{0,200}(?:contact|please send mail|assistance|postmaster|from:|reply-to:|sender:"
    r"|questions|help|support|abuse@|message-id:|mail from|envelope-from)[^\n]*$",
    _IM,
)
