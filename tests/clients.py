"""Clients of the API, signed in the way a front end is: with a bearer token."""

from __future__ import annotations

from django.contrib.auth.models import User
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from tests.factories import UserFactory


class ApiClient(APIClient):
    """Speaks JSON. `ApiClient.of(user)` sends that user's access token."""

    default_format = "json"

    def __init__(self, **defaults: object) -> None:
        # A crash is an answer of the API like any other: tests look at its status.
        super().__init__(raise_request_exception=False, **defaults)

    @classmethod
    def of(cls, user: User) -> ApiClient:
        client = cls()
        token = RefreshToken.for_user(user).access_token
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client


def client_in_group(group: str) -> ApiClient:
    """A client of somebody who is in this group: "marketer", "ops" or "viewer"."""
    return ApiClient.of(UserFactory(groups=[group]))
