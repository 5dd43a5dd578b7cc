from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for name in ("images/2026/hero.png", "reports/2026/report.pdf", "secret.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content")
    return tmp_path


def test_a_picture_is_public_and_can_do_nothing_but_be_looked_at(media):
    response = Client().get("/media/images/2026/hero.png")
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"content"
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    response.close()


@pytest.mark.parametrize(
    "path",
    [
        "reports/2026/report.pdf",
        "secret.txt",
        "images/",
        "images/2026/",
        "images/../secret.txt",
        "images/%2e%2e/secret.txt",
        "images/nothing.png",
    ],
)
def test_nothing_else_of_the_media_folder_is_public(media, path):
    assert Client().get(f"/media/{path}").status_code in (400, 404)


def test_a_picture_cannot_be_written_to(media):
    assert Client().post("/media/images/2026/hero.png").status_code == 405
