import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction

from campaigns.models import DailyFigures, Message, MessageEvent
from mailsuite.lib import clock
from mailsuite.schedule import read
from tests.factories import (
    MessageEventFactory,
    MessageFactory,
    SendAttemptFactory,
    TrackedLinkFactory,
)
from tests.tracking.signed import CHROME, GMAIL_PROXY
from tracking import digest, tasks
from tracking.digest import digest_hits
from tracking.models import Hit

NOON = datetime(2026, 6, 1, 10, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)

pytestmark = pytest.mark.django_db


def hit(message: Message, seconds: float = 0, **fields: object) -> Hit:
    defaults = {"kind": Hit.Kind.OPENED, "method": "GET", "user_agent": CHROME}
    at = NOON + timedelta(seconds=seconds)
    return Hit.objects.create(message_id=message.pk, at=at, **{**defaults, **fields})


def clicked(message: Message, seconds: float = 0, **fields: object) -> Hit:
    link = TrackedLinkFactory(campaign=message.campaign)
    return hit(message, seconds, kind=Hit.Kind.CLICKED, link_id=link.pk, **fields)


def events() -> list[tuple[str, str]]:
    return list(MessageEvent.objects.order_by("at", "id").values_list("kind", "actor"))


def test_an_open_becomes_an_event_and_a_figure_and_the_hit_goes() -> None:
    message = MessageFactory(sent=True)
    hit(message, ip_address="198.51.100.7")

    assert digest_hits(LATER) == 1

    event = MessageEvent.objects.get()
    assert (event.message_id, event.kind, event.actor, event.at) == (
        message.pk, "opened", "human", NOON,
    )  # fmt: skip
    assert (event.user_agent, event.ip_address) == (CHROME, "198.51.100.7")
    message.refresh_from_db()
    assert message.opened_at == NOON
    assert DailyFigures.objects.values_list("opened", "machine_opened").get() == (1, 0)
    assert not Hit.objects.exists()


def test_beat_knows_the_task_and_it_goes_by_business_time() -> None:
    hit(MessageFactory(sent=True))
    beaten = [entry.task for entry in read(settings.CELERY_BEAT_SCHEDULE_FILE)]

    assert tasks.digest_hits.name in beaten
    with clock.frozen(NOON):
        assert tasks.digest_hits() == 0
    with clock.frozen(LATER):
        assert tasks.digest_hits() == 1


def test_a_machine_open_is_shown_apart() -> None:
    message = MessageFactory(sent=True)
    hit(message, user_agent=GMAIL_PROXY)

    digest_hits(LATER)

    message.refresh_from_db()
    assert events() == [("opened", "proxy")]
    assert (message.opened_at, message.machine_opened_at) == (None, NOON)
    assert DailyFigures.objects.values_list("opened", "machine_opened").get() == (0, 1)


def test_whoever_clicked_has_opened_too() -> None:
    message = MessageFactory(sent=True)
    click = clicked(message)
    clicked(message, 30)

    digest_hits(LATER)

    message.refresh_from_db()
    assert events() == [("opened", "human"), ("clicked", "human"), ("clicked", "human")]
    assert MessageEvent.objects.filter(kind="clicked").first().link_id == click.link_id
    assert (message.opened_at, message.clicked_at) == (NOON, NOON)
    assert DailyFigures.objects.values_list("opened", "clicked").get() == (1, 1)


def test_a_scanner_that_follows_every_link_neither_clicks_nor_opens() -> None:
    message = MessageFactory(sent=True)
    for second in (0, 0.5, 1):
        clicked(message, second)

    digest_hits(LATER)

    message.refresh_from_db()
    assert events() == [("clicked", "scanner")] * 3
    assert (message.opened_at, message.clicked_at) == (None, None)
    assert not DailyFigures.objects.filter(clicked__gt=0).exists()


def test_a_visit_of_the_opt_out_page_is_evidence_and_no_event() -> None:
    message = MessageFactory(sent=True)
    hit(message, kind=Hit.Kind.VISITED)
    clicked(message, 1)

    digest_hits(LATER)

    assert events() == [("clicked", "scanner")]
    assert not Hit.objects.exists()


