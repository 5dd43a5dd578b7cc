"""What holds for every endpoint: the envelope, errors, pages, bodies taken literally."""

import pytest
from django.test import override_settings
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from leads.models import Suppression
from mailsuite.lib.api.fields import Choice, IdField
from mailsuite.lib.api.query import Query
from mailsuite.lib.api.strict import StrictSerializer
from mailsuite.lib.api.views import ApiViewSet
from mailsuite.lib.errors import Conflict, Refusal
from mailsuite.urls import handler400, handler404, handler500  # noqa: F401  # of this URLconf
from tests.clients import ApiClient
from tests.factories import SuppressionFactory


class Inner(StrictSerializer):
    start_at = serializers.CharField(required=False)
    flags = serializers.ListField(child=serializers.BooleanField(), required=False)


class Step(StrictSerializer):
    kind = serializers.CharField()


class Outer(StrictSerializer):
    forbidden = {"timezone": "It belongs to the sending policy of the domain."}

    name = serializers.CharField(max_length=20)
    count = serializers.IntegerField(required=False)
    lead_id = IdField(required=False)
    anything = serializers.JSONField(required=False)
    schedule = Inner(required=False)
    steps = Step(many=True, required=False)


class EchoViewSet(ApiViewSet):
    rights = "leads.lead"

    def create(self, request: Request) -> Response:
        body = Outer(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(body.validated_data, status=201)


class RefusingViewSet(ApiViewSet):
    rights = "leads.lead"
    outcomes = {
        "refusal": Refusal("No.", fields={"name": "Not this one."}, code="no"),
        "conflict": Conflict("Busy."),
        "crash": RuntimeError("password=hunter2"),
    }

    def list(self, request: Request, kind: str) -> Response:
        raise self.outcomes[kind]


class ListQuery(Query):
    sort_order = Choice(["asc", "desc"], default="asc")


class SuppressionItem(serializers.Serializer):
    value = serializers.CharField()


class ListViewSet(ApiViewSet):
    rights = "leads.suppression"

    def list(self, request: Request) -> Response:
        sign = "-" if self.query(ListQuery)["sort_order"] == "desc" else ""
        return self.page_of(Suppression.objects.order_by(f"{sign}value"), SuppressionItem)


urlpatterns = [
    path("api/echo", EchoViewSet.as_view({"post": "create"})),
    path("api/<str:kind>/fail", RefusingViewSet.as_view({"get": "list"})),
    path("api/list", ListViewSet.as_view({"get": "list"})),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def errors_of(answer) -> dict[str, str]:
    return {item["field"]: item["message"] for item in answer.json()["error"]["details"]}


def test_an_answer_is_wrapped(marketer: ApiClient) -> None:
    answer = marketer.post("/api/echo", {"name": "Hotel"})

    assert answer.status_code == 201
    assert answer.json() == {"data": {"name": "Hotel"}, "error": None}


def test_a_refusal_is_422_with_its_fields(marketer: ApiClient) -> None:
    answer = marketer.get("/api/refusal/fail")

    assert answer.status_code == 422
    assert answer.json() == {
        "data": None,
        "error": {
            "code": "no",
            "message": "No.",
            "details": [{"field": "name", "code": "no", "message": "Not this one."}],
        },
    }


def test_a_conflict_is_409(marketer: ApiClient) -> None:
    assert marketer.get("/api/conflict/fail").status_code == 409


def test_a_crash_is_500_and_leaks_nothing(marketer: ApiClient) -> None:
    answer = marketer.get("/api/crash/fail")

    assert answer.status_code == 500
    assert answer.json()["data"] is None
    assert "hunter2" not in answer.content.decode()


def test_an_address_that_leads_nowhere_is_404_in_the_envelope(marketer: ApiClient) -> None:
    answer = marketer.get("/api/nowhere")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def message_of(answer) -> str:
    return answer.json()["error"]["message"]


def test_a_method_that_is_not_taken_is_405_and_the_others_are_named(marketer: ApiClient) -> None:
    answer = marketer.put("/api/echo", {})

    assert answer.status_code == 405
    assert message_of(answer) == 'Method "PUT" not allowed. This address takes POST.'


def test_another_content_type_is_415_and_the_right_one_is_named(marketer: ApiClient) -> None:
    answer = marketer.post("/api/echo", "name=x", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 415
    assert message_of(answer).endswith("Send it with Content-Type: application/json.")


def test_another_answer_than_json_is_406_and_says_so(marketer: ApiClient) -> None:
    answer = marketer.get("/api/list", headers={"Accept": "text/html"})

    assert answer.status_code == 406
    assert message_of(answer).endswith("Leave the Accept header out, or ask for application/json.")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"name": "x", "schedule": []}, "schedule: This must be an object, not a list."),
        ([], "This must be an object, not a list."),
        ({"name": "x", "steps": ["a"]}, "steps.0: This must be an object, not text."),
    ],
)
def test_a_value_that_is_no_object_is_told_in_plain_words(
    marketer: ApiClient, body: object, message: str
) -> None:
    answer = marketer.post("/api/echo", body)

    assert answer.status_code == 400
    assert message_of(answer) == message


def test_an_unknown_field_is_422_and_the_closest_known_one_is_named(marketer: ApiClient) -> None:
    answer = marketer.post("/api/echo", {"naam": "Hotel", "name": "x"})

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "field_unknown"
    assert errors_of(answer) == {"naam": "There is no such field. Did you mean name?"}


