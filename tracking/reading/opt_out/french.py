"""Wishes to get no more mail, in French; see `dutch` for what counts as one."""

_MAILS = (
    r"(?:mails?|e-?mails?|messages?|courriels?|spams?|envois?|sollicitations?|communications?"
    r"|publicit[ée]s?|newsletters?|prospection)"
)
_OURS = (
    r"(?:adresse|nom|e-?mail|mail|soci[ée]t[ée]|entreprise|coordonn[ée]es|donn[ée]es|contact"
    r"|num[ée]ro)"
)
_OFF_LIST = r"\b(?:listes?|listing|base|fichiers?|envois|diffusion|mailings?)\b(?! noires?)"
_WHAT = rf"(?:moi|nous|(?:mon|ma|mes|notre|nos) (?:\w+ )?{_OURS}|cette adresse)"
ASKED = (
    r"\bd[ée]s(?:abonn|inscri)\w*[- ](?:moi|nous)\b",
    r"\b(?:me|nous) d[ée]s(?:abonner|inscrire)",
    r"\bcomment (?:se|me|puis-je (?:me)?|peut-on se|faire pour (?:me|se)) ?d[ée]s(?:abonner"
    r"|inscrire)",
    rf"\b(?:suppression|effacement|retrait) de {_WHAT}",
    rf"\bsort(?:ez|ir)[- ](?:moi|nous)\b[^.]{{0,30}}{_OFF_LIST}",
    r"\blien de d[ée]s(?:abonnement|inscription)",
    rf"\b(?:retirez|supprimez|enlevez|rayez|effacez|retirer|supprimer|enlever|effacer)[- ]{_WHAT}"
    rf"[^.]{{0,60}}{_OFF_LIST}",
    r"\b(?:supprim|effac)(?:ez|er) (?:toutes )?(?:mon|ma|mes|nos|notre) (?:adresse|e-?mail"
    r"|coordonn[ée]es|donn[ée]es)\b(?! (?:de|du|sur|dans) (?!votre|vos|la liste|la base))",
    r"\b(?:retirez|enlevez|supprimez|rayez)[- ](?:moi|nous)(?= ?[.!,]| ?$| svp| merci)",
    rf"\b(?:me |nous |m')(?:retirer|supprimer|enlever|effacer|rayer|sortir)\b[^.]{{0,40}}"
    rf"{_OFF_LIST}",
    r"\b(?:arr[êe]te[zr]?|cessez|cesser) (?:\w+ )?(?:de |d')(?:m'|me |nous )?(?:envoyer|contacter"
    r"|[ée]crire|spammer|harceler|solliciter|importuner|d[ée]ranger)\b",
    rf"\b(?:arr[êe]te[zr]?|cesse[zr]|stop) (?:(?:à|aux|avec|vos|ces|les|tous|tout|toute|de|cet"
    rf"|cette) ){{1,3}}{_MAILS}\b",
    r"\blaissez[- ](?:moi|nous) tranquille",
    r"\b(?:m'oppose|nous opposons|oppose)\b[^.?!]{0,60}\b(?:donn[ée]es|traitement|prospection"
    r"|utilisation|adresse)\b",
    r"\bretire mon consentement\b",
)
NO_MORE = (
    r"\b(?:de|veuillez) ne plus (?:m'|me |nous |jamais )?(?:envoyer|(?:re)?contacter|[ée]crire"
    r"|solliciter|adresser|d[ée]ranger|importuner|relancer)\b",
    r"\b(?:merci|veuillez|prie|demande)\b[^.?!]{0,20}\bne pas (?:me |nous |m')(?:re)?(?:contacter"
    r"|[ée]crire|relancer|solliciter|envoyer d[e'])",
    r"\bne (?:souhait\w+|veux|voulons|d[ée]sir\w+) plus (?:\w+ ){0,3}(?:recevoir|[êe]tre contact"
    r"|[êe]tre sollicit|entendre)",
    r"\b(?:merci|demande|souhait\w+|prie|veuillez)\b[^.]{0,25}\bne plus (?:\w+ )?recevoir\b",
    rf"\bne (?:m'envoyez|nous envoyez) plus (?:\w+ ){{0,3}}(?:{_MAILS}|rien)\b",
    r"\bne (?:me |nous |m')(?:re)?(?:contactez|[ée]crivez|sollicitez|d[ée]rangez|relancez) plus\b",
    r"\bne (?:me |nous |m')(?:recontactez|relancez|r[ée]{1,2}crivez) (?:pas|plus)\b",
    rf"(?:^|[.!?,;] ?|\b(?:veux|voulons|souhait\w+) )plus (?:de |d'|aucun )(?:\w+ )?{_MAILS}"
    r"(?= ?[.!,;]| ?$| svp| merci| s'il| de (?:votre|ta) part)",
)
