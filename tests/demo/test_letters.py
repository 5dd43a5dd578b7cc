from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailsuite.demo.letters import Page, read_letter
from tests.demo.letters import campaign_mail

AT = datetime(2026, 3, 23, 7, tzinfo=UTC)
SENDER = "christian@punthelder-seo.example"


def test_a_mail_is_read_from_its_bytes():
    letter = read_letter(
        campaign_mail("Zoe@Cafe-Rene.example", number=3), SENDER, "Zoe@Cafe-Rene.example", AT
    )
    assert letter.mail.at == AT
    assert letter.mail.number == 3
    assert letter.mail.message_id == letter.mail.campaign_message_id == "m3@punthelder-seo.example"
    assert letter.mail.recipient == "zoe@cafe-rene.example"
    assert letter.mail.domain == "punthelder-seo.example"
    assert letter.mail.subject == "Vindbaarheid van Hôtel de l’Été"
    assert letter.return_path == SENDER
    assert letter.references == ("<m1@punthelder-seo.example>", "<m2@punthelder-seo.example>")
    assert letter.text == "Beste Zoë"


def test_its_picture_its_links_and_all_ways_out_are_found():
    letter = read_letter(
        campaign_mail("zoe@x.example", web="https://m.example"), SENDER, "zoe@x.example", AT
    )
    assert letter.pixel == "https://m.example/track/open.gif?m=7&t=o"
    assert letter.links == ("https://m.example/track/click?m=7&l=1&t=c",)
    assert letter.one_click == "https://m.example/unsubscribe?m=7&t=header"
    assert letter.opt_out == "https://m.example/unsubscribe?m=7&t=body"
    assert letter.opt_out_mail == ("u@x.example", "u.7")


def test_a_mail_without_a_way_out_is_no_campaign_mail():
    without = campaign_mail("zoe@x.example").replace(b"List-Unsubscribe:", b"X-Nothing:")
    with pytest.raises(KeyError, match=r"mail to zoe@x\.example has no header List-Unsubscribe"):
        read_letter(without, SENDER, "zoe@x.example", AT)


def test_a_browser_knows_the_hidden_fields_of_a_form():
    page = Page.of('<form method="post"><input type="hidden" name="a" value="b"></form>')
    assert page.fields == {"a": "b"}
