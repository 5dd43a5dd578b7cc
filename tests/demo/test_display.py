"""What a terminal shows of the demo."""

from __future__ import annotations

import io
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rich.console import Console

from mailsuite.demo.display import LiveTable
from mailsuite.demo.journal import AWAY, AcceptedMail, Journal, Reaction, Resumption
from tests.factories import MessageFactory

AT = datetime(2026, 3, 23, 7, tzinfo=UTC)


@pytest.mark.django_db
def test_an_event_that_is_too_long_is_cut_and_takes_one_line(tmp_path: Path):
    with closing(Journal(tmp_path / "journal.jsonl")) as journal:
        for name in ("zoe", "yara"):
            journal.append(AcceptedMail(AT, name, name, 1, name, "seo.example", "woord " * 40))
        console = Console(file=io.StringIO(), width=70, force_terminal=True)
        with LiveTable(console, journal):
            pass
    told = [line for line in console.file.getvalue().splitlines() if "woord" in line]
    assert told
    assert [line for line in told if "mail 1 to" not in line or "…" not in line] == []


@pytest.mark.django_db
def test_absences_and_pauses_are_told(tmp_path: Path):
    domain = MessageFactory().domain
    domain.paused_at = AT
    domain.save()
    with closing(Journal(tmp_path / "journal.jsonl")) as journal:
        journal.append(Reaction(AT, AWAY, "m", "zoe@x.example", "x.example", date(2026, 4, 7)))
        journal.append(Resumption(AT, "seo.example", "2 of 60 mails"))
        console = Console(file=io.StringIO(), width=140, force_terminal=True, no_color=True)
        with LiveTable(console, journal):
            pass
    told = console.file.getvalue()
    assert "zoe@x.example is away, back on Tue 07 Apr" in told
    assert "seo.example goes on, was paused: 2 of 60 mails" in told
    (row,) = {line for line in told.splitlines() if domain.name in line}
    assert "paused" in row
