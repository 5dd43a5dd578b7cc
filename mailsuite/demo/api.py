"""mailsuite's HTTP API as one of its clients calls it."""

from __future__ import annotations

import json
from typing import Any

import requests

_TIMEOUT = 60  # seconds; a launch plans every mail before it answers


class ApiError(RuntimeError):
    """The API refused; the text is what it said."""


class Api:
    """Signs in with a name and a password, and again whenever its token has run out."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self._root = f"{url}/api/v1"
        self._credentials = {"username": username, "password": password}
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy for loopback

    def get(self, path: str, **query: str | int) -> Any:
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any], *, idempotency_key: str = "") -> Any:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self._ask("POST", path, json=body, headers=headers)

    def every(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        """The items of all pages of a list."""
        items: list[dict[str, Any]] = []
        page = 1
        while True:
            answer = self.get(path, **query, page=page, page_size=500)
            items += answer["items"]
            if len(items) >= answer["total"] or not answer["items"]:
                return items
            page += 1

    def _ask(self, method: str, path: str, **request: Any) -> Any:
        answer = self._send(method, path, **request)
        if answer.status_code == requests.codes.unauthorized:
            self._sign_in()
            answer = self._send(method, path, **request)
        return _data(answer)

    def _sign_in(self) -> None:
        pair = _data(self._send("POST", "/auth/token", json=self._credentials))
        self._session.headers["Authorization"] = f"Bearer {pair['access']}"

    def _send(self, method: str, path: str, **request: Any) -> requests.Response:
        return self._session.request(method, f"{self._root}{path}", timeout=_TIMEOUT, **request)


def _data(answer: requests.Response) -> Any:
    """What is in the envelope. Raises ApiError."""
    try:
        envelope = answer.json()
    except ValueError:
        raise ApiError(f"{answer.url} answered {answer.status_code} and no JSON.") from None
    if not answer.ok:
        error = json.dumps(envelope.get("error"), ensure_ascii=False, indent=2)
        raise ApiError(f"{answer.url} answered {answer.status_code}: {error}")
    return envelope["data"]
