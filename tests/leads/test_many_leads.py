"""What is done to many leads at once: stopping, deleting, restoring, sorting out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from leads.deleting import delete_leads, restore_leads
from leads.models import Lead
from leads.sorting_out import add_tags, move_to_list, remove_tags
from leads.stopping import stop_leads
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
EVERYBODY = Lead.objects.all()


def test_stopping_counts_only_who_was_not_stopped_and_keeps_the_first_moment() -> None:
    LeadFactory(stopped_at=AT)
    other = LeadFactory()

    assert stop_leads(EVERYBODY.all(), AT + timedelta(days=1)) == 1

    stops = dict(Lead.objects.values_list("pk", "stopped_at"))
    assert stops.pop(other.pk) == AT + timedelta(days=1)
    assert list(stops.values()) == [AT]


def test_deleting_keeps_the_row_and_takes_it_out_of_the_lists() -> None:
    lead = LeadFactory()

    assert delete_leads(EVERYBODY.all(), AT) == 1
    assert delete_leads(EVERYBODY.all(), AT) == 0

    assert not Lead.objects.present().exists()
    assert Lead.objects.get(pk=lead.pk).deleted_at == AT


def test_a_restored_lead_is_as_it_was() -> None:
    LeadFactory(deleted_at=AT, stopped_at=AT, status="suppressed")

    assert restore_leads(EVERYBODY.all(), AT) == 1

    lead = Lead.objects.get()
    assert (lead.deleted_at, lead.stopped_at, lead.status) == (None, AT, "suppressed")


def test_tags_are_added_once_and_taken_away() -> None:
    LeadFactory(tags=["b", "a"])
    LeadFactory(tags=["a", "c"])

    assert add_tags(EVERYBODY.all(), ["a", "c", "c"], AT) == 1
    assert list(Lead.objects.order_by("id").values_list("tags", flat=True)) == [
        ["b", "a", "c"],
        ["a", "c"],
    ]

    assert remove_tags(EVERYBODY.all(), ["b", "x"], AT) == 1
    assert Lead.objects.filter(tags=["a", "c"]).count() == 2


def test_leads_are_moved_to_another_list() -> None:
    LeadFactory(list_name="old")
    LeadFactory(list_name="new")

    assert move_to_list(EVERYBODY.all(), "new", AT) == 1

    assert Lead.objects.filter(list_name="new").count() == 2
