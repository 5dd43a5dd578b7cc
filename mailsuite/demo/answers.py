"""The mails that recipients send back, as bytes: answers, requests to stop, absence notices.

Written as mail programs do: below the words stands the mail that they answer, with the line above
it that Gmail, Outlook or Apple Mail puts there.
"""

from __future__ import annotations

from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from random import Random

from mailsuite.demo import answer_words as words
from mailsuite.demo.letters import Letter
from mailsuite.demo.oracle import ZONE


def answer(letter: Letter, at: datetime) -> bytes:
    """Somebody's own words about the letter."""
    return _written(letter, at, words.ANSWERS)


def request_to_stop(letter: Letter, at: datetime) -> bytes:
    """The same, from somebody who wants no more mail and presses no button."""
    return _written(letter, at, words.ASKS_TO_STOP)


def opt_out_mail(letter: Letter, at: datetime) -> bytes:
    """What a mail program sends for its "unsubscribe" where the sender takes mails (RFC 2369
    §3.2): no words, no reference but the subject."""
    address, subject = letter.opt_out_mail
    mail = _mail(letter, at, to=address, subject=subject)
    mail.set_content("\n")
    return mail.as_bytes(policy=SMTP)


def absence_notice(letter: Letter, at: datetime, back_on: date) -> bytes:
    """An automatic answer (RFC 3834), which an absent person's server sends at once."""
    chance = _chance(letter)
    is_dutch = chance.random() < 0.7
    prefix, text = chance.choice(words.ABSENCES_DUTCH if is_dutch else words.ABSENCES_ENGLISH)
    day = _day_dutch(back_on) if is_dutch else f"{back_on:%A} {back_on.day} {back_on:%B}"
    mail = _mail(letter, at, to=letter.return_path, subject=f"{prefix}{letter.mail.subject}")
    mail["Return-Path"] = "<>"
    mail["Auto-Submitted"] = "auto-replied"
    _refer(mail, letter)
    mail.set_content(text.format(day=day) + "\n")
    return mail.as_bytes(policy=SMTP)


def _written(letter: Letter, at: datetime, sayings: tuple[str, ...]) -> bytes:
    chance = _chance(letter)
    own_words = chance.choice(sayings)
    subject = letter.mail.subject
    if not subject.lower().startswith("re:"):
        subject = f"Re: {subject}"
    mail = _mail(letter, at, to=letter.answer_to, subject=subject)
    _refer(mail, letter)
    chance.choice((_as_gmail, _as_outlook, _as_phone))(mail, own_words, letter)
    return mail.as_bytes(policy=SMTP)


def _as_gmail(mail: EmailMessage, own_words: str, letter: Letter) -> None:
    """Two forms of one text, the letter quoted in both."""
    at = letter.mail.at.astimezone(ZONE)
    above = f"Op {_day_dutch(at.date())} om {at:%H:%M} schreef {letter.sender}:"
    quoted = "\n".join(f"> {line}".rstrip() for line in letter.text.splitlines())
    mail.set_content(f"{own_words}\n\n{above}\n\n{quoted}\n")
    lines, quoted_lines = (escape(text).replace("\n", "<br>") for text in (own_words, letter.text))
    mail.add_alternative(
        f'<div dir="ltr">{lines}</div><br><div class="gmail_quote"><div dir="ltr" '
        f'class="gmail_attr">{escape(above)}<br></div><blockquote class="gmail_quote">'
        f"{quoted_lines}</blockquote></div>",
        subtype="html",
    )


def _as_outlook(mail: EmailMessage, own_words: str, letter: Letter) -> None:
    """The letter below, unmarked, with its head in the language of the program."""
    at = letter.mail.at.astimezone(ZONE)
    mail.set_content(
        f"{own_words}\n\n________________________________\nVan: {letter.sender}\n"
        f"Verzonden: {_day_dutch(at.date())} {at:%H:%M}\nAan: {letter.mail.recipient}\n"
        f"Onderwerp: {letter.mail.subject}\n\n{letter.text}\n"
    )


def _as_phone(mail: EmailMessage, own_words: str, letter: Letter) -> None:
    at = letter.mail.at.astimezone(ZONE)
    quoted = "\n".join(f"> {line}".rstrip() for line in letter.text.splitlines())
    mail.set_content(
        f"{own_words}\n\nVerstuurd vanaf mijn iPhone\n\n"
        f"> On {at.day} {at:%b %Y}, at {at:%H:%M}, {letter.sender} wrote:\n> \n{quoted}\n"
    )


def _mail(letter: Letter, at: datetime, *, to: str, subject: str) -> EmailMessage:
    mail = EmailMessage()
    recipient = letter.mail.recipient
    mail["From"] = recipient
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at.astimezone(ZONE))
    number, _, host = recipient.rpartition("@")
    mail["Message-ID"] = f"<{at:%Y%m%d%H%M%S%f}.{number}@{host}>"
    return mail


def _refer(mail: EmailMessage, letter: Letter) -> None:
    """RFC 5322 §3.6.4."""
    message_id = f"<{letter.mail.message_id}>"
    mail["In-Reply-To"] = message_id
    mail["References"] = " ".join([*letter.references, message_id])


def _chance(letter: Letter) -> Random:
    """The same words on every run."""
    return Random(f"words of {letter.mail.recipient} {letter.mail.number}")  # noqa: S311


def _day_dutch(day: date) -> str:
    weekday, month = words.WEEKDAYS_DUTCH[day.weekday()], words.MONTHS_DUTCH[day.month - 1]
    return f"{weekday} {day.day} {month} {day.year}"