def test_an_unknown_field_of_a_list_item_is_named_with_its_place(marketer: ApiClient) -> None:
    answer = marketer.post("/api/echo", {"name": "x", "steps": [{"kind": "a", "knd": "b"}]})

    assert errors_of(answer) == {
        "steps.0.knd": "There is no such field. Did you mean steps.0.kind?"
    }


def test_a_field_in_the_wrong_place_is_told_where_it_belongs(marketer: ApiClient) -> None:
    answer = marketer.post("/api/echo", {"name": "x", "start_at": "now"})

    assert errors_of(answer) == {
        "start_at": "There is no such field. Did you mean schedule.start_at?"
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x", "timezone": "UTC"}, "timezone"),
        ({"name": "x", "schedule": {"timezone": "UTC"}}, "schedule.timezone"),
        ({"name": "x", "settings": {"timezone": "UTC"}}, "settings.timezone"),
        ({"name": "x", "steps": [{"kind": "a"}, {"timezone": "UTC"}]}, "steps.1.timezone"),
    ],
)
def test_a_forbidden_field_is_named_at_any_depth_with_the_reason(
    marketer: ApiClient, body: dict, field: str
) -> None:
    answer = marketer.post("/api/echo", body)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "field_forbidden"
    assert errors_of(answer)[field] == "It belongs to the sending policy of the domain."


def test_the_keys_of_a_free_object_are_nobodys_business(marketer: ApiClient) -> None:
    answer = marketer.post("/api/echo", {"name": "x", "anything": {"timezone": "UTC"}})

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": 5}, "name"),
        ({"name": "x", "count": "5"}, "count"),
        ({"name": "x", "count": True}, "count"),
        ({"name": "x", "lead_id": "one"}, "lead_id"),
        ({"name": "x", "lead_id": 2**63}, "lead_id"),
        ({"name": "x", "lead_id": True}, "lead_id"),
        ({"name": "x", "schedule": {"flags": [True, 1]}}, "schedule.flags.1"),
        ({"name": "x", "schedule": []}, "schedule"),
    ],
)
def test_a_value_of_another_type_is_400_and_its_field_is_named(
    marketer: ApiClient, body: dict, field: str
) -> None:
    answer = marketer.post("/api/echo", body)

    assert answer.status_code == 400
    assert list(errors_of(answer)) == [field]


def test_an_id_may_be_the_string_that_the_api_gave_or_its_number(marketer: ApiClient) -> None:
    for given in ("7", 7):
        answer = marketer.post("/api/echo", {"name": "x", "lead_id": given})
        assert answer.json()["data"]["lead_id"] == 7


@pytest.mark.parametrize(
    "raw",
    [
        '{"name": ',
        '{"name": NaN}',
        "\x00",
        "[" * 100_000,
        '{"count": ' + "9" * 5000 + "}",
    ],
)
def test_a_body_that_nothing_can_read_is_400(marketer: ApiClient, raw: str) -> None:
    answer = marketer.post("/api/echo", raw, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "parse_error"


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (r'{"name": "\u0000"}', "name"),
        (r'{"name": "x", "anything": {"a\u0000": 1}}', "anything"),
        (r'{"name": "x", "anything": ["a", {"b": "\ud800"}]}', "anything.1.b"),
        (r'"\u0000"', "body"),
    ],
)
def test_a_text_that_nothing_can_store_is_400_and_its_field_is_named(
    marketer: ApiClient, raw: str, field: str
) -> None:
    answer = marketer.post("/api/echo", raw, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid"
    assert list(errors_of(answer)) == [field]


def test_a_whole_character_beyond_the_basic_plane_is_taken(marketer: ApiClient) -> None:
    raw = r'{"name": "\ud83c\udfe8"}'
    answer = marketer.post("/api/echo", raw, content_type="application/json")

    assert answer.json()["data"]["name"] == "🏨"


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}])
def test_a_body_beyond_the_limit_is_400(marketer: ApiClient, headers: dict) -> None:
    answer = marketer.post("/api/echo", {"name": "x" * 100}, headers=headers)

    assert answer.status_code == 400


def test_a_list_has_its_items_and_the_total_of_all_pages(marketer: ApiClient) -> None:
    for value in "abc":
        SuppressionFactory(value=f"{value}@example.nl")

    answer = marketer.get("/api/list?page=2&page_size=2&sort_order=desc")

    assert answer.json()["data"] == {"items": [{"value": "a@example.nl"}], "total": 3}


def test_a_page_beyond_the_last_is_empty(marketer: ApiClient) -> None:
    assert marketer.get("/api/list?page=1000000").json()["data"] == {"items": [], "total": 0}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=x", "page"),
        ("page=99999999999999999999", "page"),
        ("page=%D9%A1", "page"),
        ("page_size=501", "page_size"),
        ("sort_order=sideways", "sort_order"),
        ("sort_ordr=asc", "sort_ordr"),
        ("sort_order=asc&sort_order=desc", "sort_order"),
        ("sort_order=asc&sort_order=", "sort_order"),
        ("page=1&page=2", "page"),
    ],
)
def test_an_unknown_parameter_or_value_is_400_and_named(
    marketer: ApiClient, query: str, field: str
) -> None:
    answer = marketer.get(f"/api/list?{query}")

    assert answer.status_code == 400
    assert list(errors_of(answer)) == [field]


def test_a_bad_choice_names_the_allowed_ones(marketer: ApiClient) -> None:
    answer = marketer.get("/api/list?sort_order=sideways")

    assert "asc, desc" in errors_of(answer)["sort_order"]


def test_an_empty_parameter_counts_as_not_given(marketer: ApiClient) -> None:
    assert marketer.get("/api/list?sort_order=&page=").status_code == 200
