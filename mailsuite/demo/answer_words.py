"""What recipients write when they answer, and what their programs write when they are away."""

from __future__ import annotations

ANSWERS = (
    "Dag,\n\nInteressant. Wat kost zo'n verbetering ongeveer voor een zaak als de onze?",
    "Hallo,\n\nDit spreekt me wel aan. Kunnen we volgende week even bellen?",
    "Beste,\n\nDank voor het bericht. Wij hebben al een bureau dat dit voor ons doet.",
    "Nee, bedankt.",
    "Goedemorgen,\n\nHoe komen jullie aan deze cijfers? Ik herken ze niet helemaal.",
    "Ik heb het doorgestuurd naar onze eigenaar, die gaat hierover.",
    "Klinkt goed! Stuur maar een offerte.",
    "Hi,\n\nThanks for this. Could you tell me more about how long it takes to see a difference?",
    "Hello,\n\nWe are not interested right now, we have just had a new website made.",
    "Sounds interesting. I am free on Thursday afternoon for a call.",
)

ASKS_TO_STOP = (
    "Graag uitschrijven.",
    "Dag,\n\nHaal ons alstublieft van uw verzendlijst.",
    "Stop met mailen a.u.b.",
    "Ik wil geen mails meer ontvangen.",
    "STOP",
    "Please remove me from your list.",
    "Please do not contact me again.",
)

# Subject before that of the mail which is answered, and text; `{day}` is the day of the return.
ABSENCES_DUTCH = (
    (
        "Automatisch antwoord: ",
        "Bedankt voor uw bericht.\n\nIk ben met vakantie en lees mijn e-mail niet. Vanaf {day} "
        "ben ik weer bereikbaar.\n\nVoor dringende zaken kunt u onze receptie bellen.",
    ),
    (
        "Afwezig: ",
        "Hartelijk dank voor uw e-mail. Ik ben afwezig tot {day}. Uw bericht wordt niet "
        "doorgestuurd.",
    ),
)
ABSENCES_ENGLISH = (
    (
        "Automatic reply: ",
        "Thank you for your message.\n\nI am out of the office and will be back on {day}.",
    ),
)
MONTHS_DUTCH = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
    "oktober", "november", "december",
)  # fmt: skip
WEEKDAYS_DUTCH = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
