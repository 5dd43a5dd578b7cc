import pytest

from templates_app.rendering import render
from templates_app.sanitising import MAX_ELEMENTS, mail_document
from templates_app.values import RenderFailed
from tests.templates_app.mails import MARKETING, lead


def body(html: str) -> str:
    return mail_document(html).partition("<body>")[2].removesuffix("</body></html>")


TRACES = (
    "alert(", "script", "x.example", "127.0.0.1", "passwd", "onload", "onerror", "behavior",
    "binding", "<form", "<input", "<iframe", "<object", "<svg",
)  # fmt: skip


@pytest.fixture(scope="module")
def marketing() -> str:
    return render(MARKETING, lead()).html


def test_css_is_inlined_into_what_it_styles(marketing: str) -> None:
    assert (
        'style="display:inline-block;background:#0a66c2;color:#fff;padding:14px 28px"' in marketing
    )


def test_media_rules_stay_in_the_head_and_nothing_else_does(marketing: str) -> None:
    head = marketing.partition("<body")[0]
    assert head == (
        '<!DOCTYPE html><html lang="nl"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<style>@media (max-width: 600px) { .wrap { width: 100% !important } }</style></head>"
    )


def test_the_body_keeps_its_own_colours(marketing: str) -> None:
    assert '<body bgcolor="#f4f4f4" style="margin:0;background:#f4f4f4">' in marketing


def test_the_table_layout_survives(marketing: str) -> None:
    assert 'class="wrap"' in marketing
    assert 'width="600"' in marketing
    assert 'cellpadding="0"' in marketing
    assert "mso-line-height-rule:exactly" in marketing


def test_positioning_and_comments_are_dropped(marketing: str) -> None:
    assert "position" not in marketing.replace("background-position", "")
    assert "Outlook" not in marketing


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></table></math>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href='vbscript:x' onclick='alert(1)'>x</a>",
        "<iframe src='https://x.example'></iframe>",
        "<object data='x'></object><embed src='x'>",
        "<form action='https://x.example'><input name='password'></form>",
        "<meta http-equiv='refresh' content='0;url=https://x.example'>",
        "<base href='https://x.example/'>",
        "<link rel='stylesheet' href='file:///etc/passwd'>",
        "<link rel='stylesheet' href='http://127.0.0.1:9/x.css'>",
        "<style>@import url('http://127.0.0.1:9/x.css');</style>",
        "<style>@media all{a{background:url(http://x.example/?leak)}}</style>",
        "<style>@media all{</style><script>alert(1)</script>}",
        "<p style='behavior:url(x);-moz-binding:url(x)'></p>",
        "<img src='file:///etc/passwd'><img src='data:text/html,alert(1)'>",
        "<body onload=alert(1)><p style=\"x\" onmouseover='alert(1)'>",
    ],
)
def test_what_a_mail_must_not_carry_is_gone(hostile: str) -> None:
    html = mail_document(f"<p>hallo</p>{hostile}<p>dag</p>").lower()
    assert "hallo" in html
    assert [trace for trace in TRACES if trace in html] == []


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://x.example/?a=1&b=2", "https://x.example/?a=1&amp;b=2"),
        ("mailto:a@x.example", "mailto:a@x.example"),
        ("tel:+31201234567", "tel:+31201234567"),
        ("www.hotel.example/kamers", "https://www.hotel.example/kamers"),
        ("//hotel.example/x", "https://hotel.example/x"),
        ("#top", "#top"),
    ],
)
def test_a_link_is_absolute(written: str, kept: str) -> None:
    assert body(f'<a href="{written}">x</a>') == f'<a href="{kept}">x</a>'


@pytest.mark.parametrize("written", ["/kamers", "", "../x", "ftp://x.example"])
def test_a_link_that_leads_nowhere_in_a_mail_is_taken_off(written: str) -> None:
    assert body(f'<a href="{written}">x</a>') == "<a>x</a>"


def test_too_many_elements_are_refused_before_anything_parses_them() -> None:
    with pytest.raises(RenderFailed, match="2,001 elements; a mail has at most 2,000"):
        mail_document("<div>" * (MAX_ELEMENTS + 1))


def test_the_deepest_allowed_nesting_is_survived() -> None:
    assert mail_document("<div>" * MAX_ELEMENTS).count("<div>") == MAX_ELEMENTS
