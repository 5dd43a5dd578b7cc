from __future__ import annotations

import time

import pytest

from tests.tracking.inbox.letters import a_reply
from tests.tracking.reading import mails
from tracking.inbox.originals import below, original_of
from tracking.models import InboundMail

pytestmark = pytest.mark.django_db
QUOTE = "Op ma 1 juni 2026 om 09:12 schreef Victor <victor@elders.nl>:\n> Dag Piet\n> Ja?"
HTML = "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("own", "whole", "expected"),
    [
        ("Graag!", f"Graag!\n\n{QUOTE}", QUOTE),
        ("Graag!\n\nPiet", f"\nGraag!\nPiet\n\n\n{QUOTE}\n", QUOTE),
        ("Graag!", "Graag!", ""),
        ("Ja.\nNee.", "> Komt u?\nJa.\n> Zeker?\nNee.", "> Komt u?\nJa.\n> Zeker?\nNee."),
        ("", QUOTE, QUOTE),
        ("Graag  meer", "Graag meer\n-- \nPiet", "-- \nPiet"),
    ],
)
def test_below_the_own_words_stands_the_rest(own: str, whole: str, expected: str):
    assert below(own, whole) == expected


def test_quoted_text_is_kept_from_the_words_and_is_there():
    inbound = a_reply(f"Graag!\n\n{QUOTE}\n")
    assert inbound.text == "Graag!"
    assert original_of(inbound).below == QUOTE


HOSTILE = """\
<html><head><title>x</title><style>@import url(https://evil.nl/a.css)</style></head>
<body onload="alert(1)" background="https://evil.nl/b.png"><script>alert(2)</script>
<p style="background:url(https://evil.nl/c.png)" onclick="alert(3)">Dag <b>Christian</b></p>
<img src="https://evil.nl/pixel.gif" onerror="alert(4)"><a href="javascript:alert(5)">hier</a>
<a href="https://evil.nl/login">inloggen</a><iframe src="https://evil.nl"></iframe>
<form action="https://evil.nl"><input name="password"></form><svg onload="alert(6)"></svg>
<meta http-equiv="refresh" content="0;url=https://evil.nl"><base href="https://evil.nl">
<link rel="stylesheet" href="https://evil.nl/d.css"><object data="https://evil.nl"></object>
<math><mtext><mglyph><style><img src=x onerror=alert(7)></style></mglyph></mtext></math></body>
"""


def test_of_hostile_html_the_words_are_left():
    html = original_of(a_reply(HOSTILE, content_type=HTML)).html
    assert "<p>Dag <b>Christian</b></p>" in html
    assert "inloggen" in html
    for danger in ("evil", "alert", "script", "<img", "style", "href", "<form", "<input"):
        assert danger not in html.lower(), danger
    assert "=" not in html  # no attribute at all


def test_a_page_made_to_hang_does_not():
    began = time.monotonic()
    inbound = a_reply("<div>" * 30_000 + "Graag", content_type=HTML)
    original_of(inbound)
    assert time.monotonic() - began < 20


def test_where_the_raw_mail_is_gone_nothing_is_made_up():
    inbound = a_reply(f"Graag!\n\n{QUOTE}\n")
    InboundMail.objects.update(raw=None)
    found = original_of(inbound)
    assert (found.below, found.html, found.reply_to, found.attachments) == ("", "", "", ())


def test_attachments_are_named_and_not_opened():
    body = (
        "--x\nContent-Type: text/plain\n\nZie bijlage.\n--x\n"
        'Content-Type: application/pdf; name="prijzen.pdf"\n'
        "Content-Disposition: attachment\n\nJVBERi0=\n--x--\n"
    )
    inbound = a_reply(body, content_type='multipart/mixed; boundary="x"')
    assert original_of(inbound).attachments == ("prijzen.pdf",)


def test_of_a_huge_mail_the_beginning_is_read():
    inbound = a_reply("Graag!\n\n" + "> regel\n" * 400_000)
    assert len(mails.mail(inbound.text)) < 1_000_000
    assert original_of(inbound).below.startswith("> regel")
