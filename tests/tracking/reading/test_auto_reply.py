from __future__ import annotations

from datetime import date

import pytest

from tests.tracking.reading.mails import RECIPIENT, auto_reply, mail, reply
from tracking.reading import AutoReplySort, Intent, Kind, read_mail

SORTS = [
    ("Ik ben met vakantie tot en met 14 augustus.", "out_of_office"),
    ("I am currently out of the office with limited access to email.", "out_of_office"),
    ("Ich bin derzeit nicht im Büro.", "out_of_office"),
    ("Je suis actuellement en congés.", "out_of_office"),
    ("Jan de Vries is niet meer werkzaam bij Hotel Zon. Mail info@hotel-zon.nl.", "left_company"),
    ("Dit e-mailadres is niet meer in gebruik. Mail naar info@hotel-zon.nl.", "left_company"),
    ("Please note that I no longer work for Hotel Zon.", "left_company"),
    ("Herr Maier ist nicht mehr bei uns tätig.", "left_company"),
    ("Je ne fais plus partie de la société.", "left_company"),
    ("Please click the link below to have your message delivered to my inbox.", "challenge"),
    ("Bedankt voor uw bericht. Wij nemen zo snel mogelijk contact op.", "acknowledgement"),
    ("Thank you for contacting us. Your ticket number is 123.", "acknowledgement"),
    ("Vielen Dank für Ihre Nachricht.", "acknowledgement"),
]


@pytest.mark.parametrize(("text", "sort"), SORTS)
def test_a_marked_auto_reply_is_sorted(text, sort):
    raw = mail(text, subject="Vindbaarheid", headers="Auto-Submitted: auto-replied\n")
    read = read_mail(raw)
    assert (read.kind, read.auto_reply.value) == (Kind.AUTO_REPLY, sort)


LEFT = [
    "Per 1 mei ben ik gestopt bij De Zon BV. Neem voor vragen contact op met Kim.",
    "Jan werkt sinds 1 mei niet meer voor De Zon.",
    "Mijn dienstverband bij De Zon is beëindigd.",
    "Karin maakt geen deel meer uit van ons team.",
    "Deze mailbox wordt niet langer gelezen. Gebruik voortaan info@zon.nl.",
    "I have left Acme Corporation. Please contact Kim.",
    "John Smith is no longer an employee of Acme. This mailbox is not monitored.",
    "I've moved on from Acme.",
    "Sarah is no longer at Acme.",
    "Today is my final day with Acme, so from tomorrow contact Kim.",
    "My employment with Acme has ended.",
    "Kim doesn't work with us any more.",
    "Friday 31 July was my last day at Acme.",
    "Herr Maier ist nicht mehr für unser Unternehmen tätig.",
    "Ich habe das Unternehmen zum 30.06. verlassen.",
    "Ich arbeite nicht mehr für Muster.",
    "Diese E-Mail-Adresse wird nicht mehr verwendet.",
    "Jean n'est plus salarié de la société.",
    "Marie Durand a quitté notre société le 30 juin.",
    "J'ai pris ma retraite.",
]


@pytest.mark.parametrize("subject", ["Automatic reply: Vindbaarheid", "Vindbaarheid"])
@pytest.mark.parametrize("text", LEFT)
def test_who_has_left_is_told_in_many_words(text, subject):
    read = read_mail(auto_reply(text, subject=subject))
    assert (read.auto_reply, read.is_unclear) == (AutoReplySort.LEFT_COMPANY, False)


@pytest.mark.parametrize(
    "text",
    [
        "Vandaag werk ik niet meer, morgen ben ik er weer.",
        "I have left the office for the day and will be back tomorrow.",
        "Ich bin heute nicht mehr im Büro.",
        "Ik ben met vakantie. Jan werkt niet meer bij ons; mail Kim bij spoed.",
        "I am on maternity leave. Kim has taken over my work.",
    ],
)
def test_who_is_away_for_a_time_has_not_left(text):
    assert read_mail(auto_reply(text)).auto_reply is AutoReplySort.OUT_OF_OFFICE


