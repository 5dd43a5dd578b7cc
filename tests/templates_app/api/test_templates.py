"""GET, POST, PATCH, DELETE /templates."""

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as NoRedis

from templates_app.models import Template
from templates_app.saving import save_template
from tests.clients import ApiClient
from tests.factories import TemplateFactory, TemplateVersionFactory

pytestmark = pytest.mark.django_db

BODY = {"name": "Kennismaking", "subject": "Vraag over {{ company }}", "html": "<p> Dag </p>"}


def items(answer) -> list[dict]:
    return answer.json()["data"]["items"]


def names(client: ApiClient, query: str = "") -> list[str]:
    return [item["name"] for item in items(client.get(f"/api/v1/templates{query}"))]


def test_a_template_is_made_and_answered_whole(marketer: ApiClient) -> None:
    answer = marketer.post("/api/v1/templates", BODY)

    assert answer.status_code == 201
    data = answer.json()["data"]
    template = Template.objects.get()
    assert data["id"] == str(template.pk)
    assert (data["subject"], data["html"], data["text"]) == (BODY["subject"], BODY["html"], "")
    assert data["variables"] == data["required_variables"] == ["lead.company"]
    assert data["optional_variables"] == []
    assert data["version"] == 1
    assert [version["number"] for version in data["versions"]] == [1]
    assert data["warnings"][0].startswith("A lead without lead.company is held back")


def test_faults_of_the_source_are_422_by_field_and_line(marketer: ApiClient) -> None:
    answer = marketer.post("/api/v1/templates", BODY | {"html": "a\n{{ compny }}"})

    assert answer.status_code == 422
    (fault,) = answer.json()["error"]["details"]
    assert fault["field"] == "html"
    assert fault["message"].startswith("Line 2: “compny” is no variable. Did you mean")
    assert not Template.objects.exists()


def test_a_name_that_is_taken_is_409(marketer: ApiClient) -> None:
    TemplateFactory(name="Kennismaking")

    assert marketer.post("/api/v1/templates", BODY).status_code == 409


@pytest.mark.parametrize("left_out", ["name", "subject"])
def test_a_body_without_name_or_subject_is_400(marketer: ApiClient, left_out: str) -> None:
    body = {field: value for field, value in BODY.items() if field != left_out}

    assert marketer.post("/api/v1/templates", body).status_code == 400


def test_a_change_is_a_new_version(marketer: ApiClient) -> None:
    template = TemplateFactory()
    answer = marketer.patch(f"/api/v1/templates/{template.pk}", {"subject": "Anders"})

    assert answer.status_code == 200
    assert answer.json()["data"]["subject"] == "Anders"
    assert [one["number"] for one in answer.json()["data"]["versions"]] == [2, 1]

    versions = items(marketer.get(f"/api/v1/templates/{template.pk}/versions"))
    assert [one["subject"] for one in versions] == ["Anders", "Hello {{ lead.company }}"]
    assert [one["created_by"] for one in versions] == [marketer_name(), None]


def marketer_name() -> str:
    return Template.objects.get().current_version.created_by.username


def test_a_deleted_template_is_gone(marketer: ApiClient) -> None:
    template = TemplateFactory()
    answer = marketer.delete(f"/api/v1/templates/{template.pk}")

    assert (answer.status_code, answer.json()) == (200, {"data": None, "error": None})
    assert marketer.get(f"/api/v1/templates/{template.pk}").status_code == 404
    assert marketer.get(f"/api/v1/templates/{template.pk}/versions").status_code == 404
    assert names(marketer) == []


def test_the_list_is_searched_sorted_and_paged(marketer: ApiClient) -> None:
    TemplateFactory(name="B", description="herfst")
    TemplateFactory(name="A", version__subject="Herfstactie")
    TemplateFactory(name="C")

    assert names(marketer) == ["A", "B", "C"]
    assert names(marketer, "?search=HERFST&sort_order=desc") == ["B", "A"]
    assert names(marketer, "?page=2&page_size=2") == ["C"]
    assert marketer.get("/api/v1/templates?sort_by=colour").status_code == 400
    assert marketer.get("/api/v1/templates?page=0").status_code == 400


def test_the_list_costs_the_same_for_any_number_of_templates(
    marketer: ApiClient, django_assert_max_num_queries
) -> None:
    for _ in range(12):
        TemplateFactory()
    with django_assert_max_num_queries(5):
        assert len(names(marketer)) == 12


def test_a_detail_costs_the_same_for_any_number_of_versions(
    marketer: ApiClient, django_assert_max_num_queries
) -> None:
    template = TemplateFactory()
    for _ in range(12):
        TemplateVersionFactory(template=template)
    with django_assert_max_num_queries(5):
        marketer.get(f"/api/v1/templates/{template.pk}")


def test_the_list_is_answered_from_the_cache_until_something_is_saved(
    marketer: ApiClient, django_capture_on_commit_callbacks
) -> None:
    template = TemplateFactory(name="Oud")
    assert names(marketer) == ["Oud"]
    Template.objects.update(name="Langs de deur")
    assert names(marketer) == ["Oud"]

    with django_capture_on_commit_callbacks(execute=True):
        save_template(template, name="Nieuw")
    assert names(marketer) == ["Nieuw"]

    with django_capture_on_commit_callbacks(execute=True):
        marketer.delete(f"/api/v1/templates/{template.pk}")
    assert names(marketer) == []


def test_without_a_cache_the_list_is_read_from_the_database(
    marketer: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise NoRedis("no redis")

    TemplateFactory(name="A")
    for method in ("get", "get_or_set", "set"):
        monkeypatch.setattr(cache, method, refuse)

    assert names(marketer) == ["A"]


def test_a_viewer_sees_and_changes_nothing(viewer: ApiClient) -> None:
    template = TemplateFactory(name="A")

    assert names(viewer) == ["A"]
    assert viewer.post("/api/v1/templates", BODY).status_code == 403
    assert viewer.patch(f"/api/v1/templates/{template.pk}", {"name": "B"}).status_code == 403
    assert viewer.delete(f"/api/v1/templates/{template.pk}").status_code == 403
    assert Template.objects.get().name == "A"


def test_strangers_get_401() -> None:
    assert ApiClient().get("/api/v1/templates").status_code == 401


@pytest.mark.parametrize("template_id", [0, 10**30])
def test_an_id_that_no_template_has_is_404(marketer: ApiClient, template_id: int) -> None:
    assert marketer.get(f"/api/v1/templates/{template_id}").status_code == 404


def test_a_template_of_older_rules_can_still_be_seen(marketer: ApiClient) -> None:
    template = TemplateFactory(version__html="{{ lead.fax }}", version__required_variables=["x"])
    data = marketer.get(f"/api/v1/templates/{template.pk}").json()["data"]

    assert data["variables"] == ["x"]
    assert data["warnings"][0].startswith("Today's rules refuse this template")
