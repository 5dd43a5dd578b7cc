# ruff: noqa: E501  the lines of others stand as they are
"""Our own way out, below an answer, is never the answer."""

from __future__ import annotations

import pytest

from campaigns.marking import html_with_opt_out, text_with_opt_out
from tests.tracking.reading.mails import reply
from tracking.reading import Intent, Kind, SignedReference, read_mail
from tracking.reading.our_mail import before_our_mail

TOKEN = "abcdefghijklmnopqrstuv"
LINK = f"https://mail.punthelder-seo.nl/unsubscribe?m=4711&t={TOKEN}"
OURS = text_with_opt_out("Goedemorgen,\n\nWij zagen uw site.\n\nGroet, Victor", LINK)
OURS_IN_HTML = html_with_opt_out("<p>Goedemorgen,</p><p>Wij zagen uw site.</p>", LINK)
ANSWER = "Graag, belt u mij morgen?"
MARKED = "\n".join(f"> {line}" for line in OURS.split("\n"))
TITLE = "Victor <victor@punthelder-seo.nl>"

QUOTES = {
    "Outlook": f"Van: {TITLE}\nVerzonden: maandag 1 juni 2026 09:00\nAan: Receptie\nOnderwerp: Vindbaarheid\n\n{OURS}",
    "Outlook, Czech": f"________________________________\nOd: {TITLE}\nKomu: r\n\n{OURS}",
    "Gmail": f"Op ma 1 jun 2026 om 09:00 schreef {TITLE}:\n\n{MARKED}",
    "Apple": f"Verstuurd vanaf mijn iPhone\n\nOp 1 jun 2026 om 09:00 heeft {TITLE} het volgende geschreven:\n\n{OURS}",
    "Samsung": f"-------- Oorspronkelijk bericht --------\nVan: {TITLE}\nDatum: 01-06-2026\n\n{OURS}",
    "Notes, head": f"From:   {TITLE}\nTo:     r@h.nl\nDate:   01-06-2026 09:00\nSubject:        Vind\n\n{OURS}",
    "Notes, dashes": f"Victor ---01-06-2026 09:00:11---Goedemorgen, Wij zagen uw site\n\n{OURS}",
    "Orange": f'> Message du 01/06/26 09:00\n> De : "Victor"\n> A : r@h.fr\n\n{OURS}',
    "Orange, date first": f"envoyé : 1 juin 2026 à 09:00\nde : {TITLE}\nà : r@h.fr\nobjet : Vind\n\n{OURS}",
    "GMX": f"Gesendet: Montag, 1. Juni 2026 um 09:00 Uhr\nVon: {TITLE}\nAn: r@h.de\nBetreff: Vind\n\n{OURS}",
    "T-Online": f"-----Original-Nachricht-----\nBetreff: Vind\nDatum: 2026-06-01T09:00:00+0200\nVon: {TITLE}\nAn: r@h.de\n\n{OURS}",
    "T-Online, head alone": f"Betreff: Vind\nDatum: 2026-06-01T09:00:00+0200\nVon: {TITLE}\nAn: r@h.de\n\n{OURS}",
    "Open-Xchange": f"> Op 01-06-2026 09:00 CEST schreef {TITLE}:\n> \n>  \n{OURS}",
    "GroupWise": f">>> {TITLE} 1-6-2026 09:00 >>>\n{OURS}",
    "KPN": f"----Origineel Bericht----\nVan : v@p.nl\nDatum : 01/06/2026 09:00\n\n{OURS}",
    "ticket": f"##- Please type your reply above this line -##\n\n{OURS}",
    "Yahoo": f"    Op maandag 1 juni 2026 om 09:00:00 CEST heeft {TITLE} het volgende geschreven:  \n \n {OURS}",
}  # fmt: skip
UNKNOWN = {
    "not marked": OURS,
    "lines broken": OURS.replace("geen e-mails", "geen\n> e-mails"),
    "a head of no known kind": f"[Victor, 1-6 09:00]\n{OURS}",
}
IN_HTML = {
    "Outlook": f"<p>{ANSWER}</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>Van:</b> Victor</p></div>{OURS_IN_HTML}",
    "a table as head": f"<p>{ANSWER}</p><hr><table><tr><td>Van:</td><td>Victor</td></tr></table><div>{OURS_IN_HTML}</div>",
    "a rule": f"<div>{ANSWER}</div><hr>{OURS_IN_HTML}",
    "nothing": f"<div>{ANSWER}</div>{OURS_IN_HTML}",
}  # fmt: skip


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES.keys())
def test_an_answer_above_our_mail_is_read_alone(quote):
    read = read_mail(reply(f"{ANSWER}\n\n{quote}\n"))
    assert (read.kind, read.intent, read.own_text) == (Kind.REPLY, Intent.MEETING, ANSWER)


@pytest.mark.parametrize("quote", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_a_quote_that_nobody_can_tell_opts_nobody_out(quote):
    read = read_mail(reply(f"{ANSWER}\n\n{quote}\n"))
    assert (read.kind, read.intent) == (Kind.REPLY, Intent.MEETING)


@pytest.mark.parametrize("quote", [*QUOTES.values(), *UNKNOWN.values()])
def test_who_opts_out_above_our_mail_is_opted_out(quote):
    read = read_mail(reply(f"Mail mij niet meer.\n\n{quote}\n"))
    assert (read.kind, read.intent) == (Kind.UNSUBSCRIBE, Intent.UNSUBSCRIBE)


@pytest.mark.parametrize("page", IN_HTML.values(), ids=IN_HTML.keys())
def test_a_page_with_our_mail_below_opts_nobody_out(page):
    read = read_mail(reply(page, content_type="text/html; charset=utf-8"))
    assert (read.kind, read.intent) == (Kind.REPLY, Intent.MEETING)
    assert read.references.signed == (SignedReference("unsubscribe", 4711, TOKEN),)


def test_a_template_with_a_way_out_in_its_own_words_opts_nobody_out():
    ours = html_with_opt_out(
        f'<p>Goedemorgen</p><p>Stop met mailen? <a href="{LINK}">Ja</a></p>', LINK
    )
    raw = reply(f"<div>{ANSWER}</div>{ours}", content_type="text/html; charset=utf-8")
    assert read_mail(raw).kind is Kind.REPLY
    text = f"{ANSWER}\n\nGoedemorgen\n\nStop met mailen? Klik hier:\n{LINK}"
    assert read_mail(reply(text)).kind is Kind.REPLY


def test_a_link_that_a_filter_has_wrapped_is_still_ours():
    link = f"https://eur01.safelinks.example/?url=https%3A%2F%2Fm.nl%2Funsubscribe%3Fm%3D4711%26t%3D{TOKEN}&data=x"
    assert before_our_mail(f"Graag\n\nStop met mailen<{link}>") == "Graag"


def test_what_they_write_beside_our_link_is_theirs():
    read = read_mail(reply(f"Stop met mailen, {LINK} werkt niet."))
    assert read.kind is Kind.UNSUBSCRIBE


def test_an_answer_below_a_marked_line_alone_is_kept():
    text = "> Op 01-06-2026 09:00 schreef Victor <v@x.nl>:\n\nGraag, bel me.\n"
    assert read_mail(reply(text)).own_text == "Graag, bel me."
    text = f"## Please type above this line ##\n{ANSWER}\n"
    assert read_mail(reply(text)).own_text == ANSWER
