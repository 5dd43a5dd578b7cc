"""Tracked links, the way out and the pixel in sanitised HTML (pure)."""

import pytest

from campaigns import marking
from templates_app.sanitising import mail_document

OPT_OUT = "https://mail.example/unsubscribe?m=1&t=x"


def body(html: str) -> str:
    return mail_document(html)


def test_web_links_of_the_body_are_found_once_each_in_order() -> None:
    html = body(
        '<style>a { color: red }</style><a class="b" href="https://a.nl/?x=1&amp;y=2">1</a>'
        "<A HREF='HTTP://b.nl' title=\"href=&quot;https://no.nl&quot;\">2</A>"
        '<a href="https://a.nl/?x=1&amp;y=2">3</a><a href="www.c.nl">4</a>'
    )
    assert marking.web_links(html) == ("https://a.nl/?x=1&y=2", "HTTP://b.nl", "https://www.c.nl")


@pytest.mark.parametrize(
    "html",
    [
        '<a href="mailto:a@b.nl">x</a>',
        '<a href="tel:+31201234567">x</a>',
        '<a href="#top">x</a>',
        '<a name="top">x</a>',
        '<img src="https://a.nl/x.png">',
        "<p>https://a.nl</p>",
        '<a href="https://">x</a>',
        '<a href="https://[">x</a>',
        '<a href="https://a.nl/x&#10;y">x</a>',
        f'<a href="https://a.nl/{"x" * 20_000}">x</a>',
    ],
)
def test_what_no_redirect_can_lead_to_stays_as_it_is(html: str) -> None:
    assert marking.web_links(body(html)) == ()


def test_only_the_links_that_are_replaced_change_and_what_surrounds_them_stays() -> None:
    html = body('<p><a style="color: red" href="https://a.nl/?x=1&amp;y=2">A</a> '
                '<a href="https://b.nl">B</a></p>')  # fmt: skip
    marked = marking.with_links(html, {"https://a.nl/?x=1&y=2": "https://t.nl/?m=1&l=2"})

    assert marked == html.replace("https://a.nl/?x=1&amp;y=2", "https://t.nl/?m=1&amp;l=2")


def test_a_way_out_is_put_below_the_body() -> None:
    html = marking.html_with_opt_out(body("<p>Dag</p>"), OPT_OUT)

    assert html.startswith(body("<p>Dag</p>").removesuffix("</body></html>"))
    assert html.endswith("</body></html>")
    assert 'href="https://mail.example/unsubscribe?m=1&amp;t=x"' in html
    assert ">Afmelden</a>" in html


def test_a_way_out_of_the_templates_own_is_enough() -> None:
    html = body(f'<a href="{OPT_OUT}">Stop</a>'.replace("&", "&amp;"))

    assert marking.html_with_opt_out(html, OPT_OUT) == html
    assert marking.text_with_opt_out(f"Stop: {OPT_OUT}", OPT_OUT) == f"Stop: {OPT_OUT}"


def test_the_text_part_has_a_way_out_of_its_own() -> None:
    assert marking.text_with_opt_out("Dag", OPT_OUT) == (
        f"Dag\n\nWilt u geen e-mails meer van ons ontvangen? Afmelden:\n{OPT_OUT}"
    )


def test_the_pixel_is_the_last_thing_in_the_body() -> None:
    html = marking.html_with_pixel(
        body("<p>Dag</p>"), "https://mail.example/track/open.gif?m=1&t=x"
    )

    assert html.endswith(
        '<img src="https://mail.example/track/open.gif?m=1&amp;t=x" width="1" height="1" alt="" '
        'style="display:block;border:0"></body></html>'
    )
