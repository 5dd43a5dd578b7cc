import pytest

from templates_app.rendering import render
from templates_app.sandbox import MAX_OUTPUT, compile_template
from templates_app.trial import accept
from templates_app.values import RenderContext, RenderFailed, TemplateRefused, TemplateSource
from tests.templates_app.mails import html, lead, problems_of, text

REACHING_OUT = [
    "{{ lead.__class__.__mro__ }}",
    "{{ ''.__class__.__base__.__subclasses__() }}",
    "{{ vars.__class__ }}{{ vars['__class__']['__mro__'] }}",
    "{{ lead['__init__']['__globals__'] }}",
    "{{ self._TemplateReference__context }}",
    "{{ config }}{{ settings.SECRET_KEY }}{{ request }}",
    "{{ cycler.__init__.__globals__.os.environ }}",
    "{{ lipsum.__globals__ }}{{ namespace }}{{ joiner }}",
    "{{ '{0.__class__}'.format(lead) }}",
    "{{ ['a','b']|map(attribute='__class__')|list }}",
    "{{ lead|attr('__class__') }}",
    "{{ v['lead.email'] }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'x' import y %}",
    "{% extends 'base.html' %}",
    "{{ lead.email|safe }}",
    "{% autoescape false %}{{ lead.email }}{% endautoescape %}",
]
EXHAUSTING = [
    "{% for i in range(10**9) %}x{% endfor %}",
    "{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}",
    "{% for x in vars %}{{ x }}{% endfor %}",
    "{{ 'a' * 10**9 }}",
    "{{ 10**10**8 }}",
    "{{ 'a'.zfill(10**9) }}",
    "{{ 'a'.ljust(10**9) }}",
    "{{ 'a'|center(10**9) }}",
    "{{ '{:>999999999}'.format(1) }}",
    "{{ '%0999999999d' % 1 }}",
    "{{ '%0999999999d'|format(1) }}",
    "{{ lipsum(n=10**6) }}",
    "{{ 'a'|indent(10**9) }}{{ 'abc'|join('x') }}{{ 'a b'|wordwrap(1, true, 'x') }}",
    "{% set a = 'aaaaaaaa' %}{% set a = a ~ a %}{{ a }}",
    "{% set a %}{{ vars.x }}{{ vars.x }}{% endset %}",
    "{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}",
    "{% call f() %}{% endcall %}{% filter upper %}x{% endfilter %}{% block b %}{% endblock %}",
    "{% with a = vars.x %}{{ a }}{% endwith %}",
    "{{ 1.5|round(10**8, 'ceil') }}{{ 1.5|round(100000000, 'ceil') }}",
    "{{ vars.x[0:999999999] }}",
    "{{ vars.x|truncate(*vars.y) }}",
    "{{ vars.x|replace('a', vars.y) }}",
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "{{ " + "not " * 5000 + "vars.x }}",
    "{{ vars.x" + "|upper" * 5000 + " }}",
    "{{ " + " ~ ".join(["vars.x"] * 5000) + " }}",
    "{% if vars.x %}" * 500 + "{% endif %}" * 500,
    "{{" * 40_000,
    "{#" * 40_000,
    "x" * 200_001,
]


@pytest.mark.parametrize("payload", REACHING_OUT + EXHAUSTING)
def test_a_hostile_template_is_refused_at_once(payload: str) -> None:
    with pytest.raises(TemplateRefused) as refused:
        accept(html(payload))
    # By being read, and not because trying it out hit a limit.
    assert "takes more than" not in str(refused.value)


@pytest.mark.parametrize(
    "payload", ["{{ vars.x.__class__ }}", "{{ vars['__class__'] }}", "{{ vars.__init__ }}"]
)
def test_an_underscored_name_is_a_column_at_most(payload: str) -> None:
    problems = problems_of(text(payload))
    required = () if problems else compile_template(text(payload)).variables.required
    assert problems or required[0].startswith("vars.")


def test_chained_replacements_stop_before_they_fill_the_memory() -> None:
    chain = "|replace('a', 'aaaaaaaaaa')" * 12
    with pytest.raises(RenderFailed, match="html, line 2: replace makes the text too long"):
        render(html(f"<p>x</p>\n{{{{ vars.x{chain} }}}}"), lead(own={"x": "a"}))


def test_filling_stops_at_the_limit_of_a_part() -> None:
    source = text("{{ vars.x }}" * 5000)
    with pytest.raises(RenderFailed, match=f"longer than {MAX_OUTPUT:,} characters"):
        render(source, lead(own={"x": "y" * 10_000}))


def test_a_leads_data_is_never_read_as_template_or_html() -> None:
    context = lead(company="{{ 7*7 }}<script>alert(1)</script>")
    mail = render(TemplateSource("{{ company }}", "<p>{{ company }}</p>"), context)
    assert mail.subject == "{{ 7*7 }}<script>alert(1)</script>"
    assert "<p>{{ 7*7 }}&lt;script&gt;alert(1)&lt;/script&gt;</p>" in mail.html


def test_a_failing_expression_names_its_line() -> None:
    with pytest.raises(RenderFailed, match="text, line 3: "):
        render(text("a\nb\n{{ 'x' + (vars.rooms == '60') }}"), lead())


@pytest.mark.parametrize(
    ("written", "line", "mend"),
    [
        ("a\n{% if vars.x %}\nb", 2, "Close every {% if %} with {% endif %} and {{ with }}."),
        ("a\n{{ Aantal kamers }}", 2,
         "A column with a space in it is {{ vars['Aantal kamers'] }}."),
        ("{{#if vars.x}}", 1, "Conditions are written {% if vars.x %} … {% endif %}."),
        ("{{ image.cid ‘hero’ }}", 1,
         "Use straight quotes ' or \" and plain letters between the braces."),
        ("{{ image.cid &#39;hero&#39; }}", 1,
         "The editor turned a quote or space into HTML code: retype it."),
        ("{% while x %}", 1, "Available are {% if %}, {% elif %}, {% else %} and {% endif %}."),
        ("{% for x in vars.y %}{% endfor %}", 1,
         "A lead has no lists: name its fields one by one."),
        ("\n{% set x = 1 %}", 2, "Write the expression where it is needed."),
        ("{% if vars.rooms > 50 %}{% endif %}", 1, "Make it a number first: vars.rooms|int > 10."),
        ("{{ vars.rooms - 1 }}", 1, "Make it a number first: vars.rooms|int > 10."),
        ("{{ company|upper(3) }}", 1, "Leave them out."),
        ("{{ 12345678901 }}", 1, "Numbers go up to 1,000,000,000."),
        ("{{ company|default('\\ud800') }}", 1, "Write the character itself, not its \\u code."),
        ("{% if vars.x is divisibleby(3) %}{% endif %}", 1, "Use “is defined” or ==."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_the_way_out(
    written: str, line: int, mend: str
) -> None:
    (problem,) = problems_of(html(written))
    assert (problem.line, problem.mend) == (line, mend)


def test_an_empty_subject_and_an_empty_mail_are_refused() -> None:
    with pytest.raises(TemplateRefused) as refused:
        render(TemplateSource(" ", "\n"), RenderContext(lead={}))
    assert [str(one) for one in refused.value.problems] == [
        "subject, line 1: The subject is empty. Write one.",
        "html, line 1: The mail is empty. Write an HTML or a text part.",
    ]


def test_a_source_is_compiled_once() -> None:
    assert compile_template(html("<p>once</p>")) is compile_template(html("<p>once</p>"))
