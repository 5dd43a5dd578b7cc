"""Templates and flows: what is edited becomes a new version."""

from __future__ import annotations

import pytest
from django.test import Client

from campaigns.models import Flow, FlowVersion
from templates_app.models import Template
from tests.admin.conftest import fields, page, press
from tests.factories import FlowFactory, FlowStepFactory, FlowVersionFactory, TemplateFactory

pytestmark = pytest.mark.django_db


def save_template(client: Client, url: str, **changes: object):
    return client.post(url, fields(client, url) | changes)


def test_a_new_template_has_a_first_version(login) -> None:
    marketer = login("marketer")
    save_template(
        marketer,
        page(Template, "add"),
        name="Hello",
        subject="Hi {{ first_name }}",
        html="<p>Hi</p>",
    )
    version = Template.objects.get().current_version
    assert version is not None
    assert (version.number, version.required_variables) == (1, ["lead.first_name"])
    assert version.created_by is not None


def test_a_changed_template_has_a_new_version_and_keeps_the_old(login) -> None:
    template = TemplateFactory(version__subject="Old")
    save_template(login("marketer"), page(Template, "change", template.pk), subject="New")
    template.refresh_from_db()
    assert template.current_version is not None
    assert template.current_version.subject == "New"
    assert list(template.versions.values_list("number", "subject")) == [(2, "New"), (1, "Old")]


def test_a_template_that_is_refused_is_told_beside_its_part(login) -> None:
    template = TemplateFactory(version__subject="Old")
    url = page(Template, "change", template.pk)
    answer = save_template(login("marketer"), url, html="<p>{{ frist_name }}</p>")
    (error,) = answer.context["adminform"].form.errors["html"]
    assert "Line 1" in error
    assert template.versions.count() == 1


def test_a_deleted_template_leaves_the_list(login) -> None:
    template, marketer = TemplateFactory(), login("marketer")
    press(marketer, template, "delete_this")
    assert Template.objects.present().count() == 0
    assert marketer.get(page(Template, "change", template.pk)).status_code == 302


def test_a_viewer_reads_a_template(login) -> None:
    template = TemplateFactory(version__html="<p>Readable</p>")
    text = login("viewer").get(page(Template, "change", template.pk)).content.decode()
    assert "Readable" in text
    assert 'name="html"' not in text


# --- Flows -------------------------------------------------------------------------------


@pytest.fixture
def flow() -> Flow:
    flow = FlowFactory()
    FlowStepFactory(version=FlowVersionFactory(flow=flow), template__name="first")
    return flow


def steps(flow: Flow, *given: dict[str, object]) -> dict[str, object]:
    form: dict[str, object] = {
        "flow": flow.pk,
        "steps-TOTAL_FORMS": len(given),
        "steps-INITIAL_FORMS": 0,
    }
    for number, step in enumerate(given):
        form |= {f"steps-{number}-{name}": value for name, value in step.items()}
    return form


def test_new_steps_are_a_new_version(login, flow: Flow) -> None:
    mail = {"kind": "send", "template": TemplateFactory().pk, "alias_name": "victor"}
    wait = {"kind": "wait", "delay": 3, "delay_unit": "workdays"}
    answer = login("marketer").post(page(FlowVersion, "add"), steps(flow, mail, wait, mail))
    assert answer.status_code == 302, answer.context["errors"]
    assert answer.url == page(Flow, "change", flow.pk)
    newest = flow.versions.get(number=2)
    assert [str(step) for step in newest.steps.all()] == ["mail 1", "wait 3 workdays", "mail 2"]
    assert flow.versions.count() == 2


def test_steps_that_are_no_flow_are_refused(login, flow: Flow) -> None:
    wait = {"kind": "wait", "delay": 3, "delay_unit": "workdays"}
    answer = login("marketer").post(page(FlowVersion, "add"), steps(flow, wait))
    assert answer.status_code == 200
    assert "at least one mail" in answer.content.decode()
    assert flow.versions.count() == 1


def test_the_steps_begin_as_they_are(login, flow: Flow) -> None:
    answer = login("marketer").get(page(FlowVersion, "add"), {"flow": flow.pk})
    (table,) = answer.context["inline_admin_formsets"]
    first = table.formset.forms[0]
    assert (first["kind"].value(), first["template"].initial.name) == ("send", "first")


def test_a_version_that_is_there_is_not_changed(boss: Client, flow: Flow) -> None:
    version = flow.versions.get()
    assert boss.post(page(FlowVersion, "change", version.pk), {}).status_code == 403
    assert boss.post(page(FlowVersion, "delete", version.pk), {"post": "yes"}).status_code == 403
    assert flow.versions.get() == version
