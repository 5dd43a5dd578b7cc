"""The demo's outside world against a mail client and a web server of the tests."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mailsuite.demo import journal
from mailsuite.demo.habits import Plan, Way
from mailsuite.demo.journal import AcceptedMail, Journal, Reaction
from mailsuite.demo.letters import read_letter
from mailsuite.demo.mail_server import MailServer
from mailsuite.demo.recipients import Recipients, WorldError
from tests.demo.letters import campaign_mail

AT = datetime(2026, 3, 23, 7, tzinfo=UTC)
ZOE = "zoe@cafe-rene.example"


class Web(ThreadingHTTPServer):
    """Answers as mailsuite does, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked: list[str] = []
        self.status = {"/track/open.gif": 200, "/track/click": 302, "/unsubscribe": 200}


class _Answers(BaseHTTPRequestHandler):
    server: Web

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        self.server.asked.append(f"{self.command} {self.path} {body}".strip())
        page = b'<form method="post"><input name="List-Unsubscribe" value="One-Click"></form>'
        self.send_response(self.server.status[self.path.partition("?")[0]])
        self.send_header("Location", "https://elsewhere.example/")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_GET = do_POST = _answer  # noqa: N815  the names that http.server asks for

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Journal]:
    written = Journal(tmp_path / "journal.jsonl")
    yield written
    written.close()


@pytest.fixture
def posted() -> list[bytes]:
    """The mails that the recipients have sent."""
    return []


@pytest.fixture
def recipients(notes: Journal, posted: list[bytes]) -> Iterator[Recipients]:
    people = Recipients(notes, posted.append)
    yield people
    people.close()


def acting(
    monkeypatch: pytest.MonkeyPatch, recipients: Recipients, web: Web, kind: str, **how: Any
) -> None:
    """Let `recipients` get a mail whose reader does just this one thing, an hour later."""
    monkeypatch.setattr(
        "mailsuite.demo.recipients.plans_for",
        lambda letter: [Plan(AT + timedelta(hours=1), kind, letter, "agent", **how)],
    )
    recipients.receive(read_letter(campaign_mail(ZOE, web=web.url), "a@seo.example", ZOE, AT))


def test_what_the_server_takes_stands_in_the_journal(notes: Journal, recipients: Recipients):
    with (
        MailServer(notes, recipients, lambda: AT) as server,
        smtplib.SMTP("127.0.0.1", server.port) as client,
    ):
        client.sendmail("a@punthelder-seo.example", [ZOE], campaign_mail(ZOE))
        client.sendmail("a@punthelder-seo.example", [ZOE], campaign_mail(ZOE, number=2))
    first, second = notes.entries
    assert isinstance(first, AcceptedMail)
    assert isinstance(second, AcceptedMail)
    assert (first.recipient, first.number, first.at) == (ZOE, 1, AT)
    assert second.number == 2


def test_what_is_no_campaign_mail_is_refused_and_remembered(notes: Journal, recipients: Recipients):
    with MailServer(notes, recipients, lambda: AT) as server:
        with smtplib.SMTP("127.0.0.1", server.port) as client, pytest.raises(smtplib.SMTPDataError):
            client.sendmail("a@x.example", [ZOE], b"Subject: hello\r\n\r\nhello")
        assert isinstance(server.error, KeyError)
    assert notes.entries == []


@pytest.mark.parametrize(
    ("kind", "how", "asked"),
    [
        (journal.OPENED, {}, ["GET /track/open.gif?m=7&t=o"]),
        (journal.CLICKED, {}, ["GET /track/click?m=7&l=1&t=c"]),
        (
            journal.OPTED_OUT,
            {"way": Way.BUTTON},
            ["POST /unsubscribe?m=7&t=header List-Unsubscribe=One-Click"],
        ),
        (
            journal.OPTED_OUT,
            {},
            [
                "GET /unsubscribe?m=7&t=body",
                "POST /unsubscribe?m=7&t=body List-Unsubscribe=One-Click",
            ],
        ),
        (
            journal.SCANNED,
            {},
            [
                "GET /track/open.gif?m=7&t=o",
                "GET /track/click?m=7&l=1&t=c",
                "GET /unsubscribe?m=7&t=body",
            ],
        ),
    ],
)
def test_recipients_act_on_what_stood_in_their_mail(
    kind: str, how: dict[str, Any], asked: list[str], monkeypatch, recipients, notes, posted, web
):
    acting(monkeypatch, recipients, web, kind, **how)
    assert recipients.next_at() == AT + timedelta(hours=1)
    assert recipients.act(AT + timedelta(minutes=59)) == []
    assert web.asked == []
    later = AT + timedelta(hours=1)
    done = [Reaction(later, kind, "m1@punthelder-seo.example", ZOE, "punthelder-seo.example")]
    assert recipients.act(later) == done == notes.entries
    assert web.asked == asked
    assert posted == []
    assert recipients.next_at() is None


@pytest.mark.parametrize(
    ("kind", "how", "words"),
    [
        (journal.REPLIED, {}, b"In-Reply-To: <m1@punthelder-seo.example>"),
        (journal.ASKED_TO_STOP, {}, b"In-Reply-To: <m1@punthelder-seo.example>"),
        (journal.OPTED_OUT, {"way": Way.MAIL}, b"Subject: u.7"),
        (journal.AWAY, {"back_on": date(2026, 4, 7)}, b"Auto-Submitted: auto-replied"),
        (journal.BOUNCED, {}, b"Status: 5.1.1"),
        (journal.BOUNCED_SOFTLY, {}, b"Status: 4.2.2"),
        (journal.COMPLAINED, {}, b"Feedback-Type: abuse"),
    ],
)
def test_what_comes_back_by_mail_is_posted(
    kind: str, how: dict[str, Any], words: bytes, monkeypatch, recipients, notes, posted, web
):
    acting(monkeypatch, recipients, web, kind, **how)
    (reaction,) = recipients.act(AT + timedelta(hours=1))
    assert (reaction.kind, reaction.back_on) == (kind, how.get("back_on"))
    assert notes.entries == [reaction]
    (raw,) = posted
    assert words in raw
    assert web.asked == []


def test_an_opt_out_that_is_not_confirmed_is_an_error(monkeypatch, recipients, notes, web):
    web.status["/unsubscribe"] = 500
    acting(monkeypatch, recipients, web, journal.OPTED_OUT, way=Way.BUTTON)
    with pytest.raises(WorldError, match="answered 500 instead of 200"):
        recipients.act(AT + timedelta(hours=1))
    assert notes.entries == []
