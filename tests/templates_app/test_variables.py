import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates_app.sandbox import compile_template
from templates_app.values import RenderContext
from templates_app.variables import Variables, missing
from tests.templates_app.mails import MARKETING, lead, text


def variables(written: str) -> Variables:
    return compile_template(text(written)).variables


@pytest.mark.parametrize(
    ("written", "required", "optional"),
    [
        ("{{ company }} {{ vars.rooms }}", ("lead.company", "vars.rooms"), ()),
        ("{{ bedrijf }} {{ lead.company }}", ("lead.company",), ()),
        ("{{ first_name|default('collega') }}", (), ("lead.first_name",)),
        ("{{ first_name|default('collega', true)|title }}", (), ("lead.first_name",)),
        ("{{ first_name or 'collega' }}", (), ("lead.first_name",)),
        ("{{ hotel_name }}", (), ("vars.hotel_name", "lead.company")),
        ("{% if vars.x %}{{ vars.x }}{% endif %}", (), ("vars.x",)),
        ("{% if vars.x is defined %}{{ vars.x }}{% endif %}", (), ("vars.x",)),
        ("{% if not vars.x %}?{% else %}{{ vars.x }}{% endif %}", (), ("vars.x",)),
        ("{% if hotel_name %}{{ hotel_name }}{% endif %}", (), ("vars.hotel_name", "lead.company")),
        ("{{ vars.x if vars.x else 'geen' }}", (), ("vars.x",)),
        ("{{ vars.x|upper }}", ("vars.x",), ()),
        ("{{ vars.x ~ vars.y }}", ("vars.x", "vars.y"), ()),
        ("{{ vars.x|default('-') }} {{ vars.x }}", ("vars.x",), ()),
        ("{{ image.cid 'hero' }} {{ signature }}", ("image.cid.hero",), ("signature",)),
    ],
)
def test_a_variable_is_required_where_its_blank_would_show(
    written: str, required: tuple[str, ...], optional: tuple[str, ...]
) -> None:
    found = variables(written)
    assert (found.required, found.optional) == (required, optional)


@pytest.mark.parametrize(
    ("written", "own", "lacking"),
    [
        ("{% if vars.x %}{{ vars.y }}{% endif %}", {}, ()),
        ("{% if vars.x %}{{ vars.y }}{% endif %}", {"x": "1"}, ("vars.y",)),
        ("{% if vars.x %}a{% else %}{{ vars.y }}{% endif %}", {}, ("vars.y",)),
        ("{% if vars.x == 'ja' %}{{ vars.x }}{% endif %}", {}, ()),
        ("{% if vars.x != '' %}{{ vars.x }}{% endif %}", {}, ()),
        ("{% if vars.x or vars.y %}{{ vars.x or vars.y }}{% endif %}", {}, ()),
        ("{% if vars.x or vars.y %}{{ vars.x }}{% endif %}", {"y": "1"}, ("vars.x",)),
        ("{% if vars.x and vars.y %}{{ vars.y }}{% endif %}", {}, ()),
        ("{{ vars.x or vars.y }}", {}, ("vars.x or vars.y",)),
        ("{{ vars.x or vars.y }}", {"y": "1"}, ()),
        ("{{ vars.x|default(vars.y) }}", {}, ("vars.x or vars.y",)),
        ("{{ vars.x|default('')|default(vars.y) }}", {"x": "1"}, ("vars.y",)),
        ("{{ (vars.x == 'a') or vars.y }}", {"x": "1"}, ("vars.y",)),
        ("{{ vars.x and 'ja' }}", {}, ()),
        ("{{ vars.x }} {{ vars.y }}", {"x": "  ", "y": None}, ("vars.x", "vars.y")),
        ("{{ vars.x }}", {"x": 0}, ()),
    ],
)
def test_missing_names_what_this_lead_lacks(
    written: str, own: dict[str, object], lacking: tuple[str, ...]
) -> None:
    context = RenderContext(lead={}, vars=own)
    assert missing(variables(written).requirements, context) == lacking


def test_all_missing_variables_are_named_in_the_order_of_the_mail() -> None:
    required = compile_template(MARKETING).variables.requirements
    lacking = missing(required, RenderContext(lead={"company": "X"}, vars={"rooms": "9"}))
    assert lacking == (
        "campaign.name", "image.url.logo", "lead.city", "image.cid.hero", "lead.url",
        "campaign.unsubscribe_url",
    )  # fmt: skip


def test_a_complete_lead_lacks_nothing() -> None:
    assert missing(compile_template(MARKETING).variables.requirements, lead()) == ()


NAMES = st.sampled_from(["vars.a", "vars.b", "vars.c"])
EXPRESSIONS = st.recursive(
    NAMES | st.just("'k'"),
    lambda inner: st.one_of(
        st.builds("({} or {})".format, inner, inner),
        st.builds("({}|default({}))".format, inner, inner),
        st.builds("({}|upper)".format, inner),
        st.builds("({} ~ {})".format, inner, inner),
        st.builds("({} if {} else {})".format, inner, NAMES, inner),
    ),
    max_leaves=4,
)
TESTS = st.recursive(
    st.builds("{}{}".format, NAMES, st.sampled_from(["", " == 'x'", " != ''", " is defined"])),
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
    ),
    max_leaves=3,
)
TEMPLATES = st.recursive(
    st.builds("[{{{{ {} }}}}]".format, EXPRESSIONS),
    lambda inner: st.builds(
        "{{% if {} %}}{}{{% elif {} %}}{}{{% else %}}{}{{% endif %}}".format,
        TESTS, inner, TESTS, inner, inner,
    ),
    max_leaves=5,
)  # fmt: skip
LEADS = st.fixed_dictionaries({key: st.sampled_from(["", "x", "y"]) for key in "abc"})


@settings(deadline=None)
@given(TEMPLATES, LEADS)
def test_a_lead_that_lacks_nothing_never_gets_a_blank(written: str, own: dict[str, str]) -> None:
    template = compile_template(text(f"k{written}"))
    context = RenderContext(lead={}, vars=own)
    if not missing(template.variables.requirements, context):
        assert template.text is not None
        values = {f"vars.{key}": value for key, value in own.items()}
        assert "[]" not in template.text.fill(values)
