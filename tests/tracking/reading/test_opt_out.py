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
    "Gelieve mij niet meer te contacteren.",
    "Gelieve me niet meer te mailen",
    "Kunt u mij van de lijst halen?",
    "Wilt u mij uit uw bestand verwijderen?",
    "Wilt u mijn gegevens uit uw systeem verwijderen? AVG.",
    "Ik wil geen mails van jullie.",
    "Wij wensen geen verdere e-mails te ontvangen",
    "Ik heb al eerder gezegd dat ik geen mails meer wil ontvangen.",
    "Ik wil niet meer per mail benaderd worden.",
    "Verwijder mijn e-mailadres.",
    "Geen interesse, en stuur me alstublieft niks meer.",
    "U mag mij uitschrijven",
    "Stop hiermee!",
    "Laat me met rust",
    "Wilt u stoppen met mailen?",
    "Not interested. Please do not email again.",
    "Don't contact me.",
    "Don't send me any more emails",
    "I'd like to opt out of your emails",
    "Lose my number",
    "Bitte löschen Sie meine Daten.",
    "Bitte schreiben Sie mir nicht mehr",
    "Bitte von weiteren Mails absehen",
    "Ich möchte keine E-Mails mehr von Ihnen erhalten",
    "Lassen Sie mich in Ruhe!",
    "Merci de me retirer de votre liste.",
    "Merci de ne plus m'envoyer de mails",
    "Merci de ne plus me contacter",
    "Arrêtez de m'envoyer des mails",
    "Je ne souhaite plus recevoir vos mails.",
    "Stop aux mails svp",
    "Plus de mails, merci.",
    "Ik wil geen reclame meer ontvangen",
    "Mag ik van de mailinglijst af?",
    "AVG: verwijder onze gegevens",
    "We do not wish to receive further emails",
    "Please delete my data",
    "Kindly delete my email address from your database",
    "Veuillez ne plus m'écrire",
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
    "Ich habe noch keine E-Mail mit dem Angebot erhalten, bitte senden.",
    "Wir haben keine Mails mehr bekommen. Bitte nochmals senden, sehr interessant!",
    "Ik wil je graag spreken want ik heb geen mail van je ontvangen",
    "Ik heb geen mail meer van u ontvangen, stuurt u de offerte nog?",
    "Bel me niet, mail mij graag de offerte.",
    "Bel mij niet voor 10 uur, graag daarna",
    "Mail me niet te laat, graag een afspraak",
    "Mail me niet meer dan één voorbeeld.",
    "Stuur mij geen mail, bel liever.",
    "Don't send me the PDF, send the Word version",
    "Don't write me off yet, call me",
    "Don't email me. Call me tomorrow at ten.",
    "I would opt out of option A and take option B, send the contract",
    "Please delete my old address in your system, use jan@x.nl. We are interested.",
    "Verwijder dit adres uit het systeem en gebruik voortaan jan@hotel.nl.",
    "Haal mijn collega erbij, die heeft het bestand.",
    "Stop de offerte maar in de mail!",
    "Onze gasten kunnen ons niet meer mailen, helpt u?",
    "Wir machen keine Werbung, aber interessant.",
    "Plus de message d'erreur, parfait. Envoyez le devis.",
    "Envoyez-moi plus de mails comme celui-ci.",
    "Wilt u mij uitschrijven wat het kost?",
    "Ik wil graag dat gasten zich online kunnen afmelden",
    "Kunt u onze oude pagina's verwijderen uit het systeem?",
    "Haal ons op van het station, de lijst met treinen volgt",
    "We hebben geen berichten meer van u gehad",
    "Can you remove my old page from the system and build a new one?",
    "Please take this address off the booking page and add it to the contact list",
    "Can you take us through the database options?",
    "Drop us a line, our address is Damrak 1",
    "Please don't hesitate to contact me again",
    "Please don't contact us before Monday",
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


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-generated",
        "X-Autogenerated: yes",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "List-Unsubscribe: <https://x.nl>",
        "List-Id: <x.nl>",
    ],
)
def test_our_opt_out_mail_counts_also_where_a_machine_has_sent_it(header):
    read = read_mail(mail("", subject=f"unsubscribe.4711.{TOKEN}", headers=f"{header}\n"))
    assert (read.kind, read.intent) == (Kind.UNSUBSCRIBE, Intent.UNSUBSCRIBE)
    assert read.references.signed == (SignedReference("unsubscribe", 4711, TOKEN),)


def test_a_token_of_another_length_proves_nothing():
    read = read_mail(mail("", subject=f"unsubscribe.4711.{TOKEN}x"))
    assert read.references.signed == ()


def test_a_program_opts_nobody_out_by_word():
    raw = mail("Stop", subject="Afwezig", headers="Auto-Submitted: auto-replied\n")
    assert read_mail(raw).kind is Kind.AUTO_REPLY


def test_words_of_opting_out_in_a_mail_that_a_machine_marked_are_noted():
    raw = reply("Haal mij van de lijst.", headers="Auto-Submitted: auto-generated\n")
    read = read_mail(raw)
    assert (read.kind, read.intent) == (Kind.AUTO_REPLY, Intent.UNSUBSCRIBE)
