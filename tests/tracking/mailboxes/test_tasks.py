"""The tasks of beat: which mailboxes are handed to the workers, and who then reads one."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings as project

from mailsuite.lib import clock
from tests.factories.campaigns import MONDAY
from tests.imap import ImapServer
from tests.tracking.mailboxes.boxes import a_mailbox, texts, unrelated
from tracking import tasks
from tracking.mailboxes import condition, turns
from tracking.mailboxes.claims import claimed
from tracking.mailboxes.turns import Turn
from tracking.models import Mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def workers() -> Iterator[redis.Redis]:
    """The queue that the workers would take from."""
    workers = redis.Redis.from_url(project.REDIS_URL)
    workers.flushdb()
    with clock.frozen(MONDAY):
        yield workers
    workers.flushdb()


def handed_out(workers: redis.Redis) -> list[tuple[str, str]]:
    """In the queue of their own; nothing in that of what sends."""
    assert workers.lrange("celery", 0, -1) == []
    found = [json.loads(task)["headers"] for task in workers.lrange("mailboxes", 0, -1)]
    assert all(headers["expires"] for headers in found)
    return sorted((headers["task"], headers["argsrepr"]) for headers in found)


def a_box(name: str, **changes: object) -> Mailbox:
    return Mailbox.objects.create(name=name, host="imap.invalid", username=name, **changes)


def test_each_mailbox_that_is_due_becomes_a_task_that_expires(workers: redis.Redis):
    first, second = a_box("christian"), a_box("victor", next_read_at=MONDAY)
    a_box("off", is_active=False)
    a_box("failing", next_read_at=MONDAY.replace(hour=7))
    tasks.read_mailboxes()
    assert handed_out(workers) == [
        ("tracking.tasks.read_mailbox", f"({mailbox.pk},)") for mailbox in (first, second)
    ]


def test_the_longest_unread_comes_first():
    lately = a_box("lately", last_read_at=MONDAY.replace(hour=5))
    early, never = a_box("early", last_read_at=MONDAY.replace(hour=4)), a_box("never")
    assert list(condition.due(MONDAY)) == [never, early, lately]


def test_a_task_reads_its_mailbox(imap: ImapServer, workers: redis.Redis):
    user = imap.new_user()
    imap.deliver(user, unrelated(1))
    mailbox = a_mailbox(imap, user)
    with claimed(mailbox.pk):
        tasks.read_mailbox(mailbox.pk)
        assert texts() == []
    tasks.read_mailbox(mailbox.pk)
    assert texts() == ["Nieuwsbrief 1"]
    assert handed_out(workers) == []


def test_a_mailbox_with_more_is_offered_again_at_once(
    workers: redis.Redis, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(turns, "read_mailbox", lambda _: Turn(mails=9, has_more=True))
    tasks.read_mailbox(7)
    assert handed_out(workers) == [("tracking.tasks.read_mailbox", "(7,)")]


def test_a_mailbox_that_was_deleted_meanwhile_is_passed_over():
    assert turns.read_mailbox(0) == Turn()
