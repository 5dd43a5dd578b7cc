"""Requests in this process: all of Django's way, without a socket."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client
from rest_framework_simplejwt.tokens import RefreshToken


class SignedIn:
    """Somebody who may see everything: by a token in the API, by a session in the admin."""

    def __init__(self) -> None:
        user = User.objects.create_superuser("bench")
        token = RefreshToken.for_user(user).access_token
        self._client = Client(headers={"Authorization": f"Bearer {token}"})
        self._client.force_login(user, "django.contrib.auth.backends.ModelBackend")

    def get(self, url: str) -> bytes:
        """The body of the answer. AssertionError unless it is 200."""
        response = self._client.get(url)
        problem = f"{url}: {response.status_code} {response.content[:500]!r}"
        assert response.status_code == 200, problem
        return response.content
