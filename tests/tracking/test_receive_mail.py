"""manage.py receive_mail, as a mail server's pipe calls it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from campaigns.models import Enrollment
from leads.models import Suppression
from tests.tracking.answers import hard_bounce, mail_of, reply, running, sent
from tests.tracking.reading import mails
from tracking.management.commands import receive_mail
from tracking.models import InboundMail

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
TAKEN, NO_MAIL, REFUSED, LATER = os.EX_OK, os.EX_USAGE, os.EX_DATAERR, os.EX_TEMPFAIL


class Standard(io.TextIOWrapper):
    """Standard input: a pipe, unless it is told otherwise."""

    is_terminal = False

    def isatty(self) -> bool:
        return self.is_terminal


def pipe(raw: bytes, monkeypatch, *, is_terminal: bool = False) -> tuple[int, str]:
    """Exit status, and what was said to the mail server."""
    stdin = Standard(io.BytesIO(raw))
    stdin.is_terminal = is_terminal
    monkeypatch.setattr(sys, "stdin", stdin)
    out = io.StringIO()
    try:
        call_command("receive_mail", stdout=out, stderr=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue().strip()
    assert not stdin.buffer.read(1), "the server could not hand over all of it"
    return TAKEN, out.getvalue().strip()


def test_a_mail_on_standard_input_takes_effect(monkeypatch):
    first = sent(running())
    assert pipe(hard_bounce(first), monkeypatch) == (TAKEN, "bounce, done")
    inbound = InboundMail.objects.get()
    assert (inbound.source, inbound.message) == ("pipe", first)
    assert Suppression.objects.get().value == "receptie@hotel-zon.nl"


def test_a_mail_that_the_server_delivers_again_takes_effect_once(monkeypatch):
    raw = reply(sent(running()))
    for header in (b"", b"", b"Delivered-To: again@punthelder-seo.nl\n"):
        assert pipe(header + raw, monkeypatch) == (TAKEN, "reply, done")
    assert InboundMail.objects.count() == 1


def test_a_mail_of_nobody_is_taken_for_a_person_to_see(monkeypatch):
    assert pipe(mails.mail("Hallo", subject="Vraag"), monkeypatch) == (TAKEN, "other, unmatched")


def test_bytes_that_are_no_text_are_taken(monkeypatch):
    raw = bytes(range(256)) * 40
    assert pipe(raw, monkeypatch)[0] == TAKEN
    assert bytes(InboundMail.objects.get().raw) == raw


@pytest.mark.parametrize(("more", "status"), [(0, TAKEN), (1, REFUSED), (5_000_000, REFUSED)])
def test_a_mail_beyond_the_limit_is_read_to_its_end_and_refused(
    more: int, status: int, settings, monkeypatch
):
    settings.INBOUND_MAX_BYTES = 5000
    raw = mails.mail("Hallo\n")
    raw += b"x" * (5000 + more - len(raw))
    ended, said = pipe(raw, monkeypatch)
    assert ended == status
    assert InboundMail.objects.count() == (status == TAKEN)
    if status == REFUSED:
        assert said == "5.3.4 A mail may have 5,000 bytes here; it has more."
        assert not sys.stdin.buffer.read()


@pytest.mark.parametrize("raw", [b"", b"\n \r\n"])
def test_an_empty_mail_is_refused(raw: bytes, monkeypatch):
    assert pipe(raw, monkeypatch) == (REFUSED, "5.6.0 There is nothing in this mail.")
    assert not InboundMail.objects.exists()


def test_a_person_at_a_terminal_is_told_what_to_do(monkeypatch):
    status, said = pipe(b"", monkeypatch, is_terminal=True)
    assert (status, said) == (
        NO_MAIL,
        "Give a mail on standard input: receive_mail < mail.eml",
    )


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (OperationalError("at db.internal"), "The database did not answer (OperationalError)"),
        (KeyError("mend me"), "The mail could not be taken (KeyError)"),
    ],
)
def test_whatever_goes_wrong_the_server_keeps_the_mail(problem, said, monkeypatch):
    first = sent(running())

    def fails(*_: object, **__: object) -> None:
        raise problem

    with monkeypatch.context() as patched:
        patched.setattr(receive_mail, "receive_piped", fails)
        assert pipe(reply(first), patched) == (LATER, f"4.3.0 {said}")
    assert not InboundMail.objects.exists()
    assert pipe(reply(first), monkeypatch)[0] == TAKEN


def test_the_traceback_is_for_whoever_asks_for_it(monkeypatch):
    monkeypatch.setattr(receive_mail, "receive_piped", lambda *_, **__: {}["mend me"])
    monkeypatch.setattr(sys, "stdin", Standard(io.BytesIO(mails.mail("Hallo"))))
    err = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("receive_mail", stderr=err, traceback=True)
    assert end.value.code == LATER
    assert "KeyError: 'mend me'" in err.getvalue()


def run(raw: bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "manage.py", "receive_mail"],
        input=raw,
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "mailsuite.settings"} | environment,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_without_a_database_the_server_keeps_the_mail():
    ended = run(mails.mail("Hallo"), DATABASE_URL="postgres://127.0.0.1:1/nobody")
    assert ended.returncode == LATER
    assert b"4.3.0 The database did not answer" in ended.stderr


def test_with_settings_that_cannot_be_meant_the_server_keeps_the_mail():
    ended = run(mails.mail("Hallo"), INBOUND_RAW_DAYS="soon")
    assert ended.returncode == LATER
    assert b"INBOUND_RAW_DAYS" in ended.stderr


@pytest.mark.django_db(transaction=True)
def test_two_processes_take_one_mail_in_once():
    first = sent(running())
    place = connection.settings_dict
    url = f"postgres://{place['USER']}:{place['PASSWORD']}@/{place['NAME']}"
    url = url.replace("@/", f"@{place['HOST']}:{place['PORT']}/")
    processes = [
        subprocess.Popen(
            [sys.executable, "manage.py", "receive_mail"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=ROOT,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "mailsuite.settings", "DATABASE_URL": url},
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(reply(first))
        process.stdin.close()
    assert [process.wait(timeout=60) for process in processes] == [TAKEN, TAKEN]
    assert InboundMail.objects.get().kind == "reply"
    assert Enrollment.objects.get().end_reason == "replied"
    assert mail_of(first.campaign, 2).status == "canceled"
