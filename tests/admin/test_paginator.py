from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from leads.models import Lead
from mailsuite.lib.admin import paginator
from mailsuite.lib.admin.paginator import EstimatingPaginator
from tests.admin.conftest import page
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def leads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paginator, "COUNTED", 5)
    for _ in range(12):
        LeadFactory()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE leads_lead")


def test_small_results_are_counted(leads: None) -> None:
    few = Lead.objects.filter(pk__in=Lead.objects.values("pk")[:3]).order_by("pk")
    assert EstimatingPaginator(few, 10).count == 3


def test_large_results_are_estimated_without_reading_them(leads: None) -> None:
    statements: list[str] = []

    def watch(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        assert EstimatingPaginator(Lead.objects.order_by("email"), 10).count == 12
    counting, explaining = statements
    assert "LIMIT 6" in counting
    assert explaining.startswith("EXPLAIN")


def test_an_estimate_is_never_below_what_was_counted(leads: None) -> None:
    Lead.objects.update(score=7)  # which the planner does not know yet
    underestimated = Lead.objects.filter(score=7).order_by("pk")
    assert EstimatingPaginator(underestimated, 10).count == 6


def test_a_list_that_was_counted_before_is_not_counted(leads: None) -> None:
    assert EstimatingPaginator([1, 2, 3], 10).count == 3


def test_the_whole_list_is_not_told_as_a_part(boss: Client) -> None:
    LeadFactory()
    assert "Show all" not in boss.get(page(Lead, "changelist")).content.decode()
    assert "Show all" in boss.get(page(Lead, "changelist"), {"q": "hotel"}).content.decode()
