"""A short round of each fault, as `make faults` does it: every process is real."""

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

# Some four minutes on two cores that have the other tests to run as well.
SECONDS = 900
# What has passed the gate, or is with the server to the last dot, when its worker is gone.
IN_DOUBT = {
    "kill after-gate": {1},
    "kill after-dot": {1},
    "kill before-final-commit": {1},
    "kill after-gate, no pause": set(range(1, 11)),
    "kill after-dot, no pause": set(range(1, 11)),
    "postgres restart": set(range(5)),
    "smtp after the dot": {1},
}
# Planned only, for all zones and their clock changes.
NOT_SENT = "dst of all zones"
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
def test_a_round_of_each_fault_breaks_no_promise_and_leaves_no_process(tmp_path: Path):
    mark = uuid.uuid4().hex
    environment = {name: value for name, value in os.environ.items() if name not in _SERVERS}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.faults", "--rounds", "1"),
            *("--json", str(tmp_path / "faults.json")),
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
    assert [fault["name"] for fault in result["faults"]] == [fault.name for fault in FAULTS]
    for fault in result["faults"]:
        name = fault["name"]
        assert (fault["rounds"] >= 1, fault["passed"]) == (True, True), fault
        assert fault["accepted"] == fault["sent"]
        assert (fault["accepted"] == 0) is (name == NOT_SENT)
        assert fault["unknown"] in IN_DOUBT.get(name, {0}), fault
        assert set(fault["violations"].values()) == {0}
    assert processes_with(mark) == []


def test_a_fault_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(SystemExit, match=r"no fault 'nothing'\. There are: kill after-claim, "):
        chosen(["races", "nothing"])


def test_faults_are_chosen_by_how_their_names_begin():
    assert [fault.name for fault in chosen(["kill after", "races"])] == [
        "kill after-claim",
        "kill after-gate",
        "kill after-dot",
        "kill after-gate, no pause",
        "kill after-dot, no pause",
        "races",
    ]
    assert len(chosen([])) == len({fault.name for fault in FAULTS}) == len(FAULTS)
