"""What ends up in the log: one line of JSON for a request and for a task, and no secrets."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import time
from collections.abc import Iterator

import pytest
import structlog
from celery.contrib.testing.worker import start_worker
from django.test import Client

from mailsuite.celery import app
from mailsuite.lib.logs import configure
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(settings) -> Iterator[io.StringIO]:
    """The log of production, instead of this process's own."""
    output = io.StringIO()
    config = configure(level="INFO", json=True)
    handler = config["handlers"]["stderr"]
    handler["stream"] = output
    root = logging.getLogger()
    before = root.handlers[:], root.level
    settings.LOGGING = config  # a worker that starts sets logging up from here
    logging.config.dictConfig(config)
    yield output
    root.handlers[:], root.level = before[0], before[1]


def lines(log: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_is_one_line_with_its_id(client: Client, log: io.StringIO) -> None:
    client.force_login(user := UserFactory())
    client.get("/api/v1/nosuch?search=jan@voorbeeld.nl")
    (line,) = [line for line in lines(log) if line["event"] == "request_finished"]
    assert line["request"] == "GET /api/v1/nosuch"
    assert (line["code"], line["user_id"], line["level"]) == (404, user.pk, "warning")
    assert len(line["request_id"]) == 36
    assert "jan@voorbeeld.nl" not in log.getvalue()


def test_a_recipients_token_is_not_logged(client: Client, log: io.StringIO) -> None:
    client.get("/unsubscribe?m=1&t=sesame")
    assert "sesame" not in log.getvalue()


def test_a_probe_is_not_logged(client: Client, log: io.StringIO) -> None:
    client.get("/healthz")
    assert log.getvalue() == ""


def test_values_that_are_named_secret_are_blanked(log: io.StringIO) -> None:
    structlog.get_logger("test").warning(
        "login", smtp_password="sesame", Authorization="Bearer sesame", host="localhost"
    )
    (line,) = lines(log)
    assert (line["smtp_password"], line["Authorization"]) == ("***", "***")
    assert line["host"] == "localhost"


def test_an_error_is_one_line_with_its_traceback(log: io.StringIO) -> None:
    try:
        raise RuntimeError("out of paper")
    except RuntimeError:
        logging.getLogger("printer").exception("cannot print")
    (line,) = lines(log)
    assert line["event"] == "cannot print"
    assert "RuntimeError: out of paper" in line["exception"]


@pytest.mark.django_db(transaction=True)
def test_a_task_is_one_line_with_its_id(log: io.StringIO) -> None:
    with start_worker(app, perform_ping_check=False, loglevel="INFO"):
        task_id = app.send_task("mailsuite.tasks.housekeeping").id
        with structlog.contextvars.bound_contextvars(request_id="of-the-request"):
            other_id = app.send_task("mailsuite.tasks.housekeeping").id
        wait_for(log, task_id, other_id)
    first, second = (
        [line for line in lines(log) if line.get("task_id") == id_] for id_ in (task_id, other_id)
    )
    # What the task itself has to say carries the id too. Each worker that was ever started in
    # this process reports the end, which only tests have more than one of.
    events = [line["event"] for line in first]
    assert list(dict.fromkeys(events)) == ["housekeeping", "task_succeeded"]
    assert second[-1]["request_id"] == "of-the-request"
    assert {line["task"] for line in first} == {"mailsuite.tasks.housekeeping"}


@pytest.mark.django_db(transaction=True)
def test_a_task_that_fails_is_named_with_its_traceback(
    log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("out of paper")

    monkeypatch.setattr(app.tasks["mailsuite.tasks.housekeeping"], "run", fail)
    with start_worker(app, perform_ping_check=False, loglevel="INFO"):
        task_id = app.send_task("mailsuite.tasks.housekeeping").id
        wait_for(log, task_id)
    failed = next(line for line in lines(log) if line["event"] == "task_failed")
    assert (failed["task_id"], failed["level"]) == (task_id, "error")
    assert failed["task"] == "mailsuite.tasks.housekeeping"
    assert "RuntimeError: out of paper" in failed["exception"]


def wait_for(log: io.StringIO, *task_ids: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if all(task_id in log.getvalue() for task_id in task_ids):
            return
        time.sleep(0.05)
    pytest.fail(f"no line of {task_ids} in: {log.getvalue()}")
