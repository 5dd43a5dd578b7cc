from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client

from campaigns.models import Tick
from mailsuite import health

pytestmark = pytest.mark.django_db


def tick(age: timedelta) -> None:
    Tick.objects.create(at=Now() - age, finished_at=Now() - age)


def test_the_process_is_alive_without_database_and_redis(client: Client, settings) -> None:
    settings.REDIS_URL = "redis://localhost:1/0"
    with connection.execute_wrapper(lambda *_: pytest.fail("asked the database")):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_probes_come_by_address_and_without_tls(client: Client, settings) -> None:
    settings.ALLOWED_HOSTS = ["mailsuite.example"]
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200


def test_probes_are_read_only(client: Client) -> None:
    assert client.post("/readyz").status_code == 405


def test_it_is_ready_when_all_is_well(client: Client) -> None:
    tick(timedelta(seconds=50))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {"database": "ok", "redis": "ok", "migrations": "ok", "tick": "ok"},
    }


def test_it_is_not_ready_without_redis(client: Client, settings) -> None:
    settings.REDIS_URL = "redis://:sesame@localhost:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["redis"] == "unavailable"
    assert "sesame" not in answer.content.decode()


def test_it_is_not_ready_without_the_database(client: Client) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionError("password of pg@10.0.0.3 is wrong")

    with connection.execute_wrapper(refuse):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "unavailable"
    assert "10.0.0.3" not in answer.content.decode()


def test_it_is_not_ready_before_the_migrations(client: Client) -> None:
    health.check_migrations.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'campaigns'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "not applied: run `manage.py migrate`"


def test_a_late_tick_is_told_and_leaves_the_web_ready(client: Client) -> None:
    tick(timedelta(seconds=200))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"]["tick"].startswith("last tick 200 s ago")


@pytest.mark.parametrize(("seconds", "status"), [(170, 200), (190, 503)])
def test_the_probe_of_a_worker_requires_the_tick(client: Client, seconds: int, status: int) -> None:
    tick(timedelta(seconds=seconds))
    assert client.get("/readyz?tick=required").status_code == status


def test_without_any_tick_a_worker_is_not_ready(client: Client) -> None:
    answer = client.get("/readyz?tick=required")
    assert answer.status_code == 503
    assert answer.json()["checks"]["tick"].startswith("no tick yet")


def test_a_tick_that_was_not_finished_does_not_count(client: Client) -> None:
    Tick.objects.create(at=Now())
    assert client.get("/readyz?tick=required").status_code == 503
