"""The schema and the pages that are made of it."""

import re

import pytest
from django.test import Client

from tests.clients import ApiClient
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_admin(db: None) -> Client:
    client = Client()
    viewer = UserFactory(groups=["viewer"])
    client.force_login(viewer, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("address", ["/api/v1/schema/", "/api/v1/docs/"])
def test_strangers_see_neither_schema_nor_docs(address: str) -> None:
    assert Client().get(address).status_code == 401


@pytest.mark.parametrize("address", ["/api/v1/schema/", "/api/v1/docs/"])
def test_who_is_in_the_admin_sees_both(in_admin: Client, address: str) -> None:
    client = Client()
    client.force_login(
        UserFactory(groups=["viewer"]), backend="django.contrib.auth.backends.ModelBackend"
    )

    assert in_admin.get(address).status_code == 200


def test_a_token_opens_the_schema_as_json(marketer: ApiClient) -> None:
    answer = marketer.get("/api/v1/schema/?format=json")

    assert answer.status_code == 200
    assert "/api/v1/campaigns" in answer.json()["paths"]


def test_the_docs_load_nothing_from_strangers(in_admin: Client) -> None:
    client = Client()
    client.force_login(
        UserFactory(groups=["viewer"]), backend="django.contrib.auth.backends.ModelBackend"
    )

    page = in_admin.get("/api/v1/docs/").content.decode()

    assert "https://" not in page
    assert "//cdn" not in page


def test_every_operation_but_signing_in_asks_for_a_token(marketer: ApiClient) -> None:
    paths = marketer.get("/api/v1/schema/?format=json").json()["paths"]
    open_ones = [
        path
        for path, operations in paths.items()
        for method, operation in operations.items()
        if not any(operation.get("security", []))
    ]

    assert open_ones == ["/api/v1/auth/logout", "/api/v1/auth/refresh", "/api/v1/auth/token"]


def test_every_operation_refuses_strangers(marketer: ApiClient) -> None:
    paths = marketer.get("/api/v1/schema/?format=json").json()["paths"]
    for path, operations in paths.items():
        if path.startswith("/api/v1/auth/"):
            continue
        address = re.sub(r"{\w+}", "1", path)
        for method in operations:
            answer = getattr(ApiClient(), method)(address)
            assert answer.status_code == 401, f"{method} {path}"
            assert answer.json()["data"] is None
