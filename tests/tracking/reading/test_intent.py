from __future__ import annotations

import pytest

from tracking.reading.intent import intent_of

WRITTEN = [
    ("Dat klinkt interessant, stuur maar wat meer informatie.", "interested"),
    ("Wat kost dit ongeveer?", "interested"),
    ("Graag ontvang ik een offerte.", "interested"),
    ("Sounds good, tell me more.", "interested"),
    ("How much is it?", "interested"),
    ("Das klingt gut, gerne mehr Informationen.", "interested"),
    ("Kunnen we een afspraak maken voor volgende week?", "meeting"),
    ("Bel me morgen om 10 uur.", "meeting"),
    ("Let's schedule a call on Thursday.", "meeting"),
    ("I'm interested, can we set up a meeting?", "meeting"),
    ("Rufen Sie mich bitte an.", "meeting"),
    ("Nee bedankt, wij hebben geen interesse.", "not_interested"),
    ("Wij zijn niet geïnteresseerd.", "not_interested"),
    ("Geen behoefte aan, wij hebben al een bureau.", "not_interested"),
    ("No thanks, we're not interested.", "not_interested"),
    ("We already have an agency for this.", "not_interested"),
    ("Kein Interesse.", "not_interested"),
    ("Non merci, pas intéressé.", "not_interested"),
    ("Nee.", "not_interested"),
    ("Ja graag!", "interested"),
    ("Wij zijn al voorzien.", "not_interested"),
    ("Ik ben tot eind augustus op vakantie.", "out_of_office"),
    ("Ik stuur dit door aan mijn collega.", "none"),
    ("", "none"),
]


@pytest.mark.parametrize(("text", "intent"), WRITTEN)
def test_what_a_person_wants_is_guessed_by_words(text, intent):
    assert intent_of(text).value == intent