def test_a_message_is_left_alone_while_its_hits_still_come() -> None:
    message, quiet = MessageFactory.create_batch(2, sent=True)
    hit(quiet, -1)
    hit(message, -20)
    hit(message)

    assert digest_hits(NOON + timedelta(seconds=4)) == 1
    assert MessageEvent.objects.get().message_id == quiet.pk
    assert digest_hits(NOON + timedelta(seconds=5)) == 2


def test_hits_that_never_cease_are_digested_after_a_minute() -> None:
    message = MessageFactory(sent=True)
    for seconds in range(-60, 1, 4):
        hit(message, seconds)

    assert digest_hits(NOON) == 16


def test_an_open_proves_that_a_mail_of_unknown_fate_arrived() -> None:
    message = MessageFactory(status=Message.Status.UNKNOWN)
    SendAttemptFactory(message=message, gated_at=NOON, outcome="unknown")
    hit(message, 60, user_agent=GMAIL_PROXY)

    digest_hits(LATER)

    message.refresh_from_db()
    assert (message.status, message.sent_at) == (Message.Status.SENT, NOON)
    assert DailyFigures.objects.values_list("sent", "machine_opened").get() == (1, 1)


def test_hits_that_overtake_the_sender_wait_for_it() -> None:
    message = MessageFactory(sent=True)
    hit(message)
    Message.objects.update(
        status=Message.Status.SENDING, attempt_id="0" * 32, lease_until=LATER, sent_at=None
    )

    assert digest_hits(LATER) == 0
    assert Hit.objects.count() == 1


@pytest.mark.parametrize(
    "status", [Message.Status.QUEUED, Message.Status.FAILED, Message.Status.CANCELED]
)
def test_hits_on_a_mail_that_no_server_took_are_forgotten(status: str) -> None:
    message = MessageFactory(status=status)
    hit(message)

    digest_hits(LATER)

    assert not Hit.objects.exists()
    assert not MessageEvent.objects.exists()


def test_hits_of_a_deleted_message_are_forgotten() -> None:
    message = MessageFactory(sent=True)
    hit(message)
    message.delete()

    assert digest_hits(LATER) == 1
    assert not Hit.objects.exists()


def test_machines_cannot_crowd_people_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "MOST_AN_HOUR", 2)
    message = MessageFactory(sent=True)
    MessageEventFactory(message=message, kind="opened", actor="proxy", at=NOON)
    MessageEventFactory(
        message=message, kind="opened", actor="human", at=NOON - timedelta(minutes=61)
    )
    for seconds in range(3):
        hit(message, seconds, user_agent=GMAIL_PROXY)
    for seconds in range(3):
        hit(message, 10 + seconds)

    assert digest_hits(LATER) == 6
    recorded = [actor for _, actor in events()]
    assert recorded == ["human", "proxy", "proxy", "human", "human"]


def test_what_goes_wrong_with_one_message_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = MessageFactory.create_batch(2, sent=True)
    hit(bad, -1)
    hit(good)
    monkeypatch.setattr(digest, "record_event", _failing_for(bad.pk))

    assert digest_hits(LATER) == 1
    assert list(Hit.objects.values_list("message_id", flat=True)) == [bad.pk]
    assert MessageEvent.objects.get().message_id == good.pk


def _failing_for(message_id: int) -> object:
    record = digest.record_event

    def record_or_fail(of: int, *args: object, **kwargs: object) -> object:
        if of == message_id:
            raise RuntimeError("boom")
        return record(of, *args, **kwargs)

    return record_or_fail


@pytest.mark.django_db(transaction=True)
def test_hits_that_another_worker_holds_are_left_to_it() -> None:
    message = MessageFactory(sent=True)
    hit(message)

    with transaction.atomic():
        list(Hit.objects.select_for_update())
        assert _in_another_connection() == [0]
    assert digest_hits(LATER) == 1


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_record_each_hit_once() -> None:
    messages = MessageFactory.create_batch(10, sent=True)
    for message in messages:
        hit(message)
        hit(message, 20)

    assert sum(_in_another_connection(workers=3)) == 20
    assert MessageEvent.objects.count() == 20
    assert sum(DailyFigures.objects.values_list("opened", flat=True)) == 10


def _in_another_connection(workers: int = 1) -> list[int]:
    digested: list[int] = []

    def work() -> None:
        try:
            digested.append(digest_hits(LATER))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return digested
