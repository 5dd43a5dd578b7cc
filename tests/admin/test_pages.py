"""Every page of the admin opens, and costs the same however many rows it shows."""

from __future__ import annotations

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import CharField, Model, TextField
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.admin.conftest import page
from tests.factories import UserFactory
from tracking.models import ProviderWebhook

pytestmark = pytest.mark.django_db

OURS = [
    model
    for model in site._registry
    if model.__module__.split(".")[0] in {"leads", "templates_app", "campaigns", "tracking"}
]
FACTORIES = {
    factory._meta.model: factory for factory in map(vars(factories).get, factories.__all__)
}
MADE = [model for model in OURS if model in FACTORIES]
TEXTS = (CharField, TextField)


def name(model: type[Model]) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", site._registry, ids=name)
def test_every_list_opens_and_can_be_searched(boss: Client, model: type[Model]) -> None:
    assert boss.get(page(model, "changelist")).status_code == 200
    assert boss.get(page(model, "changelist"), {"q": "jan@hotel.nl"}).status_code == 200


@pytest.mark.parametrize("model", site._registry, ids=name)
def test_every_form_opens_for_those_who_may_add(boss: Client, model: type[Model]) -> None:
    answer = boss.get(page(model, "add"))
    may_add = site._registry[model].has_add_permission(answer.wsgi_request)
    assert answer.status_code == (200 if may_add else 403)


@pytest.mark.parametrize("model", site._registry, ids=name)
def test_no_list_is_filtered_by_a_nul(boss: Client, model: type[Model]) -> None:
    texts = [one.name for one in model._meta.concrete_fields if isinstance(one, TEXTS)]
    for given in [{name: "\0"} for name in texts] + [{"id__exact": "\0"}, {"a\0": "b"}]:
        answer = boss.get(page(model, "changelist"), given)
        assert (answer.status_code, answer["Location"]) == (
            302,
            page(model, "changelist") + "?e=1",
        )


@pytest.mark.parametrize("pk", ["abc", "9" * 30, "-1", "1.5"])
@pytest.mark.parametrize("model", OURS, ids=name)
def test_an_id_that_is_none_leads_back(boss: Client, model: type[Model], pk: str) -> None:
    answer = boss.get(page(model, "change", pk))
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:index"))


@pytest.mark.parametrize("model", MADE, ids=name)
def test_every_row_opens(boss: Client, model: type[Model]) -> None:
    row = FACTORIES[model]()
    assert boss.get(page(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", MADE, ids=name)
def test_a_list_costs_the_same_for_more_rows(boss: Client, model: type[Model]) -> None:
    FACTORIES[model]()
    boss.get(page(model, "changelist"))  # permissions and content types are read once
    with CaptureQueriesContext(connection) as for_one:
        boss.get(page(model, "changelist"))
    for _ in range(4):
        FACTORIES[model]()
    with CaptureQueriesContext(connection) as for_five:
        boss.get(page(model, "changelist"))
    assert len(for_five) == len(for_one)
    assert len(for_five) <= 10


def test_every_model_of_ours_has_its_page() -> None:
    from django.apps import apps

    labels = {"leads", "templates_app", "campaigns", "tracking"}
    models = {model for model in apps.get_models() if model._meta.app_label in labels}
    # A webhook's address and keys stand on the page of its account.
    assert models - set(site._registry) == {ProviderWebhook}


def test_all_pages_wear_the_theme() -> None:
    from unfold.admin import ModelAdmin

    assert [
        model for model, page in site._registry.items() if not isinstance(page, ModelAdmin)
    ] == []


def test_the_side_bar_shows_what_one_may_see(client: Client) -> None:
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="view_lead"))
    client.force_login(user)
    text = client.get(reverse("admin:index")).content.decode()
    assert reverse("admin:leads_lead_changelist") in text
    assert reverse("admin:campaigns_campaign_changelist") not in text


def test_the_bare_address_leads_to_the_admin(client: Client) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