@pytest.mark.parametrize(
    "text",
    [
        "Dank voor je mail! Vanaf 17 augustus zit ik weer achter mijn bureau.",
        "Ik zit tot 17 augustus in Spanje.",
        "We're recharging and back on August 17.",
    ],
)
def test_a_day_of_return_is_enough_for_an_absence(text):
    read = read_mail(auto_reply(text, subject="Vindbaarheid"))
    assert (read.auto_reply, read.return_date) == ("out_of_office", date(2026, 8, 17))


def test_an_automatic_reply_that_only_names_somebody_else_is_unclear():
    read = read_mail(auto_reply("Mails voor Jan gaan naar kim@zon.nl."))
    assert (read.auto_reply, read.is_unclear) == (AutoReplySort.OUT_OF_OFFICE, True)
    assert not read_mail(auto_reply("Tot gauw.")).is_unclear


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Sounds great, can you call me tomorrow at 10?", Intent.MEETING),
        ("Geen interesse.", Intent.NOT_INTERESTED),
    ],
)
@pytest.mark.parametrize("mark", ["auto-generated", "auto-replied"])
def test_words_of_a_person_that_a_system_marked_are_unclear(text, intent, mark):
    read = read_mail(reply(text, headers=f"Auto-Submitted: {mark}\nIn-Reply-To: <a@x.nl>\n"))
    assert (read.kind, read.auto_reply) == (Kind.AUTO_REPLY, AutoReplySort.ACKNOWLEDGEMENT)
    assert (read.intent, read.is_unclear) == (intent, True)


@pytest.mark.parametrize(
    "text", ["Uw ticket is aangemaakt.", "Dit is een automatisch bericht: bel ons gerust."]
)
def test_words_of_a_machine_are_clear(text):
    read = read_mail(reply(text, headers="Auto-Submitted: auto-generated\n"))
    assert (read.intent, read.is_unclear) == (Intent.NONE, False)


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("This is an automatic reply. I am out of the office until 17 August.", "out_of_office"),
        ("Dit is een automatisch gegenereerd bericht. Ik ben met vakantie.", "out_of_office"),
        ("Ich bin im Urlaub. Ihre E-Mail wird nicht weitergeleitet.", "out_of_office"),
        ("Je suis en congés. Votre message ne sera pas transféré.", "out_of_office"),
        ("Deze e-mail is automatisch verzonden. Ik ben afwezig.", "out_of_office"),
        ("This is an automated message. Jan is no longer with the company.", "left_company"),
        (
            "Thank you for your email. I am out of the office. For urgent matters call me on 123.",
            "out_of_office",
        ),
        (
            "I apologize for this automatic reply. To control spam, I now allow incoming messages "
            "only from senders I have approved beforehand.",
            "challenge",
        ),
    ],
)
def test_a_notice_that_says_so_is_one_in_an_answer_too(text, sort):
    assert read_mail(reply(text)).auto_reply == sort


SUBJECTS = [
    "Automatisch antwoord: Vindbaarheid",
    "Automatic reply: Vindbaarheid",
    "Automatische Antwort: Vindbaarheid",
    "Réponse automatique : Vindbaarheid",
    "Out of Office: Vindbaarheid",
    "Afwezig: Vindbaarheid",
    "Abwesenheitsnotiz: Vindbaarheid",
    "Absence du bureau : Vindbaarheid",
    "=?utf-8?q?R=C3=A9ponse_automatique?=",
    "Autoreply: Vindbaarheid",
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_that_only_programs_write_is_enough(subject):
    read = read_mail(mail("Tot gauw.", subject=subject))
    assert (read.kind, read.auto_reply) == (Kind.AUTO_REPLY, AutoReplySort.OUT_OF_OFFICE)


@pytest.mark.parametrize(
    "header",
    [
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "X-Autorespond: away",
        "Auto-Submitted: auto-generated",
    ],
)
def test_headers_that_only_programs_set_are_enough(header):
    raw = mail("Tot gauw.", subject="Vindbaarheid", headers=f"{header}\n")
    assert read_mail(raw).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "raw",
    [
        reply("Graag, bel me morgen.", headers="X-Auto-Response-Suppress: All\n"),
        reply("Graag.", headers="Auto-Submitted: no\n"),
        reply("Ik ben volgende week op vakantie, bel me daarna even."),
        reply("Onze auto staat voor de deur.", subject="Re: auto: een vraag"),
        reply("I'm out of office right now, but yes: call me on Monday."),
        reply("Is this an automated message? I am on vacation, but interested."),
        reply("Dit lijkt me een automatisch bericht. Ik ben op vakantie, stop ermee."),
        reply("Thank you for your email. I'm on leave. For urgent matters call me: 06-12345678?"),
        reply("Could you confirm your email address? Then I will send you the contract."),
        reply("Can you confirm that you are a real person? Then call me.", subject="Vindbaarheid"),
        reply("Graag, bel me.", subject="Re[2]: Uw gasten zijn op vakantie"),
        reply("Gerne, rufen Sie mich an.", subject="Antwort: Gäste im Urlaub"),
        reply("Graag, bel me.", subject="Re: Automatisch antwoord: Vindbaarheid"),
        reply("Graag, bel me.", subject="Betr: Uw gasten met vakantie"),
        reply("Volontiers, appelez-moi.", subject="Réponse : Vos clients en vacances"),
        reply("Graag, bel me.", subject="Wie is er op vakantie in uw hotel?"),
    ],
)
def test_a_person_is_never_taken_for_a_program(raw):
    read = read_mail(raw)
    assert (read.kind, read.auto_reply) == (Kind.REPLY, None)


