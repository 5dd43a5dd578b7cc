"""The whole demo, as a newcomer starts it: every process is real."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from mailsuite.demo.journal import (
    ASKED_TO_STOP,
    CLICKED,
    OPENED,
    OPTED_OUT,
    REPLIED,
    Reaction,
    read,
)
from mailsuite.demo.place import FOLDER_VARIABLE, demo_place
from mailsuite.lib.embedded.places import CHECKOUT, EmbeddedError
from mailsuite.management.commands.demo import parse_arguments

SECONDS = 150


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A demo that is going on; its environment marks all of its processes."""
    marked = {
        **os.environ,
        "DEMO_TEST": uuid.uuid4().hex,
        "DJANGO_SETTINGS_MODULE": "mailsuite.settings",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "manage.py", "demo", "--leads", "3", "--json"]
    with subprocess.Popen(
        [*command, str(tmp_path / "demo.json")],
        cwd=CHECKOUT,
        env=marked,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
    assert processes_with(marked["DEMO_TEST"]) == []


def processes_with(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("DEMO_TEST") == mark:
                found.append(process)
        except psutil.Error:
            continue
    return found


def reactions_in(process: subprocess.Popen[str]) -> defaultdict[str, set[str]]:
    """What the recipients did, by kind: the ids of the mails."""
    environments = (child.environ() for child in psutil.Process(process.pid).children())
    folder = next(Path(env[FOLDER_VARIABLE]) for env in environments if FOLDER_VARIABLE in env)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entry in read(folder / "journal.jsonl"):
        if isinstance(entry, Reaction):
            found[entry.kind].add(entry.message_id)
    return found


def told_until(process: subprocess.Popen[str], end: str) -> str:
    """What the demo prints up to the line with `end`."""
    assert process.stdout is not None
    deadline, told = time.monotonic() + SECONDS, ""
    for line in process.stdout:
        told += line
        assert time.monotonic() < deadline, told
        if end in line:
            return told
    raise AssertionError(f"The demo ended without {end!r}:\n{told}")


@pytest.mark.flow
def test_the_demo_keeps_every_promise_and_leaves_nothing_behind(
    demo: subprocess.Popen[str], tmp_path: Path
):
    told = told_until(demo, "Ctrl-C ends the demo.")
    result = json.loads((tmp_path / "demo.json").read_text())
    assert set(result.pop("violations").values()) == {0}
    assert result["leads"] == 3
    assert result["planned"] == 12 == result["sent"] + result["canceled"]
    assert result["sent"] == result["accepted"] > 0
    assert result["held"] == result["unknown"] == 0
    assert result["wall_seconds"] < SECONDS
    done = reactions_in(demo)
    # Whoever follows a link has read the mail, pictures or not.
    assert result["opened"] == len(done[OPENED] | done[CLICKED]) > 0
    assert result["clicked"] == len(done[CLICKED])
    assert result["unsubscribed"] == len(done[OPTED_OUT] | done[ASKED_TO_STOP])
    # Among the first three leads is somebody who writes back.
    answered = re.search(r"answered +(\d+)", told)
    assert answered is not None, told
    assert int(answered[1]) == len(done[REPLIED] | done[ASKED_TO_STOP]) > 0

    address = re.search(r"http://127\.0\.0\.1:\d+/admin/", told)
    assert address is not None, told
    with urllib.request.urlopen(address[0]) as page:  # noqa: S310 our own server
        assert page.status == 200
    demo.send_signal(signal.SIGINT)
    assert demo.wait(30) == 0


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["--leads", "0"], 2, "--leads: needs a number of at least 1."),
        (["--leads", "many"], 2, "--leads: needs a number of at least 1."),
        (["--json", "/nowhere/demo.json"], 2, "--json: /nowhere/demo.json can't be written."),
        (["--fast"], 2, "unrecognized arguments: --fast"),
        (["--help"], 0, "for the first N leads only"),
    ],
)
def test_arguments_are_read_before_anything_of_the_last_demo_goes(arguments, status, told, capsys):
    with pytest.raises(SystemExit) as ended:
        parse_arguments(["manage.py", "demo", *arguments])
    assert ended.value.code == status
    assert told in "".join(capsys.readouterr())


NOWHERE = "postgres://localhost:1/nowhere"


def test_the_command_line_is_looked_at_first():
    ended = subprocess.run(
        [sys.executable, "manage.py", "demo", "--leads", "0"],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": NOWHERE},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 2


def test_the_records_stay_where_no_new_demo_can_be(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("mailsuite.demo.place.CHECKOUT", tmp_path)
    monkeypatch.setenv("DATABASE_URL", NOWHERE)
    journal = tmp_path / "var" / "demo" / "journal.jsonl"
    journal.parent.mkdir(parents=True)
    journal.touch()
    with pytest.raises(EmbeddedError, match="needs a database"), demo_place({}):
        pass
    assert journal.exists()
