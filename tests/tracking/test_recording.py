import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from campaigns.models import Message
from tests.factories import MessageFactory
from tracking import recording
from tracking.models import Hit
from tracking.recording import record_hit
from tracking.visitor import Visitor

NOON = datetime(2026, 6, 1, 10, tzinfo=UTC)
VISITOR = Visitor(method="GET", user_agent="Mozilla/5.0 (X11)", ip_address="2001:db8::7")


@pytest.mark.django_db
def test_hits_beyond_the_bound_are_answered_but_not_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST_WAITING", 3)
    message = MessageFactory(sent=True)

    answers = [record_hit(Hit.Kind.OPENED, message.pk, VISITOR, at=NOON) for _ in range(5)] + [
        record_hit(Hit.Kind.CLICKED, message.pk, VISITOR, at=NOON, link_id=1)
    ]

    assert answers == [True] * 6
    assert list(Hit.objects.values_list("kind", flat=True)) == ["opened"] * 3 + ["clicked"]


@pytest.mark.django_db
def test_a_message_that_is_not_there_is_known_as_such() -> None:
    assert record_hit(Hit.Kind.OPENED, 4711, VISITOR, at=NOON) is False
    assert not Hit.objects.exists()


@pytest.mark.django_db
def test_a_message_of_another_campaign_than_the_links_is_not_known() -> None:
    message = MessageFactory(sent=True)
    others = message.campaign_id + 1

    answer = record_hit(
        Hit.Kind.CLICKED, message.pk, VISITOR, at=NOON, link_id=1, campaign_id=others
    )

    assert answer is False
    assert not Hit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_hits_that_come_in_together_are_all_noted_in_the_next_transaction() -> None:
    messages = [MessageFactory(sent=True).pk for _ in range(7)]
    answers: dict[int, bool] = {}

    def record(message_id: int) -> None:
        try:
            answers[message_id] = record_hit(Hit.Kind.OPENED, message_id, VISITOR, at=NOON)
        finally:
            connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE tracking_hit IN SHARE MODE")  # whoever writes waits for us
        threads = [threading.Thread(target=record, args=[pk]) for pk in [*messages, 4711]]
        threads[0].start()
        _wait_for_a_lock()
        for thread in threads[1:]:
            thread.start()
        _wait_until(lambda: len(recording._note._waiting) == len(threads) - 1)
    for thread in threads:
        thread.join(timeout=5)

    assert answers == {**dict.fromkeys(messages, True), 4711: False}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT xmin::text) FROM tracking_hit")
        assert cursor.fetchone() == (7, 2)


@pytest.mark.django_db(transaction=True)
def test_what_is_wrong_with_one_hit_does_not_cost_those_beside_it() -> None:
    message = MessageFactory(sent=True)
    good = recording._Columns("opened", message.pk, None, None, NOON, "GET", "", None)
    bad = good._replace(ip_address="nowhere")

    assert recording._write([good, bad, good]) == [True, True, True]
    assert Hit.objects.count() == 2


def _wait_for_a_lock() -> None:
    def is_waited_for() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return bool(cursor.fetchone()[0])

    _wait_until(is_waited_for)


def _wait_until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 0.9  # the statement that waits gives up after a second
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.005)


@pytest.mark.django_db(transaction=True)
def test_a_hit_waits_for_nobody_who_holds_the_message() -> None:
    message = MessageFactory(sent=True)

    with transaction.atomic():
        Message.objects.select_for_update().get(pk=message.pk)
        thread = threading.Thread(target=_record_elsewhere, args=[message.pk])
        thread.start()
        thread.join(timeout=5)
        noted_meanwhile = Hit.objects.count()

    assert noted_meanwhile == 1


@pytest.mark.django_db(transaction=True)
def test_a_table_that_is_locked_costs_the_hit_and_not_the_visitor() -> None:
    message = MessageFactory(sent=True)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE tracking_hit IN ACCESS EXCLUSIVE MODE")
        thread = threading.Thread(target=_record_elsewhere, args=[message.pk])
        thread.start()
        thread.join(timeout=5)
        assert not thread.is_alive()

    assert not Hit.objects.exists()


def _record_elsewhere(message_id: int) -> None:
    try:
        assert record_hit(Hit.Kind.OPENED, message_id, VISITOR, at=NOON)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_its_settings_end_with_its_transaction() -> None:
    message = MessageFactory(sent=True)

    record_hit(Hit.Kind.OPENED, message.pk, VISITOR, at=NOON)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('synchronous_commit'), current_setting('statement_timeout')"
        )
        assert cursor.fetchone() == ("on", "0")
