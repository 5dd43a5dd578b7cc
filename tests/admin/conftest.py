from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(UserFactory(is_superuser=True))
    return client


@pytest.fixture
def login(client: Client) -> Callable[[str], Client]:
    """`login("viewer")`: the client of somebody who is in that group alone."""

    def of_group(group: str) -> Client:
        client.force_login(UserFactory(groups=[group]))
        return client

    return of_group


def page(model: type[Model], kind: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


def press(client: Client, row: Model, button: str) -> HttpResponse:
    """Confirm the dialog of a button on the page of a row."""
    return client.post(page(type(row), button, row.pk), {"_form_submitted": "on"})


def pick(client: Client, action: str, *rows: Model) -> HttpResponse:
    """Tick rows in their list and choose an action."""
    ticked = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(page(type(rows[0]), "changelist"), ticked)


def told(answer: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def fields(client: Client, url: str) -> dict[str, object]:
    """What the form on a page would send if nothing were changed, tables included."""
    context = client.get(url).context
    forms = [context["adminform"].form]
    for table in context.get("inline_admin_formsets", []):
        forms += [table.formset.management_form, *table.formset.forms]
    sent: dict[str, object] = {}
    for form in forms:
        for bound in form:
            widget = bound.field.widget
            value = bound.value()
            if hasattr(widget, "decompress"):
                parts = widget.decompress(value)
                sent |= {f"{bound.html_name}_{n}": part or "" for n, part in enumerate(parts)}
            elif value is not None and value is not False:
                sent[bound.html_name] = value
    return sent