def test_an_unmarked_notice_is_known_by_its_sentences():
    raw = mail(
        "Ik ben afwezig tot 17 augustus. Voor dringende zaken kunt u contact opnemen met Piet.",
        subject="Vindbaarheid van Hotel Zon",
    )
    assert read_mail(raw).auto_reply is AutoReplySort.OUT_OF_OFFICE


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Afwezig: Vindbaarheid", "Tot gauw."),
        ("Met vakantie tot 17 augustus", "Ik ben afwezig tot 17 augustus."),
        ("Vindbaarheid", "Ik ben afwezig tot 17 augustus. Bij spoed: kunt u terecht bij Piet."),
    ],
)
def test_an_unmarked_notice_that_names_our_mail_is_known_by_its_own_words(subject, text):
    raw = reply(text, subject=subject)
    assert read_mail(raw).auto_reply is AutoReplySort.OUT_OF_OFFICE


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("Please verify that you are a person.", "Return-Path: <>\nIn-Reply-To: <a@x.nl>\n"),
        ("This account is protected by Bluebottle. Click on the link.", "In-Reply-To: <a@x.nl>\n"),
        ("Please verify that you are a person.", ""),
    ],
)
def test_a_mailbox_guard_is_known_though_it_marks_nothing(text, headers):
    raw = mail(text, subject="Vindbaarheid", headers=headers)
    assert read_mail(raw).auto_reply is AutoReplySort.CHALLENGE


def test_the_return_date_stands_relative_to_the_mails_own_date():
    read = read_mail(auto_reply("Ik ben terug op maandag 17 augustus."))
    assert read.return_date == date(2026, 8, 17)
    assert read.intent is Intent.OUT_OF_OFFICE


def test_a_person_who_is_away_is_a_reply_with_a_date():
    read = read_mail(reply("Ik ben tot 17 augustus met vakantie."))
    assert (read.kind, read.intent) == (Kind.REPLY, Intent.OUT_OF_OFFICE)
    assert read.return_date == date(2026, 8, 17)


def test_a_date_in_the_quoted_mail_is_not_the_return_date():
    text = f"Ik ben afwezig.\n\nOp ma 3 aug 2026 schreef {RECIPIENT}:\n> terug op 17 augustus\n"
    assert read_mail(auto_reply(text)).return_date is None


def test_who_left_the_company_has_no_return_date():
    read = read_mail(auto_reply("I no longer work here. Back on 17 August."))
    assert (read.auto_reply, read.return_date) == (AutoReplySort.LEFT_COMPANY, None)


def test_a_read_receipt_is_no_reply():
    raw = mail(
        "--x\nContent-Type: text/plain\n\nUw bericht is gelezen.\n--x\n"
        "Content-Type: message/disposition-notification\n\nDisposition: manual-action/"
        "MDN-sent-manually; displayed\n--x--\n",
        subject="Gelezen: Vindbaarheid",
        content_type='multipart/report; report-type=disposition-notification; boundary="x"',
    )
    read = read_mail(raw)
    assert (read.kind, read.auto_reply) == (Kind.AUTO_REPLY, AutoReplySort.ACKNOWLEDGEMENT)
