"""A reply → what its writer wrote, without the mail that it answers.

Own code: of mail-parser-reply 1.36 and quotequail 0.5.4 neither knows the line that Gmail and
Apple put above a quote in Dutch, and the first needs minutes for 100 kB of "On On On …".
This goes through the lines once.
"""

from __future__ import annotations

import re

_MOST_LINES = 2_000
_LONGEST_LINE = 1_000
_I = re.IGNORECASE

# "On Mon, Aug 3, 2026 at 9:00 AM Victor <v@x.nl> wrote:", also broken over two or three lines.
_INTRODUCTION = re.compile(
    r"^\s*>?\s*(?:"
    r"(?:on|op|am|le|el|il|em|den|dnia|w dniu)\b.{4,300}\b(?:wrote|writes|schreef|geschreven"
    r"|schrieb(?:en)?|a écrit|écrit|escribi[oó]|ha scritto|escreveu|skrev|napisa[lł]\w*)\b.{0,200}:"
    r"|.{0,200}<?[^\s<>@]{1,64}@[^\s<>@]{1,200}>?.{0,40}\b(?:wrote|schreef|schrieb"
    r"|a écrit)\b.{0,60}:"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.{0,200}<[^<>\s]{1,255}@[^<>\s]{1,255}>:?"
    r"|.{1,100}\b(?:schreef op|wrote on|schrieb am|a écrit le)\b.{4,100}:"
    r")\s*$",
    _I,
)
_BROKEN_INTRODUCTION = re.compile(r"^\s*>?\s*(?:on|op|am|le|el|il|em|den|dnia)\b.*\d", _I)
_SEPARATOR = re.compile(
    r"^\s*[-_=*]{2,}\s*(?:original(?: message| e?-?mail)?|forwarded message"
    r"|oorspronkelijke? (?:e-?mail"
    r"|bericht)|origineel bericht|doorgestuurd bericht|urspr(?:ü|ue)ngliche (?:nachricht|e-?mail)"
    r"|original(?:e )?-?nachricht|weitergeleitete nachricht"
    r"|message (?:d'origine|original|transféré)"
    r"|mensaje original|messaggio originale)\s*[-_=*]{0,}\s*$"
    r"|^\s*_{20,}\s*$"
    # GroupWise: ">>> Victor <v@x.nl> 3-8-2026 09:12 >>>"
    r"|^\s*>>>\s.{0,200}\d.{0,100}>>>\s*$"
    # Notes: "Victor ---03-08-2026 09:12:11---Goedemorgen, wij"
    r"|^.{1,150}\s-{3}\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ ,]{1,2}\d{1,2}:\d\d.{0,15}-{3}",
    _I,
)
# Ticket systems put it above their mail; who answers writes above it.
_TICKET_LINE = re.compile(
    r"^\W{0,10}(?:please )?(?:(?:type|write|reply|add) .{0,60}above this line"
    r"|(?:typ|schrijf|antwoord) .{0,60}boven deze (?:lijn|regel))",
    _I,
)
# Open-Xchange and Orange mark the line above the quote, and not the quote itself.
_MARKED_INTRODUCTION = re.compile(r"^\s*>\s*message du \d", _I)
# A mail's head as Outlook quotes it: "From:" and close below it "Sent:" or "Subject:".
_HEAD_FROM = re.compile(
    r"^\s*[*>]{0,2}\s*(?:from|van|von|de|da|expéditeur|afzender)\s*:\**\s*\S", _I
)
_HEAD_MORE = re.compile(
    r"^\s*[*>]{0,2}\s*(?:sent|date|to|subject|verzonden|verstuurd|datum|aan|onderwerp|gesendet|an"
    r"|betreff"
    r"|envoyé|à|objet|enviado|para|asunto|inviato|oggetto)(?: le)?\s*:",
    _I,
)
# Or what a mailing list puts below each mail.
_SIGNATURE = re.compile(
    r"^\s*(?:-- ?|(?:you (?:received|are receiving) this (?:message|e-?mail) because"
    r"|to unsubscribe from this (?:group|list)|[uj]e? ontvangt dit bericht omdat"
    r"|sie (?:erhalten|haben) diese nachricht|vous (?:recevez|avez reçu) ce message)\b.{0,300}"
    r"|(?:sent from my|sent from (?:outlook|mail|yahoo)|get outlook for"
    r"|verzonden (?:vanaf|via|met)"
    r"|verstuurd (?:vanaf|via|met)|outlook voor|gesendet (?:von|mit)|von meinem \w+ gesendet"
    r"|outlook für"
    r"|envoyé (?:de|depuis|à partir)|t(?:é|e)l(?:é|e)chargez outlook)\b.{0,80})\s*$",
    _I,
)


