"""Signing in, staying signed in, signing out."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from rest_framework_simplejwt.tokens import RefreshToken

from tests.clients import ApiClient
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

ME = "/api/v1/schema/"  # anything that needs a token
RIGHT = "a good password"


@pytest.fixture
def alice() -> User:
    user = UserFactory(username="alice", groups=["marketer"])
    user.set_password(RIGHT)
    user.save()
    return user


def sign_in(password: str = RIGHT) -> dict:
    answer = ApiClient().post("/api/v1/auth/token", {"username": "alice", "password": password})
    return {"status": answer.status_code, **answer.json()}


def call_with(access: str) -> int:
    return ApiClient().get(ME, headers={"Authorization": f"Bearer {access}"}).status_code


def test_name_and_password_give_a_token_that_opens_the_api(alice: User) -> None:
    answer = sign_in()

    assert answer["status"] == 200
    assert answer["error"] is None
    assert call_with(answer["data"]["access"]) == 200


def test_a_wrong_password_is_401_in_the_envelope_and_says_nothing_of_the_account(
    alice: User,
) -> None:
    answer = sign_in("wrong")

    assert answer["status"] == 401
    assert answer["data"] is None
    assert answer["error"] == {
        "code": "wrong_credentials",
        "message": "The name or the password is wrong.",
        "details": [],
    }


def test_no_token_is_401_and_says_where_to_get_one() -> None:
    answer = ApiClient().get(ME)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["error"]["code"] == "not_authenticated"
    assert "POST /api/v1/auth/token" in answer.json()["error"]["message"]


def test_a_broken_token_is_401_in_one_sentence() -> None:
    answer = ApiClient().get(ME, headers={"Authorization": "Bearer nonsense"})

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "token_not_valid"
    assert answer.json()["error"]["details"] == []


def test_an_expired_token_is_401(alice: User) -> None:
    token = RefreshToken.for_user(alice).access_token
    token.set_exp(lifetime=timedelta(seconds=-1))

    assert call_with(str(token)) == 401


def test_a_deactivated_person_is_out_at_once(alice: User) -> None:
    tokens = sign_in()["data"]
    alice.is_active = False
    alice.save()

    assert call_with(tokens["access"]) == 401
    refreshed = ApiClient().post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]})
    assert refreshed.status_code == 401


def test_a_changed_password_ends_access_and_refresh_tokens(alice: User) -> None:
    tokens = sign_in()["data"]
    alice.set_password("another good password")
    alice.save()

    assert call_with(tokens["access"]) == 401
    refreshed = ApiClient().post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]})
    assert refreshed.status_code == 401
    assert refreshed.json()["error"]["code"] == "token_not_valid"


def test_a_refresh_token_of_a_deleted_person_is_401(alice: User) -> None:
    tokens = sign_in()["data"]
    alice.delete()

    refreshed = ApiClient().post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]})

    assert refreshed.status_code == 401


def test_a_refresh_token_works_once_and_gives_a_new_pair(alice: User) -> None:
    tokens = sign_in()["data"]

    first = ApiClient().post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]})
    second = ApiClient().post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]})

    assert first.status_code == 200
    assert call_with(first.json()["data"]["access"]) == 200
    assert second.status_code == 401


def test_logging_out_ends_the_refresh_token(alice: User) -> None:
    tokens = sign_in()["data"]

    out = ApiClient().post("/api/v1/auth/logout", {"refresh": tokens["refresh"]})
    refreshed = ApiClient().post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]})

    assert (out.status_code, refreshed.status_code) == (200, 401)


def test_ten_wrong_passwords_lock_the_name_also_for_the_right_one(alice: User) -> None:
    statuses = [sign_in("wrong")["status"] for _ in range(10)]
    answer = sign_in()

    assert statuses == [401] * 9 + [429]
    assert answer["status"] == 429
    assert answer["error"]["code"] == "locked_out"
    assert "15 minutes" in answer["error"]["message"]


def test_a_lockout_says_when_to_come_back(alice: User) -> None:
    for _ in range(10):
        sign_in("wrong")
    answer = ApiClient().post("/api/v1/auth/token", {"username": "alice", "password": "wrong"})

    assert answer.headers["Retry-After"] == "900"


def test_a_login_forgets_the_failed_tries_before_it(alice: User) -> None:
    for _ in range(9):
        sign_in("wrong")
    assert sign_in()["status"] == 200

    assert sign_in("wrong")["status"] == 401


def test_a_login_is_noted_as_the_last_one(alice: User) -> None:
    sign_in()

    alice.refresh_from_db()
    assert alice.last_login is not None


@pytest.mark.parametrize(
    "body",
    [{}, {"username": "alice"}, {"username": 1, "password": []}, [], "text", None],
)
def test_malformed_credentials_are_400(body: object) -> None:
    assert ApiClient().post("/api/v1/auth/token", body).status_code == 400
