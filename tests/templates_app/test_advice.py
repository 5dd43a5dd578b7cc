"""What an author is told about an acceptable template."""

import time

import pytest

from templates_app.advice import warnings_for
from templates_app.values import TemplateSource


def told(html: str = "<p>x</p>", subject: str = "Vraag") -> str:
    return "\n".join(warnings_for(TemplateSource(subject, html)))


def test_a_plain_template_needs_no_advice() -> None:
    html = "<p>{{ first_name|default('u') }} {{ campaign.name }} {{ lead.email }}</p>"
    assert warnings_for(TemplateSource("Vraag", html, "tekst")) == ()


def test_what_holds_a_lead_back_is_named_alternatives_included() -> None:
    assert "A lead without vars.hotel_name or lead.company, lead.city and image.cid.hero" in told(
        "{{ hotel_name }} {{ city }} <img alt='' src=\"{{ image.cid 'hero' }}\">"
    )


@pytest.mark.parametrize(
    ("html", "way_out"),
    [
        ("{{ city }} {{ first_name }}", "A fallback avoids that: {{ lead.city|default('…') }}."),
        ("{{ vars.kamers }}", "{{ vars.kamers|default('…') }}."),
        ("{{ vars['Mijn Kolom'] }}", "{{ vars.mijn_kolom|default('…') }}."),
        ("{{ hotel_name }}", "{{ vars.hotel_name or lead.company|default('…') }}."),
        ("<img alt='' src=\"{{ image.cid('hero') }}\">",
         "A condition around the picture avoids that: {% if image.cid('hero') %}…{% endif %}."),
        ("<img alt='' src=\"{{ image.url('logo') }}\"> {{ city }}", "{{ lead.city|default('…')"),
    ],
)  # fmt: skip
def test_the_way_out_is_told_in_the_names_of_the_template(html: str, way_out: str) -> None:
    assert way_out in told(html)


@pytest.mark.parametrize(
    "html",
    [
        "{{ vars.hotel_name or lead.company|default('…') }}",
        "{{ vars.mijn_kolom|default('…') }}",
        "Dag {% if image.cid('hero') %}<img alt='' src=\"{{ image.cid('hero') }}\">{% endif %}",
    ],
)
def test_who_takes_the_advice_is_told_nothing_more(html: str) -> None:
    assert told(html) == ""


@pytest.mark.parametrize(
    ("written", "without"),
    [
        ("{{company|default('')}}", "lead.company"),
        ("{{ company|default }}", "lead.company"),
        ("{{ company|d(' ')|upper }}", "lead.company"),
        ("{{ company or '' }}", "lead.company"),
        ("{{ city|default(default_value='') ~ title|d }}", "lead.city and lead.title"),
        ("{{ hotel_name|default('') }}", "vars.hotel_name or lead.company"),
        ("{{ company|default(city|default('')) }}", "lead.city"),
    ],
)
def test_a_default_of_nothing_is_pointed_out(written: str, without: str) -> None:
    first = without.split(" and ")[0]
    assert told(f"<p>Beste {written},</p>") == (
        f"A blank default prints nothing for a lead without {without}. Give a fallback, such as "
        f"{{{{ {first}|default('…') }}}}, or leave |default out so that the lead is held back."
    )


@pytest.mark.parametrize(
    "written",
    [
        "{{ company|default('')|default('u') }}",
        "{{ company|default('') or 'u' }}",
        "{{ company|default(0) }}",
        "{% if company|default('') == 'Zon' %}x{% endif %}",
        "{{ 'u' if company|default else 'x' }}",
    ],
)
def test_a_default_of_nothing_that_does_not_show_is_not(written: str) -> None:
    assert told(f"<p>Beste {written},</p>") == ""


def test_a_subject_and_a_mail_that_some_lead_gets_empty_are_pointed_out() -> None:
    assert told("<p>{% if vars.x %}a{% endif %}</p>", "{% if vars.x %}a{% endif %}") == (
        "No text of the subject is there for every lead. Who would get an empty subject is held "
        "back at launch.\n"
        "No text of the mail is there for every lead. Who would get an empty mail is held back at "
        "launch."
    )


@pytest.mark.parametrize("subject", ["Re: uw vraag", "FW: uw vraag", " antw: uw vraag"])
def test_a_subject_that_pretends_to_be_a_reply_is_pointed_out(subject: str) -> None:
    assert "looks like a reply" in told(subject=subject)


def test_a_subject_about_a_reply_is_not() -> None:
    assert told(subject="Reacties: wat gasten zeggen") == ""


def test_a_long_subject_is_pointed_out() -> None:
    assert "The subject is long" in told(subject="x" * 79)
    assert told(subject="x" * 78) == ""


@pytest.mark.parametrize(
    ("html", "advice"),
    [
        ("<p>" + "é" * 50_000, "The HTML has 100 kB; Gmail cuts a mail off at 102 kB."),
        ("<img alt='' src='data:image/png;base64,AA'>", "A pasted picture"),
        ("<img src='https://x.nl/a.png'>", "A picture has no alt text"),
        ("<form><input></form>", "Left out, because mail programs do not show it: <form> and "
         "<input>."),
    ],
)  # fmt: skip
def test_html_that_does_not_arrive_as_it_is_written_is_pointed_out(html: str, advice: str) -> None:
    assert advice in told(html)


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("https://x.nl/?a={{company|d('x')}}", "takes company|d('x') as it is"),
        ("https://x.nl/?a=1&b={{ lead.email }}", "Write {{ lead.email|urlencode }}."),
        ("mailto:a@x.nl?subject={{ city or 'x' }}", "Write {{ (city or 'x')|urlencode }}."),
    ],
)
def test_a_value_that_could_break_a_link_is_pointed_out(address: str, advice: str) -> None:
    assert advice in told(f'<a href="{address}">x</a>')


@pytest.mark.parametrize(
    "address",
    [
        "https://x.nl/?a={{ lead.email|urlencode }}",
        "https://x.nl/{{ lead.email }}/",
        "{{ campaign.unsubscribe_url }}",
        "{{ lead.email|default('?') }}",
        "https://x.nl/?a=1",
    ],
)
def test_a_value_that_can_not_is_not(address: str) -> None:
    assert told(f'<a href="{address}">x</a> {{{{ lead.email }}}}') == ""


def test_looking_for_links_takes_no_time() -> None:
    html = "<a href='?" + "{{ lead.email|urlencode }}" * 3_000
    began = time.process_time()
    warnings_for(TemplateSource("Vraag", html))
    assert time.process_time() - began < 5


def test_a_template_of_older_rules_is_told_to_be_refused_today() -> None:
    assert "Today's rules refuse this template" in told("{{ lead.nothing }}")
