# ruff: noqa: E501  the lines of others stand as they are
from __future__ import annotations

import pytest

from tests.tracking.reading.mails import reply
from tracking.reading import read_mail
from tracking.reading.own_words import own_words, quotes_something

OWN = "Goedendag,\n\nGraag meer informatie."
QUOTE = "> Goedemorgen\n> Afmelden kan hier: https://x.nl/unsubscribe"
BARE = "Goedemorgen\n\nAfmelden kan hier"

BELOW = {
    "Gmail, Dutch": f"Op ma 3 aug 2026 om 09:12 schreef Victor <v@x.nl>:\n\n{QUOTE}",
    "Gmail, broken": f"Op ma 3 aug 2026 om 09:12 schreef Victor van der Lange Naam <\nv@x.nl>:\n\n{QUOTE}",
    "Gmail, long names": f"Op donderdag 26 maart 2026 om 08:00 schreef Christian van Punthelder <christian@punthelder-vindbaarheid.nl>:\n\n{QUOTE}",
    "Gmail, English": f"On Mon, Aug 3, 2026 at 9:12 AM Victor <v@x.nl> wrote:\n\n{QUOTE}",
    "Gmail, German": f"Am Mo., 3. Aug. 2026 um 09:12 Uhr schrieb Victor <v@x.nl>:\n\n{QUOTE}",
    "Gmail, French": f"Le lun. 3 août 2026 à 09:12, Victor <v@x.nl> a écrit :\n\n{QUOTE}",
    "Apple, Dutch": f"> Op 3 aug. 2026 om 09:12 heeft Victor <v@x.nl> het volgende geschreven:\n> \n{QUOTE}",
    "Thunderbird": f"Op 3-8-2026 om 09:12 schreef Victor:\n{QUOTE}",
    "not marked": f"On Mon, Aug 3, 2026 at 9:12 AM Victor <v@x.nl> wrote:\n\n{BARE}",
    "Outlook, Dutch": f"Van: Victor <v@x.nl>\nVerzonden: maandag 3 augustus 2026 09:12\nAan: Jan\nOnderwerp: Vindbaarheid\n\n{BARE}",
    "Outlook, English": f"________________________________\nFrom: Victor <v@x.nl>\nSent: Monday\nTo: Jan\nSubject: Vindbaarheid\n\n{BARE}",
    "Outlook, German": f"Von: Victor\nGesendet: Montag, 3. August 2026\nAn: Jan\nBetreff: Vindbaarheid\n\n{BARE}",
    "Outlook, French": f"De : Victor\nEnvoyé : lundi 3 août 2026\nÀ : Jan\nObjet : Vindbaarheid\n\n{BARE}",
    "original message": f"-----Oorspronkelijk bericht-----\nVan: Victor\nVerzonden: maandag\n\n{BARE}",
    "bold heads": f"*Van:* Victor <v@x.nl>\n*Verzonden:* maandag\n*Aan:* Jan\n\n{BARE}",
}  # fmt: skip


@pytest.mark.parametrize("below", BELOW.values(), ids=BELOW.keys())
def test_the_mail_below_is_cut_off(below):
    text = f"{OWN}\n\n{below}\n"
    assert own_words(text) == OWN
    assert quotes_something(text)


def test_answers_between_and_below_the_quote_are_kept():
    text = "On Mon, Aug 3, 2026 Victor <v@x.nl> wrote:\n> Interested?\nYes.\n> When?\nTuesday.\n"
    assert own_words(text) == "Yes.\nTuesday."


def test_the_signature_mark_ends_what_somebody_wrote():
    assert own_words("Graag!\n-- \nJan\nStop onze mail nooit") == "Graag!"


def test_a_phones_line_above_the_quote_is_no_end():
    text = "Prima\n\nVerstuurd vanaf mijn iPhone\n\n> Op 3 aug. schreef Victor\n> Hallo\n\nJan"
    assert own_words(text) == "Prima\n\nJan"


@pytest.mark.parametrize(
    "text", ["Graag.\n\nVan: ons allen bedankt", "Let op: dit werkt.\nOp tijd: ja", "a -- b"]
)
def test_what_only_looks_like_a_quote_stays(text):
    assert own_words(text) == text
    assert not quotes_something(text)


def test_of_html_only_what_stands_before_the_quote_is_read():
    page = (
        "<html><head><style>p {color: red}</style></head><body><p>Graag meer&nbsp;informatie</p>"
        '<div class="gmail_quote"><blockquote>Afmelden</blockquote></div></body></html>'
    )
    read = read_mail(reply(page, content_type="text/html; charset=utf-8"))
    assert read.own_text == "Graag meer informatie"
