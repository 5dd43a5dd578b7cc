"""manage.py read_mail."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.factories import MessageFactory
from tests.tracking.reading.mails import OUR_ID, RECIPIENT, auto_reply, dsn, group

ROOT = Path(__file__).parents[2]


def run(*paths: Path, **options: bool) -> list[dict[str, object]]:
    out = io.StringIO()
    call_command("read_mail", *map(str, paths), stdout=out, json=True, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def bounce(tmp_path: Path) -> Path:
    path = tmp_path / "bounce.eml"
    path.write_bytes(dsn(group()))
    return path


@pytest.mark.django_db
def test_each_file_is_one_json_object_in_its_order(bounce: Path, tmp_path: Path):
    away = tmp_path / "away.eml"
    away.write_bytes(auto_reply("Ik ben terug op 17 augustus."))
    message = MessageFactory(smtp_message_id=OUR_ID)
    assert run(bounce, away) == [
        {
            "file": str(bounce),
            "kind": "bounce",
            "recipients": [
                {"address": RECIPIENT, "status": "5.1.1", "hard": True, "reason": "unknown_user"}
            ],
            "return_date": None,
            "intent": "none",
            "matched_message": str(message.pk),
        },
        {
            "file": str(away),
            "kind": "auto_reply",
            "recipients": [],
            "return_date": "2026-08-17",
            "intent": "out_of_office",
            "matched_message": None,
        },
    ]


@pytest.mark.django_db
def test_a_file_that_is_not_there_is_named_and_the_others_are_read(bounce: Path, tmp_path: Path):
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("read_mail", str(tmp_path / "no"), str(bounce), stdout=out, stderr=err)
    assert stopped.value.code == 1
    assert "no: can't be read" in err.getvalue()
    assert out.getvalue().startswith(f"{bounce}: bounce  {RECIPIENT} hard, unknown_user")


def test_it_reads_without_a_database(bounce: Path):
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://nobody:none@127.0.0.1:9/none",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "DJANGO_SETTINGS_MODULE": "mailsuite.settings",
    }
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "read_mail", bounce, "--json"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    said = json.loads(done.stdout)
    assert (said["kind"], said["matched_message"]) == ("bounce", None)
