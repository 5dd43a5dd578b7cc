"""Saving: what is accepted, what becomes a version, what the author is told."""

import pytest

from mailsuite.lib import clock
from mailsuite.lib.errors import Conflict, Refusal
from templates_app.models import Template, TemplateVersion
from templates_app.saving import delete_template, save_template
from tests.factories import TemplateFactory, UserFactory

pytestmark = pytest.mark.django_db

HTML = "<p>Beste {{ first_name|default('collega') }}, {{ company }} in {{ vars.regio }}</p>"


def save(template: Template | None = None, **changes: object):
    values = {} if template else {"name": "Kennismaking", "subject": "Vraag", "html": HTML}
    return save_template(template, **(values | changes))


def test_a_new_template_is_kept_as_version_one_with_what_it_requires() -> None:
    alice = UserFactory(username="alice")
    saved = save(by=alice, description="Eerste mail")

    template = Template.objects.get()
    version = template.current_version
    assert (template.name, template.description) == ("Kennismaking", "Eerste mail")
    assert (version.number, version.subject, version.html, version.text) == (1, "Vraag", HTML, "")
    assert version.required_variables == ["lead.company", "vars.regio"]
    assert version.created_by == alice
    assert saved.version == version


def test_a_changed_part_is_a_new_version_and_the_old_one_stays() -> None:
    template = save().template
    save(template, subject="Andere vraag")

    versions = list(TemplateVersion.objects.order_by("number").values_list("number", "subject"))
    assert versions == [(1, "Vraag"), (2, "Andere vraag")]
    assert Template.objects.get().current_version.number == 2
    assert Template.objects.get().current_version.html == HTML


def test_saving_the_same_again_makes_no_version() -> None:
    template = save().template
    saved = save(template, subject="Vraag ", html=HTML, text="", name="Nieuwe naam")

    assert TemplateVersion.objects.count() == 1
    assert saved.version.number == 1
    assert Template.objects.get().name == "Nieuwe naam"


def test_a_name_is_given_once_and_is_free_again_after_deletion() -> None:
    first = save().template
    with pytest.raises(Conflict) as taken:
        save(name=" Kennismaking ")
    assert taken.value.fields == {"name": "is taken"}
    assert "“Kennismaking”" in taken.value.message
    assert TemplateVersion.objects.count() == 1

    delete_template(first, at=clock.now())
    assert save().template.pk != first.pk


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"name": "  "}, "name", "is empty"),
        ({"name": "n" * 201}, "name", "is longer than 200 characters"),
        ({"subject": " "}, "subject", "Line 1: The subject is empty. Write one."),
        ({"subject": "s" * 999}, "subject", "is longer than 998 characters"),
        ({"html": ""}, "html", "Line 1: The mail is empty. Write an HTML or a text part."),
        ({"text": "a\n{{ frist_name }}"}, "text", "Line 2: “frist_name” is no variable. "
         "Did you mean {{ first_name }}?"),
        ({"html": "{{ image.url('" + "k" * 200 + "') }}"}, "html",
         "has a variable with too long a name"),
    ],
)  # fmt: skip
def test_what_is_not_acceptable_is_refused_by_field_and_line(
    changes: dict[str, str], field: str, told: str
) -> None:
    with pytest.raises(Refusal) as refused:
        save(**changes)

    assert refused.value.fields == {field: told}
    assert not Template.objects.exists()


def test_every_fault_of_every_part_is_told_at_once() -> None:
    with pytest.raises(Refusal) as refused:
        save(subject="{{ frist_name }}", html="<p>{{ x }}</p>\n{% for a in b %}{% endfor %}")

    assert refused.value.code == "template_refused"
    assert sorted(refused.value.fields) == ["html", "subject"]
    assert refused.value.fields["html"].splitlines() == [
        "Line 2: Loops are not available. A lead has no lists: name its fields one by one."
    ]


def test_a_template_that_costs_too_much_is_refused() -> None:
    deep = "<div>" * 60_000
    with pytest.raises(Refusal, match="elements; a mail has at most"):
        save(html=f"{deep[:190_000]}x")


def test_a_refused_change_leaves_the_template_as_it_was() -> None:
    template = save().template
    with pytest.raises(Refusal):
        save(template, name="Ander", html="{{ nope() }}")

    kept = Template.objects.get()
    assert (kept.name, kept.current_version.number) == ("Kennismaking", 1)


def test_whoever_saves_second_is_told_and_undoes_nothing() -> None:
    save()
    mine, theirs = Template.objects.get(), Template.objects.get()
    save(theirs, html="<p>theirs</p>")
    with pytest.raises(Conflict) as conflict:
        save(mine, html="<p>mine</p>")

    assert conflict.value.code == "changed_meanwhile"
    assert Template.objects.get().current_version.html == "<p>theirs</p>"


def test_deleting_keeps_the_versions_that_campaigns_send() -> None:
    template = TemplateFactory()
    delete_template(template, at=clock.now())

    assert not Template.objects.present().exists()
    assert TemplateVersion.objects.filter(template=template).exists()


def test_the_author_is_told_for_whom_a_lead_is_held_back() -> None:
    assert save().warnings == (
        "A lead without lead.company and vars.regio is held back at launch. A fallback avoids "
        "that: {{ lead.company|default('…') }}.",
    )
