from datetime import UTC, datetime

import pytest
from django.test import Client

from tracking.models import Hit

pytestmark = pytest.mark.django_db

HITS = "/admin/tracking/hit/"


@pytest.fixture
def hit() -> Hit:
    return Hit.objects.create(
        kind=Hit.Kind.OPENED,
        message_id=4711,
        method="GET",
        user_agent="Mimecast",
        at=datetime(2026, 6, 1, 10, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("search", "is_found"), [("", True), ("4711", True), ("mimecast", True), ("47", False)]
)
def test_hits_are_listed_and_searched(
    admin_client: Client, hit: Hit, search: str, is_found: bool
) -> None:
    answer = admin_client.get(HITS, {"q": search})

    assert answer.status_code == 200
    assert (hit in answer.context["cl"].queryset) == is_found


def test_nobody_writes_hits_by_hand(admin_client: Client, hit: Hit) -> None:
    assert admin_client.get(f"{HITS}add/").status_code == 403
    assert admin_client.get(f"{HITS}{hit.pk}/change/").status_code == 200
    assert admin_client.post(f"{HITS}{hit.pk}/change/", {"kind": "clicked"}).status_code == 403
    assert admin_client.post(f"{HITS}{hit.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Hit.objects.get().kind == Hit.Kind.OPENED
