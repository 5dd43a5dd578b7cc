from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.rendering import MAX_SUBJECT, preview, render
from templates_app.values import MissingVariables, RenderContext, RenderFailed, TemplateSource
from tests.templates_app.mails import MARKETING, html, lead, text


def test_a_marketing_mail_is_complete() -> None:
    mail = render(MARKETING, lead())
    assert mail.subject == "Vraag over Hôtel & Zoon"
    assert (mail.inline_images, mail.static_images, mail.missing) == (("hero",), ("logo",), ())
    assert '<img src="cid:hero-1@mail.example" alt="Schermafdruk" width="552">' in mail.html
    assert '<a href="https://www.hotel.example">www.hotel.example</a>' in mail.html


def test_the_text_part_is_made_from_the_html() -> None:
    assert render(MARKETING, lead(first_name="")).text == (
        "Beste collega,\n\n"
        "Hôtel & Zoon in Utrecht staat nog niet op pagina één.\n\n"
        "Met 60 kamers loont dat.\n\n"
        "[Plan een gesprek](https://punthelder.example/?a=1&b=2)\n\n"
        "[www.hotel.example](https://www.hotel.example) [Afmelden](https://mail.example/u/1)"
    )


def test_a_text_part_that_is_given_is_used() -> None:
    mail = render(
        TemplateSource("s", "<p>html</p>", "Dag {{ company }},\r\n\r\n\r\n\r\ntot ziens  "), lead()
    )
    assert mail.text == "Dag Hôtel & Zoon,\n\ntot ziens"


def test_a_mail_may_be_text_only() -> None:
    assert render(text("Dag {{ first_name }}"), lead()).html == ""


def test_a_lead_that_lacks_something_gets_no_mail_and_all_names_are_told() -> None:
    with pytest.raises(MissingVariables) as lacking:
        render(MARKETING, lead(own={"rooms": " "}, company=None, city=""))
    assert lacking.value.names == ("lead.company", "lead.city", "vars.rooms")


def test_a_preview_shows_the_names_of_what_lacks() -> None:
    mail = preview(MARKETING, lead(company=""))
    assert mail.missing == ("lead.company",)
    assert mail.subject == "Vraag over [lead.company]"
    assert "[lead.company] in Utrecht" in mail.html


def test_a_preview_of_a_complete_lead_is_the_mail_that_is_sent() -> None:
    assert preview(MARKETING, lead()) == render(MARKETING, lead())


def test_a_fallback_counts_for_an_empty_cell_too() -> None:
    assert render(text("Dag {{ first_name|default('collega') }}"), lead(first_name=" ")).text == (
        "Dag collega"
    )


def test_only_pictures_that_are_shown_are_carried() -> None:
    source = html("<p>x</p>{% if vars.rooms == '60' %}<img src=\"{{image.url 'logo'}}\">"
                  "{% else %}<img src=\"{{image.cid 'hero'}}\">{% endif %}")  # fmt: skip
    mail = render(source, lead())
    assert (mail.inline_images, mail.static_images) == ((), ("logo",))


def test_a_cid_written_twice_is_read_once() -> None:
    assert '<img src="cid:hero-1@mail.example">' in (
        render(html("<img src=\"cid:{{image.cid 'hero'}}\">"), lead()).html
    )


def test_the_signature_stands_where_the_template_says() -> None:
    context = replace(lead(), signature_html="<p>Christian<script>x()</script></p>")
    source = TemplateSource("s", "{{ signature }}<p>PS</p>", "{{ signature }}\nPS")
    mail = render(source, context)
    assert "<p>Christian</p><p>PS</p>" in mail.html
    assert mail.text == "Christian\nPS"


def test_the_signature_is_put_at_the_end_otherwise() -> None:
    context = replace(lead(), signature_html="<p>Christian</p>")
    mail = render(TemplateSource("s", "<body><p>Dag</p></body>", "Dag"), context)
    assert "<p>Dag</p><p>Christian</p></body>" in mail.html
    assert mail.text == "Dag\n\nChristian"


def test_the_signature_stands_inside_the_body_whatever_stands_before_it() -> None:
    context = replace(lead(city="İzmir İİİ"), signature_html="<p>Christian</p>")
    mail = render(html("<body><p>{{ city }}</p></BODY >"), context)
    assert mail.html.endswith("<p>İzmir İİİ</p><p>Christian</p></body></html>")


@given(st.text(max_size=400))
def test_a_subject_is_one_line_whatever_a_lead_is_called(company: str) -> None:
    subject = render(TemplateSource("Aan {{ company|default('u') }}", "<p>x</p>"),
                     lead(company=company)).subject  # fmt: skip
    assert len(subject.splitlines()) == 1
    assert not any(char in subject for char in "\r\n\0\x85\u2028\u2029")
    assert len(subject) <= MAX_SUBJECT


def test_a_line_end_cannot_start_a_header() -> None:
    source = TemplateSource("Aan\n{{ company }}", "<p>x</p>")
    mail = render(source, lead(company="X\r\nBcc: victim@x.example"))
    assert mail.subject == "Aan X Bcc: victim@x.example"


def test_a_subject_that_comes_out_empty_is_no_mail() -> None:
    with pytest.raises(RenderFailed, match="subject, line 1: The subject comes out empty"):
        render(TemplateSource("{% if vars.x %}a{% endif %}", "<p>x</p>"), lead())


def test_a_mail_that_comes_out_empty_is_no_mail() -> None:
    with pytest.raises(RenderFailed, match="The mail comes out empty"):
        render(html("<p>{% if vars.x %}a{% endif %}</p>"), lead())


def test_a_signature_alone_is_no_mail() -> None:
    context = replace(lead(), signature_html="<p>Christian <img src='https://x.example/c.png'></p>")
    with pytest.raises(RenderFailed, match="The mail comes out empty"):
        render(html("<p>{% if vars.x %}a{% endif %}</p>"), context)


@pytest.mark.parametrize(
    ("value", "printed"),
    [(12, "12"), (3.0, "3"), (2.5, "2.5"), (True, "true"), (0, "0"), (" x ", "x")],
)
def test_values_are_printed_as_a_person_writes_them(value: object, printed: str) -> None:
    assert render(text("{{ vars.x }}"), RenderContext(lead={}, vars={"x": value})).text == printed
