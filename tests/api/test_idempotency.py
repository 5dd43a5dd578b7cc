"""`Idempotency-Key` on POST."""

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models.functions import Now
from django.urls import path
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from leads.models import Suppression
from mailsuite.lib.api.views import ApiViewSet
from mailsuite.lib.errors import Refusal
from mailsuite.lib.idempotency import records
from mailsuite.lib.idempotency.models import IdempotencyRecord
from tests.clients import ApiClient, client_in_group

begun, may_go_on = threading.Event(), threading.Event()


class SuppressViewSet(ApiViewSet):
    """Does something that would show if it was done twice."""

    rights = "leads.suppression"
    parser_classes = [JSONParser, MultiPartParser]

    def create(self, request: Request) -> Response:
        domain = str(request.data["domain"])
        number = Suppression.objects.count()
        Suppression.objects.create(value=f"{number}.{domain}", scope="domain", reason="manual")
        if domain == "refused.nl":
            raise Refusal("Not that one.")
        if domain == "crash.nl":
            raise RuntimeError
        if domain == "slow.nl":
            begun.set()
            may_go_on.wait(10)
        return Response({"number": number}, status=201)


urlpatterns = [path("api/suppress", SuppressViewSet.as_view({"post": "create"}))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def post(client: ApiClient, domain: str = "a.nl", key: str = "key-1", **more):
    return client.post(
        "/api/suppress", {"domain": domain}, headers={"Idempotency-Key": key}, **more
    )


def suppressed() -> list[str]:
    return list(Suppression.objects.order_by("value").values_list("value", flat=True))


def test_the_second_request_gets_the_first_answer_and_does_nothing(marketer: ApiClient) -> None:
    first, second = post(marketer), post(marketer)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json() == {"data": {"number": 0}, "error": None}
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert suppressed() == ["0.a.nl"]


def test_without_a_key_each_request_counts(marketer: ApiClient) -> None:
    marketer.post("/api/suppress", {"domain": "a.nl"})
    marketer.post("/api/suppress", {"domain": "a.nl"})

    assert suppressed() == ["0.a.nl", "1.a.nl"]


def test_a_key_is_its_owners_alone(marketer: ApiClient) -> None:
    post(marketer)
    answer = post(client_in_group("marketer"))

    assert answer.json()["data"] == {"number": 1}


def test_a_key_used_for_other_content_is_409(marketer: ApiClient) -> None:
    post(marketer)
    answer = post(marketer, "b.nl")

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "idempotency_key_reused"
    assert suppressed() == ["0.a.nl"]


@pytest.mark.parametrize(("domain", "status"), [("refused.nl", 422), ("crash.nl", 500)])
def test_what_failed_is_undone_and_its_key_is_free_again(
    marketer: ApiClient, domain: str, status: int
) -> None:
    assert post(marketer, domain).status_code == status
    assert suppressed() == []

    assert post(marketer, "a.nl").status_code == 201


def test_a_key_is_forgotten_after_a_day(marketer: ApiClient) -> None:
    post(marketer)
    IdempotencyRecord.objects.update(created_at=Now() - timedelta(hours=25))

    assert post(marketer).json()["data"] == {"number": 1}


def test_forget_old_leaves_what_still_counts(marketer: ApiClient) -> None:
    post(marketer, key="old")
    IdempotencyRecord.objects.update(created_at=Now() - timedelta(hours=25))
    post(marketer, key="new")

    assert records.forget_old() == 1
    assert [record.key for record in IdempotencyRecord.objects.all()] == ["new"]


@pytest.mark.parametrize("key", ["k" * 256, "tab\there"])
def test_a_key_that_is_no_key_is_400(marketer: ApiClient, key: str) -> None:
    assert post(marketer, key=key).status_code == 400
    assert suppressed() == []


def test_a_key_opens_nothing_to_strangers() -> None:
    assert post(ApiClient()).status_code == 401
    assert not IdempotencyRecord.objects.exists()


def test_the_same_files_in_another_envelope_are_the_same_request(marketer: ApiClient) -> None:
    def upload(content: bytes):
        body = {"domain": "a.nl", "file": SimpleUploadedFile("leads.csv", content)}
        return marketer.post(
            "/api/suppress", body, format="multipart", headers={"Idempotency-Key": "file"}
        )

    assert upload(b"a,b").status_code == 201
    assert upload(b"a,b").headers["Idempotency-Replayed"] == "true"
    assert upload(b"a,c").status_code == 409


@pytest.mark.django_db(transaction=True)
def test_a_second_request_while_the_first_runs_is_409() -> None:
    client = client_in_group("marketer")
    begun.clear(), may_go_on.clear()
    answers = []

    def first() -> None:
        answers.append(post(client, "slow.nl"))
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(10)
    second = post(client, "slow.nl")
    may_go_on.set()
    thread.join(10)

    assert second.status_code == 409
    assert second.json()["error"]["code"] == "idempotency_key_in_flight"
    assert answers[0].status_code == 201
    assert post(client, "slow.nl").headers["Idempotency-Replayed"] == "true"
    assert suppressed() == ["0.slow.nl"]


@pytest.mark.django_db(transaction=True)
def test_tasks_wait_for_the_answer_to_be_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    stored_when_called: list[bool] = []
    create = Suppression.objects.create

    def create_and_enqueue(**values: str) -> Suppression:
        transaction.on_commit(lambda: stored_when_called.append(IdempotencyRecord.objects.exists()))
        return create(**values)

    monkeypatch.setattr(Suppression.objects, "create", create_and_enqueue)
    post(client_in_group("marketer"))

    assert stored_when_called == [True]
