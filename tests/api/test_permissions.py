"""Who may call what."""

import pytest
from django.urls import path
from rest_framework.response import Response

from mailsuite.lib.api.views import ApiViewSet
from tests.clients import ApiClient, client_in_group


class LeadViewSet(ApiViewSet):
    rights = "leads.lead"
    verbs = {"count": "view"}

    def answer(self, *_: object, **__: object) -> Response:
        return Response({})

    list = create = destroy = partial_update = stop = count = answer


class ForgottenViewSet(ApiViewSet):
    def list(self, *_: object) -> Response:
        return Response({})


urlpatterns = [
    path("api/leads", LeadViewSet.as_view({"get": "list", "post": "create"})),
    path("api/lead", LeadViewSet.as_view({"delete": "destroy", "patch": "partial_update"})),
    path("api/lead/stop", LeadViewSet.as_view({"post": "stop"})),
    path("api/leads/count", LeadViewSet.as_view({"post": "count"})),
    path("api/forgotten", ForgottenViewSet.as_view({"get": "list"})),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

VIEWS = [("get", "/api/leads"), ("head", "/api/leads"), ("post", "/api/leads/count")]
WRITES = [
    ("post", "/api/leads"),
    ("delete", "/api/lead"),
    ("patch", "/api/lead"),
    ("post", "/api/lead/stop"),
]


@pytest.mark.parametrize(("method", "address"), [*VIEWS, *WRITES])
def test_a_marketer_may_see_and_change(marketer: ApiClient, method: str, address: str) -> None:
    assert getattr(marketer, method)(address).status_code == 200


@pytest.mark.parametrize(("method", "address"), VIEWS)
def test_a_viewer_may_see(viewer: ApiClient, method: str, address: str) -> None:
    assert getattr(viewer, method)(address).status_code == 200


@pytest.mark.parametrize(("method", "address"), WRITES)
def test_a_viewer_may_change_nothing(viewer: ApiClient, method: str, address: str) -> None:
    answer = getattr(viewer, method)(address)

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "permission_denied"


@pytest.mark.parametrize(("method", "address"), [*VIEWS, *WRITES])
def test_a_stranger_may_do_nothing(method: str, address: str) -> None:
    assert getattr(ApiClient(), method)(address).status_code == 401


def test_somebody_without_a_group_may_do_nothing() -> None:
    assert client_in_group("nobody").get("/api/leads").status_code == 403


def test_a_method_that_an_address_has_not_is_405_whoever_asks(viewer: ApiClient) -> None:
    assert viewer.put("/api/leads").status_code == 405
    assert ApiClient().put("/api/leads").status_code == 401


def test_a_view_that_names_no_rights_is_closed(marketer: ApiClient) -> None:
    assert marketer.get("/api/forgotten").status_code == 403


def test_operations_change_no_leads() -> None:
    assert client_in_group("ops").post("/api/leads").status_code == 403
