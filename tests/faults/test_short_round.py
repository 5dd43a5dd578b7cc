"""A short round of each family of faults, as `make faults` does it: every process is real."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import psutil
import pytest

from mailsuite.lib.embedded.places import CHECKOUT
from tests.faults.plan import FAULTS, chosen

SECONDS = 240
# One of each family, two rounds each; with the stack's start, some 40 seconds on two cores.
SHORT = ("kill after-dot", "redis restart", "smtp after the dot", "clock jumps", "races")
ROUNDS = 2
_SERVERS = ("DATABASE_URL", "REDIS_URL")


def processes_with(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("FAULTS_TEST") == mark:
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.flow
def test_a_short_round_of_each_family_breaks_no_promise_and_leaves_no_process(tmp_path: Path):
    mark = uuid.uuid4().hex
    environment = {name: value for name, value in os.environ.items() if name not in _SERVERS}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.faults", "--rounds", str(ROUNDS)),
            *("--json", str(tmp_path / "faults.json"), "--only", *SHORT),
        ],
        cwd=CHECKOUT,
        env={**environment, "FAULTS_TEST": mark},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    result = json.loads((tmp_path / "faults.json").read_text())
    assert [fault["name"] for fault in result["faults"]] == list(SHORT)
    for fault in result["faults"]:
        assert (fault["rounds"] >= ROUNDS, fault["passed"]) == (True, True), fault
        assert fault["accepted"] == fault["sent"] > 0
        assert set(fault["violations"].values()) == {0}
    unknown = {fault["name"]: fault["unknown"] for fault in result["faults"]}
    assert unknown == dict.fromkeys(SHORT, 0) | {"kill after-dot": 2, "smtp after the dot": 2}
    assert processes_with(mark) == []


def test_a_fault_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(SystemExit, match=r"no fault 'nothing'\. There are: kill after-claim, "):
        chosen(["races", "nothing"])


def test_faults_are_chosen_by_how_their_names_begin():
    assert [fault.name for fault in chosen(["kill after", "races"])] == [
        "kill after-claim",
        "kill after-gate",
        "kill after-dot",
        "races",
    ]
    assert len(chosen([])) == len({fault.name for fault in FAULTS}) == len(FAULTS)
