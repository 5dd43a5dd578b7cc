import pytest

from templates_app.rendering import render
from tests.templates_app.mails import lead, text


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("vars.x|default('y')|upper", "AB CD EF"),
        ("vars.none|default('y')", "y"),
        ("vars.none|default(vars.x)", "ab cd ef"),
        ("vars.none|d(default_value='y')", "y"),
        ("vars.x|title", "Ab Cd Ef"),
        ("vars.x|capitalize", "Ab cd ef"),
        ("vars.x|first", "a"),
        ("vars.x|length", "8"),
        ("vars.x|replace(' ', '-')", "ab-cd-ef"),
        ("vars.x|truncate(7)", "ab cd…"),
        ("vars.x|truncate(7, true, '')", "ab cd e"),
        ("vars.x|truncate(99)", "ab cd ef"),
        ("vars.x|urlencode", "ab%20cd%20ef"),
        ("vars.n|int + 1", "13"),
        ("vars.n|float - 1", "11.75"),
        ("vars.n|round", "13"),
        ("vars.n|round(1)", "12.8"),
        ("vars.x|int(5)", "5"),
        ("'inf'|int ~ ''", "0"),
        ("vars.e|e", "&lt;"),
        ("'ja' if vars.n in ['12,75', '13'] else 'nee'", "ja"),
        ("'ja' if vars.none is undefined else 'nee'", "ja"),
        ("'x' if vars.none", ""),
    ],
)
def test_filters_and_tests(expression: str, printed: str) -> None:
    context = lead(own={"x": "ab cd ef", "n": "12,75", "e": "<"})
    assert render(text(f"({{{{ {expression} }}}})"), context).text == f"({printed})"
