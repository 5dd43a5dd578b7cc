"""Which mails may come out empty, and for whom they do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates_app.rendering import empty_part, render
from templates_app.sandbox import compile_template
from templates_app.values import (
    CameOutEmpty,
    MissingVariables,
    RenderContext,
    TemplateSource,
)
from tests.templates_app.mails import MARKETING


def may_be_empty(subject: str = "Vraag", html: str = "<p>x</p>", text: str = "") -> tuple[str, ...]:
    return compile_template(TemplateSource(subject, html, text)).may_be_empty


@pytest.mark.parametrize(
    "subject",
    [
        "Vraag{{ company|default('') }}",
        "{{ company }}",
        "{{ company|upper }}",
        "{{ company|default('u') }}",
        "{{ hotel_name }}",
        "{{ company or city }}",
        "{{ company|default('') ~ '!' }}",
        "{{ company if vars.x else city }}",
        "{{ vars.x|int }}",
        "{% if vars.x %}a{% elif vars.y %}b{% else %}c{% endif %}",
        "{% if vars.x %}{% if vars.y %}a{% else %}b{% endif %}{% else %}c{% endif %}",
    ],
)
def test_a_subject_that_every_lead_gets_is_asked_of_none(subject: str) -> None:
    assert may_be_empty(subject=subject) == ()


@pytest.mark.parametrize(
    "subject",
    [
        "{{ company|default('') }}",
        "{{ company|default }}",
        "{{ company|default('')|upper }}",
        "{{ company or '' }}",
        "{{ signature }}",
        "{{ 'a' if vars.x }}",
        "{{ vars.x and 'a' }}",
        "{% if company %}Vraag{% endif %}",
        "{% if vars.x %}a{% elif vars.y %}b{% endif %}",
        "{% if vars.x %}{% if vars.y %}a{% endif %}{% else %}c{% endif %}",
    ],
)
def test_a_subject_that_hangs_on_a_lead_is_asked_for(subject: str) -> None:
    assert may_be_empty(subject=subject) == ("subject",)


@pytest.mark.parametrize(
    ("html", "text", "asked"),
    [
        (MARKETING.html, "", ()),
        ("<p>{{ vars.intro }}</p>", "", ()),
        ("<p>👋</p>", "", ()),
        ("<img alt='' src='https://x.nl/a.png'>", "", ()),
        ("{% if vars.x %}<p>a</p>{% else %}<p>b</p>{% endif %}", "", ()),
        ("<style>p { color: red }</style><p>{% if vars.x %}a{% endif %}</p>", "", ("html",)),
        ("<!-- a --><title>a</title><p title='a'>&nbsp;{{ vars.x|d }}</p>", "", ("html",)),
        ("<p style='{% if vars.x %}a{% else %}b{% endif %}'>{{ vars.x|d }}</p>", "", ("html",)),
        ("{% if vars.x %}<p>a</p>{% else %}<p></p>{% endif %}", "", ("html",)),
        ("<p>a</p>", "{% if vars.x %}a{% endif %}", ("text",)),
        ("{% if vars.x %}a{% endif %}", "a", ()),
    ],
)
def test_a_mail_is_asked_for_where_nothing_in_it_is_certain(
    html: str, text: str, asked: tuple[str, ...]
) -> None:
    assert may_be_empty(html=html, text=text) == asked


def test_what_hangs_on_the_campaign_is_no_matter_of_leads() -> None:
    assert may_be_empty("{% if campaign.domain == 'a.nl' %}a{% endif %}") == ()


@pytest.mark.parametrize(
    ("source", "own", "empty"),
    [
        (TemplateSource("{{ vars.x|default('') }}", "<p>a</p>"), {"x": "1"}, ""),
        (TemplateSource("{{ vars.x|default('') }}", "<p>a</p>"), {}, "subject"),
        (TemplateSource("s", "<p>{% if vars.x == 'ja' %}a{% endif %}</p>"), {"x": "ja"}, ""),
        (TemplateSource("s", "<p>{% if vars.x == 'ja' %}a{% endif %}</p>"), {"x": "nee"}, "mail"),
        (TemplateSource("s", "<p>{% if vars.x %}<img src='x'>{% endif %}</p>"), {"x": "1"}, ""),
        # The HTML has a picture, which is a mail without any text, too.
        (TemplateSource("s", "<img src='https://x.nl/a.png'>", "{{ vars.x|d }}"), {}, ""),
        (TemplateSource("s", "<p>a</p>", "{{ vars.x|d }}"), {}, "mail"),
        # Fails for another reason, when its time has come.
        (TemplateSource("s", "{{ vars.x|d|replace('a', 'bbbbbb') }}"), {"x": "a" * 20_000}, ""),
    ],
)
def test_it_is_told_what_comes_out_empty(
    source: TemplateSource, own: dict[str, str], empty: str
) -> None:
    assert empty_part(source, RenderContext(lead={}, vars=own)) == empty


NAMES = st.sampled_from(["vars.a", "vars.b"])
PRINTED = st.one_of(
    st.sampled_from(["<p>tekst</p>", "<p></p>", " "]),
    st.builds("<p>{{{{ {} }}}}</p>".format, NAMES),
    st.builds("<p>{{{{ {}|default({}) }}}}</p>".format, NAMES, NAMES | st.just("''")),
    st.builds("{{{{ {} or {} }}}}".format, NAMES, NAMES | st.just("''")),
)
BODIES = st.recursive(
    PRINTED,
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("{{% if {} == 'x' %}}{}{{% endif %}}".format, NAMES, inner),
        st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, NAMES, inner, inner),
    ),
    max_leaves=5,
)
LEADS = st.fixed_dictionaries({key: st.sampled_from(["", "x", "y"]) for key in "ab"})


@settings(deadline=None)
@given(BODIES, LEADS)
def test_whoever_is_not_told_of_gets_a_mail(body: str, own: dict[str, str]) -> None:
    source = TemplateSource("s", f"{body}\n")
    context = RenderContext(lead={}, vars=own)
    if not source.html.strip():
        return
    try:
        render(source, context)
    except MissingVariables:
        return
    except CameOutEmpty:
        assert empty_part(source, context) == "mail"
    else:
        assert empty_part(source, context) == ""
