import pytest

from templates_app.rendering import render
from templates_app.values import RenderContext
from tests.templates_app.mails import html, lead, problems_of, text


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


@pytest.mark.parametrize(
    "written",
    [
        "{{ vars['Aantal kamers'] }}",
        "{{ vars['aantal-kamers '] }}",
        "{{ vars.aantal_kamers }}",
        "{{ vars.Aantal_Kamers }}",
        "{{vars.Aantal Kamers}}",
        "{{ vars.Aantal kamers|default('?') }}",
        "{{ vars.Aantal kamers if vars.Aantal kamers else '?' }}",
        "{% if vars['Aantal kamers'] == '12' %}12{% endif %}",
    ],
)
def test_a_column_is_named_by_its_key_or_by_its_heading(written: str) -> None:
    context = RenderContext(lead={}, vars={"aantal_kamers": 12})
    assert render(text(written), context).text == "12"


def test_a_heading_is_numbered_where_the_importer_numbers_it() -> None:
    context = RenderContext(lead={}, vars={"items_2": "stoelen"})
    assert render(text("{{ vars['Items'] }}"), context).text == "stoelen"


def test_a_forgotten_sign_in_a_condition_is_not_taken_for_a_heading() -> None:
    (problem,) = problems_of(text("{% if vars.rooms yes %}x{% endif %}"))
    assert problem.mend == "A condition is {% if vars.x %} or {% if vars.x == 'yes' %}."


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
        ("{{image.cid hero}}", 1, "“image.cid hero” lacks quotes.",
         "Put the picture's name in quotes, as in {{ image.cid 'hero' }}."),
        ("x\n{% if image.url logo %}x{% endif %}", 2, "“image.url logo” lacks quotes.",
         "Put the picture's name in quotes, as in {{ image.cid 'hero' }}."),
        ("{{ vars.items }}", 1, "No column can be called “items”.",
         "Closest is {{ vars.items_2 }}."),
        ("{{ vars.naïef }}", 1, "No column can be called “naïef”.", "Closest is {{ vars.naief }}."),
        ("{{ lead['Aantal kamers'] }}", 1, "“lead.Aantal kamers” is no variable.",
         "Variables look like {{ lead.company }}, {{ vars.rooms }} or {{ campaign.name }}. "
         "A column of your own is vars.aantal_kamers."),
        ("{{ company.upper() }}", 1, "Nothing can be called.",
         "Use a filter: {{ lead.company|upper }}."),
    ],
)  # fmt: skip
def test_a_wrong_name_is_refused_with_its_line_and_the_right_one(
    written: str, line: int, what: str, mend: str
) -> None:
    (problem,) = problems_of(html(written))
    assert (problem.part, problem.line, problem.what, problem.mend) == ("html", line, what, mend)


def test_the_line_after_an_old_style_picture_is_the_authors() -> None:
    (problem,) = problems_of(html("{{image.cid 'hero'}}\n{{image.url 'logo'}}\n{{ nobody }}"))
    assert problem.line == 3


def test_all_wrong_names_of_all_parts_are_told_at_once() -> None:
    source = html("{{ a_b_c }}\n{{ lead.nosuch }}")
    problems = problems_of(type(source)("{{ x_y_z }}", source.html, "{{ lead.q }}"))
    assert [(one.part, one.line) for one in problems] == [
        ("subject", 1), ("html", 1), ("html", 2), ("text", 1)
    ]  # fmt: skip
