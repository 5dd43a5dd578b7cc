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
