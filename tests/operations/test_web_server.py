"""What a real gunicorn, started by the image's command, writes about its requests."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from mailsuite.lib.children import dies_with_parent, stop
from mailsuite.lib.embedded.places import CHECKOUT
from mailsuite.stack import listen

START_SECONDS = 60


def deployed_command() -> list[str]:
    """That of the Dockerfile, without its address."""
    text = (CHECKOUT / "Dockerfile").read_text().partition("\nCMD ")[2]
    command: list[str] = json.loads(text.replace("\\\n", ""))
    at = command.index("--bind")
    return command[:at] + command[at + 2 :]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The port and the log of a web server."""
    log = tmp_path / "web.log"
    with listen() as listener, log.open("wb") as output:
        port = listener.getsockname()[1]
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", *deployed_command()),
                *("--bind", f"fd://{listener.fileno()}"),
            ],
            cwd=CHECKOUT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "mailsuite.settings",
                "LOG_FORMAT": "json",
                "LOG_LEVEL": "INFO",
            },
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()],
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
        try:
            wait_until_ready(port, process, log)
            yield port, log
        finally:
            stop(process, [(signal.SIGTERM, 30)])


def wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
    pytest.fail(log.read_text())


def status_of(port: int, path: str) -> int:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status
    except HTTPError as refusal:
        with refusal:
            return refusal.code


def answer_to_raw(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return connection.recv(1024)


def test_neither_tokens_nor_search_terms_are_in_the_log_of_the_web_server(
    web: tuple[int, Path],
) -> None:
    port, log = web
    assert status_of(port, "/unsubscribe?m=7&t=SESAME") == 404
    assert status_of(port, "/track/click?m=7&t=SESAME") == 404
    assert status_of(port, "/api/v1/leads?search=SESAME") == 401
    unreadable = b"GET /unsubscribe?m=7&t=SESAME\x7f HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert answer_to_raw(port, unreadable).startswith(b"HTTP/1.1 400 ")

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    of_gunicorn = [line["event"] for line in lines if line["logger"] == "gunicorn.error"]
    assert any(text.startswith("Listening at: http://127.0.0.1:") for text in of_gunicorn)
    assert of_gunicorn[-1].startswith("Invalid request from ip=127.0.0.1: ")
    asked = [line["request"] for line in lines if line["event"] == "request_finished"]
    assert asked == ["GET /unsubscribe", "GET /api/v1/leads"]
    assert "SESAME" not in log.read_text()
