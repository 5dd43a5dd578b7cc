import pytest

from templates_app.rendering import render
from templates_app.sandbox import find_problems
from templates_app.values import RenderContext
from tests.templates_app.mails import html, lead, text


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("{{lead.email}}", "anna@hotel.example"),
        ("{{vars.rooms}}", "60"),
        ("{{ vars['rooms'] }}", "60"),
        ("{{campaign.name}}", "Najaar"),
        ("{{first_name}}", "Anna"),
        ("{{last_name}}", "Jansen"),
        ("{{full_name}}", "Anna Jansen"),
        ("{{title}}", "mevrouw"),
        ("{{company}}", "Hôtel & Zoon"),
        ("{{bedrijf}}", "Hôtel & Zoon"),
        ("{{lead.bedrijf}}", "Hôtel & Zoon"),
        ("{{hotel_name}}", "Hôtel & Zoon"),
        ("{{city}}", "Utrecht"),
        ("{{country}}", "Nederland"),
        ("{{image.cid 'hero'}}", "cid:hero-1@mail.example"),
        ('{{ image.url "logo" }}', "https://mail.example/logo.png?v=1&w=2"),
        ("{{ image.url('logo') }}", "https://mail.example/logo.png?v=1&w=2"),
        ("{{ first_name|upper }}", "ANNA"),
        ("{% if vars.rooms|int > 50 %}groot{% else %}klein{% endif %}", "groot"),
        ("{# note #}{% raw %}{{ image.cid 'x' }}{% endraw %}", "{{ image.cid 'x' }}"),
        ("{{ \"image.cid 'x'\" }}", "image.cid 'x'"),
    ],
)
def test_both_dialects_print_the_leads_values(written: str, printed: str) -> None:
    assert render(text(written), lead()).text == printed


def test_the_hotels_own_column_goes_before_the_company() -> None:
    assert render(text("{{ hotel_name }}"), lead(own={"hotel_name": "De Zon"})).text == "De Zon"


def test_a_full_name_is_whatever_part_of_it_is_known() -> None:
    assert render(text("{{ full_name }}"), lead(first_name="")).text == "Jansen"


def test_a_column_with_a_space_is_named_in_brackets() -> None:
    context = RenderContext(lead={}, vars={"Aantal kamers": 12})
    assert render(text("{{ vars['Aantal kamers'] }}"), context).text == "12"


def test_columns_named_like_methods_are_columns() -> None:
    context = RenderContext(lead={}, vars={"items": "stoelen", "keys": "3"})
    assert render(text("{{ vars.items }} {{ vars.keys }}"), context).text == "stoelen 3"


@pytest.mark.parametrize(
    ("written", "line", "what", "mend"),
    [
        ("a\n{{ frist_name }}", 2, "“frist_name” is no variable.",
         "Did you mean {{ first_name }}?"),
        ("{{ lead.comapny }}", 1, "“lead.comapny” is no variable.",
         "Did you mean {{ lead.company }}? A column of your own is vars.comapny."),
        ("\n\n{{ campaign.nmae }}", 3, "“campaign.nmae” is no variable.",
         "Did you mean {{ campaign.name }}?"),
        ("{{ lead }}", 1, "“lead” alone is nothing to print.",
         "Variables look like {{ lead.company }}, {{ vars.rooms }} or {{ campaign.name }}."),
        ("{{ image.cid }}", 1, "image.cid needs the picture's key.",
         "Write image.cid('hero') or image.url('logo')."),
        ("{{ image.png('x') }}", 1, "image.png does not exist.",
         "Write image.cid('hero') or image.url('logo')."),
        ("{{ image.cid(lead.email) }}", 1, "image.cid takes one key in quotes.",
         "Write image.cid('hero') or image.url('logo')."),
        ("{{ company.upper() }}", 1, "Nothing can be called.",
         "Use a filter: {{ lead.company|upper }}."),
    ],
)  # fmt: skip
def test_a_wrong_name_is_refused_with_its_line_and_the_right_one(
    written: str, line: int, what: str, mend: str
) -> None:
    (problem,) = find_problems(html(written))
    assert (problem.part, problem.line, problem.what, problem.mend) == ("html", line, what, mend)


def test_the_line_after_an_old_style_picture_is_the_authors() -> None:
    (problem,) = find_problems(html("{{image.cid 'hero'}}\n{{image.url 'logo'}}\n{{ nobody }}"))
    assert problem.line == 3


def test_all_wrong_names_of_all_parts_are_told_at_once() -> None:
    source = html("{{ a_b_c }}\n{{ lead.nosuch }}")
    problems = find_problems(type(source)("{{ x_y_z }}", source.html, "{{ lead.q }}"))
    assert [(one.part, one.line) for one in problems] == [
        ("subject", 1), ("html", 1), ("html", 2), ("text", 1)
    ]  # fmt: skip