def own_words(text: str) -> str:
    """Without quotes, their introductions, the mail below, and the signature mark's block."""
    return _read(text)[0]


def quotes_something(text: str) -> bool:
    """There is a quote in it, or a mail below: it answers something."""
    return _read(text)[1]


def _read(text: str) -> tuple[str, bool]:
    lines = [line[:_LONGEST_LINE].rstrip() for line in text.split("\n")[:_MOST_LINES]]
    kept: list[str] = []
    at, has_quote = 0, False
    while at < len(lines):
        line = lines[at]
        has_words = any(kept)
        if has_words and _starts_our_mail(lines, at, is_first=not has_quote):
            has_quote = True
            break
        if line.lstrip().startswith(">") and not _SEPARATOR.match(line):
            at, has_quote = at + 1, True
            continue
        width = _introduction_at(lines, at)
        if width:
            has_quote = True
            # Below an introduction stands what they answer; who answers beneath it has marked
            # the quote by ">".
            if not _is_marked_quote(lines, at + width):
                break
            at += width
            continue
        if _SEPARATOR.match(line) or _is_head(lines, at):
            has_quote = True
            break
        if _SIGNATURE.match(line) and not _quote_follows(lines, at):
            break
        if _SIGNATURE.match(line) or _TICKET_LINE.match(line):
            at += 1
            continue
        kept.append(line)
        at += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip(), has_quote


def _introduction_at(lines: list[str], at: int) -> int:
    """How many lines from here are one, 0 for none."""
    for width in (1, 2, 3):
        if width == 2 and not _BROKEN_INTRODUCTION.match(lines[at]):
            break
        joined = " ".join(lines[at : at + width])
        if (
            len(joined) <= _LONGEST_LINE
            and joined.endswith((":", ": ", ">"))
            and (_INTRODUCTION.match(joined))
        ):
            return width
    return 0


def _starts_our_mail(lines: list[str], at: int, *, is_first: bool) -> bool:
    """What is no sign of it where nothing is written above: the answer stands below then."""
    return bool(_TICKET_LINE.match(lines[at])) or (is_first and _introduces_unmarked(lines, at))


def _introduces_unmarked(lines: list[str], at: int) -> bool:
    """A marked line above a quote that isn't marked."""
    line = lines[at]
    if not line.lstrip().startswith(">"):
        return False
    if _MARKED_INTRODUCTION.match(line):
        return True
    width = _introduction_at(lines, at)
    below = (line.strip() for line in lines[at + width : at + width + 6])
    following = next((line for line in below if line.strip("> ")), ">")
    return bool(width) and not following.startswith(">")


def _is_head(lines: list[str], at: int) -> bool:
    """The sender's line and two more; the sender may stand below them."""
    if not (_HEAD_FROM.match(lines[at]) or _HEAD_MORE.match(lines[at])):
        return False
    head = [lines[at], *[line for line in lines[at + 1 : at + 7] if line.strip()][:4]]
    names_sender = any(_HEAD_FROM.match(line) for line in head)
    return names_sender and sum(bool(_HEAD_MORE.match(line)) for line in head) >= 2


def _is_marked_quote(lines: list[str], at: int) -> bool:
    following = next((line for line in lines[at : at + 4] if line.strip()), "")
    return following.lstrip().startswith(">")


def _quote_follows(lines: list[str], at: int) -> bool:
    """Phones put their line above the quote, and people below it write on."""
    return any(line.lstrip().startswith(">") for line in lines[at + 1 : at + 6])
