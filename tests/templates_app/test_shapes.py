"""What is worked out once for thousands of mails is what each would be by itself, byte for byte."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from templates_app import learning, rendering
from templates_app.learning import learn, shape_of
from templates_app.rendering import preview, render
from templates_app.slots import Slotted, cut, mark, plain_value
from templates_app.values import RenderContext, RenderedMail, RenderFailed, TemplateSource
from tests.templates_app.mails import MARKETING, html, lead

A, B = "{{ vars.a|default }}", "{{ vars.b|default }}"
PLACES = [
    f"<p>Dag {A}, hoe is het in {B}?</p>",
    f"<div>{A}{B}</div>",
    f"<h1>  {A}  </h1>",
    f"<pre>\n  {A}\n {B} </pre>",
    f"<q>{A}</q> <b>{B}</b>",
    f"<ul><li>{A}</li><li>{B} <br> x</li></ul>",
    f"<table><tr><td>{A}</td></tr><tr><td>Een lange vaste regel</td></tr></table>",
    f"<table><tr><td>{A}</td><td>x</td></tr><tr><td>{B}</td><td>y</td></tr></table>",
    f"<table><tr><td align=center>{A}<br>{B}</td><td valign=top>x<br>y</td></tr></table>",
    f"<table><tr><td>Nr</td><td></td></tr><tr><th>{A}</th><th>{B}</th></tr></table>",
    f"<table><tr><td><table><tr><td>{A}</td><td>a</td></tr></table></td><td>{B}</td></tr></table>",
    f"<table>{A}<tr>{B}<td>x</td></tr></table>",
    f"<div style='display:none'>{A}</div>",
    f"<div style='white-space:pre'>  {A}  {B}</div>",
    f'<a href="{A}">{B}</a>',
    f"<a href='{A}' class=knop>{A}</a>",
    f'<a href="https://a.nl/?x=1&amp;{A}&y={B}">x</a>',
    f'<a href="https://{A}/pad">x</a>',
    f'<a href="mailto:{A}?subject={B}">x</a>',
    f'<a href="{A}{B}">x</a><a href=" {A} ">y</a>',
    f'<a href="{A}">open <p>twee</p><p>drie',
    '<a href="{{ vars.a|urlencode }}">{{ vars.b|upper|e }}</a>',
    f'<img src="{A}" alt="{B}" title="{A}">',
    f'<img src="cid:{A}" alt="">',
    f'<p title="{A}">{B}</p>',
    f'<p class="{A}">{B}</p>',
    f'<p style="color: {A}">{B}</p>',
    f"<p id={A}>x</p>",
    f"<a href={A}>x</a>",
    f"<td width={A} x>y</td>",
    f"<p {A}>x</p>",
    f"<{A}>x</{B}>",
    f"<h{A}>x</h1>",
    f"<!-- {A} --><p>x</p>",
    f"<!-- {A}",
    f"<style>.a{{{{ vars.a|default }}}} {{ color: red }} p {{ color: {B} }}</style>",
    f"<style>@media all {{ p {{ color: {A} }} }}</style>",
    '<style>a[href*="hotel"] { color: red } p:empty { color: blue }</style>',
    f'<style>a[href*="x"] {{ color: red }}</style><a href="{A}">x</a>',
    f"<title>{A}</title>",
    f"<script>{A}</script>",
    f"<xmp>{A}</xmp>",
    f"<textarea>{A}</textarea>",
    f"<svg><style>{A}</style><![CDATA[{B}]]></svg>",
    f"<math><mtext>{A}</mtext></math>",
    f"<select><option>{A}</select>",
    f"<noscript>{A}</noscript><iframe>{B}</iframe>",
    f"<plaintext>{A}",
    f"<p>&{A};{B} &#{A}; &l{A} &amp;{B}</p>",
    f"<p>x < {A} > y <{A} </{B}</p>",
    f'<a href="{A}>x</a><p title=">{B}</p>',
    "{% if vars.a == 'x' %}<p>a</p>{% else %}<p>b{% endif %}",
    "<p>{{ signature }}</p>",
    "<p>{{ vars.a|length }} {{ vars.b|first }} {{ vars.a ~ vars.b }} {{ 'cid:' ~ vars.a }}</p>",
    "<p>{{ vars.a|e|truncate(4) }} {{ '<b>' }} {{ vars.b|replace('a', '&') }}</p>",
    f"<body class='{A}' bgcolor=red><p>{B}</p></body>",
    f"<html lang='{A}'>",
    f"</body>{A}</html><!-- {B} -->",
    f"<p>cid:{A} cid:cid:{B}</p>",
    f"<p>\ue000\ue001 {A} {mark(0)} \ue100</p>",
    "<p>\ue0000 &amp;&lt;\ue001</p>",
    "<p>tekst</p>",
    "<frameset>",
]  # fmt: skip
VALUES = [
    "", "x", "Hôtel & Zoon", "R&D", "&copy", "&lt;b&gt;", "lt;", "#60;", "60", "<b>vet</b>",
    "<script>alert(1)</script>", "a\"b'c`d", "x onclick=alert(1) y", "-->", "]]>", "</style><p>x",
    "javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "https://x.nl/?a=1&copy=2#top",
    "www.x.nl", "//x.nl/", "/kamers", "https://[", "https://x.nl/ a b", "mailto:a@x.nl", "#top",
    "info@x.nl", "cid:x", "cid:cid:x", "cid:", "{{ 7*7 }}", "{% if %}", "a  b", "a\tb", "a\nb",
    "x\r\nBcc: y@z.nl", "a\u00a0b", "\u202eabc", "\u200d", "a\x00b", "a\x0bb", "\x85", "\u2028",
    "\ue000", "\ue0000 &<\ue001", "\ue0000 &amp;&lt;\ue001", "\ue100", "\uf8ff", "\ufdd0",
    "\ufffd", "🏨 Zoë", "İı", "x" * 300, "http://" + "y" * 3000, "red; background: url(x)",
    "red} p {color: blue", "1", "p", "b", "td", "style",
]  # fmt: skip
SIGNATURES = ["", "<p>Christian</p>", "Christian &amp; co", "x", '<a href="https://c.nl">c</a>']
signs = st.text("ab1İé🏨 &;#<>\"'=/:.@?-%[]{}()\ue000\ue001", max_size=12)
values = st.one_of(st.sampled_from(VALUES), signs, st.text(max_size=12))
pages = st.lists(st.sampled_from(PLACES), min_size=1, max_size=4).map("\n".join)


@pytest.fixture(autouse=True)
def nothing_learnt() -> Iterator[None]:
    learning.forget()
    yield
    learning.forget()


def outcome(source: TemplateSource, context: RenderContext) -> RenderedMail | str:
    try:
        return preview(source, context)
    except RenderFailed as failed:
        return str(failed)


def outcomes(source: TemplateSource, context: RenderContext) -> list[RenderedMail | str]:
    """The long way, the mail with which the shape is learnt, and the next one."""
    learning.forget()
    return [outcome(source, context) for _ in range(3)]


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pages, values, values, st.sampled_from(SIGNATURES))
@example(PLACES[0], "\ue0000 &amp;&lt;\ue001", "<b>", "")
def test_a_mail_of_a_known_shape_is_the_mail_of_the_long_way(
    page: str, a: str, b: str, signature: str
) -> None:
    context = replace(lead(own={"a": a, "b": b}), signature_html=signature)
    first, learning_one, next_one = outcomes(html(page), context)
    assert learning_one == first
    assert next_one == first


@pytest.mark.parametrize("place", PLACES)
def test_every_value_reads_the_same_at_every_place(place: str) -> None:
    for n, value in enumerate(VALUES):
        context = lead(own={"a": value, "b": VALUES[n - 7]})
        first, *others = outcomes(html(place), context)
        assert others == [first, first], value


def no_long_way(*_: object) -> str:
    raise AssertionError("the long way was taken")


def test_the_next_mail_of_a_shape_is_neither_inlined_nor_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    render(MARKETING, lead())
    render(MARKETING, lead())
    monkeypatch.setattr(rendering, "mail_document", no_long_way)
    monkeypatch.setattr(rendering, "text_from_html", no_long_way)
    mail = render(MARKETING, lead(company="<i>De & Haan</i>", url="https://haan.example/?a=1&b"))
    assert mail.subject == "Vraag over <i>De & Haan</i>"
    assert "<p>&lt;i&gt;De &amp; Haan&lt;/i&gt; in Utrecht" in mail.html
    assert (
        '<a href="https://haan.example/?a=1&amp;b">https://haan.example/?a=1&amp;b</a>' in mail.html
    )
    assert "<i>De & Haan</i> in Utrecht staat nog niet" in mail.text
    assert "[https://haan.example/?a=1&b](https://haan.example/?a=1&b)" in mail.text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JAVASCRIPT:x", "data:x", "/x", "ftp://x"])
def test_the_address_of_every_lead_is_looked_at_by_the_sanitiser(url: str) -> None:
    source = html('<p>{{ company }} <a href="{{ lead.url }}">site</a></p>')
    for _ in range(3):
        render(source, lead())
    mail = render(source, lead(url=url))
    assert "<a>site</a>" in mail.html
    assert mail.text == "Hôtel & Zoon site"


def test_a_template_is_learnt_with_its_second_mail_and_not_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learnt: list[str] = []
    monkeypatch.setattr(learning, "learn", lambda skeleton, number: learnt.append(skeleton))
    render(html("<p>{{ city }}</p>"), lead())
    assert learnt == []
    for city in ("Ede", "Assen", "Tiel"):
        render(html("<p>{{ city }}</p>"), lead(city=city))
    assert learnt == [f"<p>{mark(0)}</p>"]


@pytest.mark.parametrize(
    "place",
    [
        place
        for sign in ("<style>", "<!--", 'class="', 'style="', "<xmp", "CDATA", "id=", f"href={A}",
                     f"<{A}", f"&{A}", "<script")
        for place in PLACES
        if A in place and sign in place
    ],
)  # fmt: skip
def test_where_a_value_could_be_more_than_text_there_is_no_shape(place: str) -> None:
    skeleton = place
    for n in range(place.count("{{ vars.")):
        first = min(filter(lambda at: at >= 0, (skeleton.find(A), skeleton.find(B))))
        skeleton = skeleton[:first] + mark(n) + skeleton[first + len(A) :]
    assert learn(f"<p>x</p>{skeleton}", place.count("{{ vars.")) is None


M = mark(0)


@pytest.mark.parametrize(
    "place",
    [
        f"<p>{M}</p>",
        f'<a href="https://{M}/kamers">x</a>',
        f'<a href="{M}">x</a>',
        f'<a href="mailto:{M}?subject=x">x</a>',
        f'<img src="{M}" alt="">',
        f'<img alt="{M}"><p title="{mark(1)}">x</p>',
        f"<title>{M}</title>",
        f'<table><tr><td align="center">{M}</td></tr><tr><td>een langere regel</td></tr></table>',
        f"<table><tr><td>een vaste cel</td><td>{M}</td></tr></table>",
        f"<table><tr><td><td>{M}</table>",
    ],
)
def test_the_usual_places_have_a_shape_with_its_text(place: str) -> None:
    shape = learn(place, place.count("&lt;"))
    assert shape is not None
    assert shape.text is not None


@pytest.mark.parametrize(
    "rows",
    [
        f"<tr><td>{M}</td><td>x</td></tr><tr><td>lang</td><td>y</td></tr>",
        f"<tr><td>Nr</td></tr><tr><td>{M}</td><td>y</td></tr>",
        f"<tr><td>{M}</td></tr><tr><td>Nr</td><td>y</td></tr>",
        f"<tr><td>{M}</td></tr><tr><td>{mark(1)}</td><td>y</td></tr>",
    ],
)
def test_where_a_longer_word_moves_its_neighbours_each_mail_has_its_own_text(rows: str) -> None:
    shape = learn(f"<table>{rows}</table>", rows.count("&lt;"))
    assert shape is not None
    assert shape.text is None


def test_a_page_that_would_take_long_to_learn_has_its_own_text_or_no_shape_at_all() -> None:
    cells = "".join(f"<tr><td>{mark(n)}</td><td>x</td></tr>" for n in range(600))
    shape = learn(f"<table>{cells}</table>", 600)
    assert shape is not None
    assert shape.text is None
    large = Slotted("x" * (learning.MAX_SKELETON + 1), ())
    assert [shape_of(large) for _ in range(3)] == [None] * 3


@pytest.mark.parametrize(
    "value", ["", " a", "a ", "a  b", "a\tb", "a\n", "\xa0", "\ue000", "\u200d"]
)
def test_only_one_plain_line_is_a_value_like_all_others(value: str) -> None:
    assert plain_value(value) is None


def test_a_page_without_values_has_a_shape_too() -> None:
    assert cut(["<p>x</p>"], "") == ("<p>x</p>", ())
    shape = learn("<p>x</p>", 0)
    assert shape is not None
    page = shape.fill(())
    assert page is not None
    assert page.text == "x"
