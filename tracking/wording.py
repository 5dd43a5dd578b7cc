"""The words of the opt-out page, in the languages that it speaks."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation.trans_real import parse_accept_lang_header


@dataclass(frozen=True, slots=True)
class Wording:
    """`{address}` and `{sender}` are filled in by the page."""

    language: str  # BCP 47, for <html lang>
    ask_title: str
    ask_text: str
    ask_button: str
    done_title: str
    done_text: str
    broken_title: str
    broken_text: str


ENGLISH = Wording(
    language="en",
    ask_title="Stop these e-mails?",
    ask_text="You get e-mail from {sender} at {address}. One click and that is over.",
    ask_button="Yes, unsubscribe me",
    done_title="You are unsubscribed",
    done_text="{address} gets no more e-mail from us. You need not do anything else.",
    broken_title="This link is not complete",
    broken_text=(
        "Part of the address may have been cut off. Open the link in the e-mail once more, or "
        "answer that e-mail with the word “unsubscribe”."
    ),
)
DUTCH = Wording(
    language="nl",
    ask_title="Geen e-mail meer ontvangen?",
    ask_text="U ontvangt e-mail van {sender} op {address}. Met één klik stopt dat.",
    ask_button="Ja, meld mij af",
    done_title="U bent afgemeld",
    done_text="{address} krijgt geen e-mail meer van ons. U hoeft verder niets te doen.",
    broken_title="Deze link is niet volledig",
    broken_text=(
        "Misschien is een deel van het adres weggevallen. Open de link in de e-mail nog eens, "
        "of beantwoord die e-mail met het woord “afmelden”."
    ),
)
_LANGUAGES = {wording.language: wording for wording in (ENGLISH, DUTCH)}


def wording_for(accept_language: str) -> Wording:
    """The best that an Accept-Language header (RFC 9110 §12.5.4) asks for; else English."""
    for code, _ in parse_accept_lang_header(accept_language.lower()):
        if wording := _LANGUAGES.get(code.partition("-")[0]):
            return wording
    return ENGLISH
