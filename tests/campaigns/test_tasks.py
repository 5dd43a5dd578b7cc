"""The tasks of beat: what is handed to the workers, and who then serves a domain."""

from __future__ import annotations

import json

import pytest
import redis
from django.conf import settings as project

from campaigns import tasks
from campaigns.domain_lock import domain_lock
from campaigns.models import Message, SendAttempt, Tick
from mailsuite.lib import clock
from tests.factories import MessageFactory, SendingAccountFactory
from tests.factories.campaigns import MONDAY
from tests.smtp import smtp_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def workers():
    """The queue that the workers would take from."""
    workers = redis.Redis.from_url(project.REDIS_URL)
    workers.flushdb()
    with clock.frozen(MONDAY):
        yield workers
    workers.flushdb()


def test_a_tick_hands_each_due_domain_to_a_worker_until_the_next_one_does(workers):
    message = MessageFactory()
    MessageFactory(scheduled_at=MONDAY.replace(hour=7))
    tasks.tick()
    (task,) = map(json.loads, workers.lrange("celery", 0, -1))
    assert task["headers"]["task"] == "campaigns.tasks.send_domain"
    assert task["headers"]["argsrepr"] == f"({message.domain_id},)"
    assert task["headers"]["expires"] is not None
    assert Tick.objects.get().finished_at is not None


def test_a_doubled_tick_hands_out_nothing(workers):
    MessageFactory()
    tasks.tick()
    tasks.tick()
    assert workers.llen("celery") == 1


def test_a_domain_that_another_worker_serves_is_left_to_it():
    with smtp_server() as server:
        account = SendingAccountFactory(host="127.0.0.1", port=server.port)
        message = MessageFactory(enrollment__domain__account=account)
        with domain_lock(message.domain_id):
            tasks.send_domain(message.domain_id)
            assert not SendAttempt.objects.exists()
        tasks.send_domain(message.domain_id)
        assert len(server.accepted) == 1
    assert Message.objects.get().status == Message.Status.SENT


def test_a_domain_that_has_more_when_its_time_is_up_gets_another_turn(workers, monkeypatch):
    monkeypatch.setattr(tasks, "SENDING_SECONDS", 0)
    message = MessageFactory()
    tasks.send_domain(message.domain_id)
    (task,) = map(json.loads, workers.lrange("celery", 0, -1))
    assert task["headers"]["argsrepr"] == f"({message.domain_id},)"


def test_a_domain_that_has_sent_what_it_may_waits_for_its_tick(workers):
    with smtp_server() as server:
        account = SendingAccountFactory(host="127.0.0.1", port=server.port)
        message = MessageFactory(enrollment__domain__account=account)
        tasks.send_domain(message.domain_id)
    assert len(server.accepted) == 1
    assert workers.llen("celery") == 0
