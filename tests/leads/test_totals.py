"""Totals of the lead list: kept while nothing changes, and never wrong."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.models import ImageAsset, Lead
from leads.totals import forget_old_changes, total
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db(transaction=True)


def asked() -> tuple[int, bool]:
    """The total of all leads, and whether they were counted for it."""
    with CaptureQueriesContext(connection) as queries:
        number = total(Lead.objects.present())
    return number, any("count(*)" in query["sql"] for query in queries)


def test_a_total_is_counted_once_and_kept() -> None:
    LeadFactory.create_batch(2)
    assert asked() == (2, True)
    assert asked() == (2, False)


def test_each_list_has_its_own_total() -> None:
    LeadFactory(list_name="a")
    LeadFactory.create_batch(2, list_name="b")
    assert [total(Lead.objects.filter(list_name=name)) for name in "abc"] == [1, 2, 0]
    assert total(Lead.objects.none()) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda: LeadFactory(),
        lambda: Lead.objects.update(list_name="moved"),
        lambda: Lead.objects.update(deleted_at=timezone.now()),
        lambda: Lead.objects.all().delete(),
        lambda: ImageAsset.objects.create(key="hero"),
    ],
)
def test_a_change_makes_it_count_again(change) -> None:
    LeadFactory()
    asked()
    change()
    assert asked() == (Lead.objects.present().count(), True)
    assert asked()[1] is False


def test_a_mail_sent_to_a_lead_changes_no_total() -> None:
    LeadFactory()
    asked()
    Lead.objects.update(last_emailed_at=timezone.now())
    assert asked() == (1, False)


def test_a_change_that_commits_after_the_count_is_seen() -> None:
    """It had begun before, so its number is lower than others' that the count saw."""
    lead = LeadFactory()
    with connection.get_new_connection(connection.get_connection_params()) as other:
        other.execute("UPDATE leads_lead SET deleted_at = now() WHERE id = %s", [lead.pk])
        LeadFactory()
        assert asked() == (2, True)
        assert asked() == (2, False)
        other.commit()
        assert asked() == (1, True)


def test_a_change_that_is_taken_back_is_not_in_a_total() -> None:
    LeadFactory()
    with transaction.atomic():
        LeadFactory()
        assert asked()[0] == 2
        transaction.set_rollback(True)
    assert asked()[0] == 1


def test_within_one_transaction_each_change_counts() -> None:
    with transaction.atomic():
        LeadFactory()
        assert asked() == (1, False)  # counted as any queryset, and not kept
        LeadFactory()
        assert asked()[0] == 2


def test_without_redis_it_is_counted_every_time(settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    LeadFactory()
    assert [total(Lead.objects.present()) for _ in range(2)] == [1, 1]


def test_old_changes_are_forgotten() -> None:
    LeadFactory()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leads_change SET made_at = now() - interval '25 hours'")
        changes = cursor.rowcount
    LeadFactory()
    assert forget_old_changes() == changes
    assert forget_old_changes() == 0
