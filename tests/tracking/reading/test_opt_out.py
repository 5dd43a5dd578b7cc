from __future__ import annotations

import pytest

from tests.tracking.reading.mails import mail, reply
from tracking.reading import Intent, Kind, SignedReference, read_mail

TOKEN = "abcdefghijklmnopqrstuv"

NO_MORE = [
    "STOP",
    "stop",
    "Stop.",
    "Afmelden",
    "afmelden aub",
    "Uitschrijven",
    "Unsubscribe",
    "Please remove me from your list.",
    "Geen interesse, haal mij van de lijst",
    "Goedendag,\n\nKunt u mij uitschrijven voor deze mails?",
    "Beste Victor,\nWilt u ons adres verwijderen uit uw bestand?",
    "Verwijder mijn e-mailadres uit uw database.",
    "Stuur mij geen mails meer.",
    "Wij willen geen e-mails meer ontvangen van u.",
    "Mail mij niet meer!",
    "Stop met mailen",
    "Wilt u mij van uw lijst halen?",
    "Kunt u ons van de mailinglijst halen?",
    "Haal mij s.v.p. van de lijst.",
    "Wilt u mijn adres s.v.p. verwijderen uit uw bestand?",
    "Verwijder mij a.u.b. van deze lijst",
    "Zou u mijn e-mailadres uit jullie adressenbestand willen halen?",
    "Graag van de lijst verwijderen, wij hebben al een bureau.",
    "Ik wil van uw mailinglijst af.",
    "S.v.p. afmelden",
    "Please take us a.s.a.p. off your list",
    "Please stop emailing me",
    "Do not contact me again.",
    "Take us off your mailing list",
    "I want to unsubscribe",
    "No more emails please",
    "not interested, remove me",
    "Hoe komt u aan mijn adres? Graag verwijderen.",
    "Hou op met die spam!",
    "Bel mij niet meer.",
    "Bitte nehmen Sie mich aus dem Verteiler.",
    "Abmelden",
    "Keine weiteren E-Mails bitte",
    "Désinscription",
    "Merci de me désinscrire",
    "Retirez-moi de votre liste.",
]
GO_ON = [
    "Graag, bel me morgen.",
    "Waar stopt de trein? Wij zitten naast de bushalte.",
    "Stop er niet mee, dit is leuk. Bel gerust.",
    "Kunnen gasten zich bij jullie ook afmelden? Daar zoeken we iets voor.",
    "Please don't unsubscribe me, I am interested.",
    "Geen interesse, bedankt.",
    "Not interested.",
    "We hebben geen mail ontvangen van uw collega.",
    "How many mails do you send before people unsubscribe?",
    "We willen onze website verwijderen en opnieuw laten bouwen.",
    "Wilt u mij niet van de lijst halen? Ik wil er later op terugkomen.",
    "Kunt u ons helpen meer uit de database te halen?",
    "Kunt u ons het beste uit uw lijst laten zien?",
    "Bel ons s.v.p. morgen. De lijst met vragen stuur ik nog.",
]


@pytest.mark.parametrize("text", NO_MORE)
def test_who_says_no_more_is_understood(text):
    read = read_mail(reply(text))
    assert (read.kind, read.intent) == (Kind.UNSUBSCRIBE, Intent.UNSUBSCRIBE)


@pytest.mark.parametrize("text", GO_ON)
def test_who_says_something_else_is_not_opted_out(text):
    assert read_mail(reply(text)).kind is Kind.REPLY


def test_the_opt_out_link_that_they_quote_is_not_their_wish():
    text = (
        "Graag!\n\nOp ma 3 aug 2026 schreef Victor <v@x.nl>:\n> STOP\n> Afmelden: antwoord STOP\n"
    )
    assert read_mail(reply(text)).kind is Kind.REPLY


def test_our_opt_out_mail_carries_its_proof():
    raw = mail("", subject=f"unsubscribe.4711.{TOKEN}")
    read = read_mail(raw)
    assert read.kind is Kind.UNSUBSCRIBE
    assert read.references.signed == (SignedReference("unsubscribe", 4711, TOKEN),)


def test_a_token_of_another_length_proves_nothing():
    read = read_mail(mail("", subject=f"unsubscribe.4711.{TOKEN}x"))
    assert read.references.signed == ()


def test_a_program_opts_nobody_out_by_word():
    raw = mail("Stop", subject="Afwezig", headers="Auto-Submitted: auto-replied\n")
    assert read_mail(raw).kind is Kind.AUTO_REPLY
