"""The reader as a whole: pure, bounded, and never surprised."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.tracking.reading.hostile import bombs, mutated
from tests.tracking.reading.mails import (
    OUR_ID,
    RECIPIENT,
    auto_reply,
    complaint,
    dsn,
    group,
    mail,
    prose_bounce,
    reply,
)
from tracking.reading import Intent, Kind, ReadMail, read_mail
from tracking.reading.reader import read_unguarded

ROOT = Path(__file__).parents[3]
SECONDS = 1.0
LISTS = [
    "List-Unsubscribe: <https://x.nl>",
    "List-Id: <info.hotel-zon.nl>",
    "Precedence: list",
    "Precedence: bulk",
]


def test_all_that_others_need_of_a_reply_is_there():
    read = read_mail(reply("Bel me morgen.\n\n> Goedemorgen\n"))
    assert read == ReadMail(
        kind=Kind.REPLY,
        message_id="theirs@hotel-zon.nl",
        from_address=RECIPIENT,
        to_addresses=("victor@punthelder-seo.nl",),
        subject="Re: Vindbaarheid van Hotel Zon",
        date=datetime(2026, 8, 3, 7, 12, tzinfo=UTC),
        references=read.references,
        intent=Intent.MEETING,
        own_text="Bel me morgen.",
    )
    assert read.references.message_ids == (OUR_ID,)


def test_a_mail_that_answers_nothing_is_no_reply():
    read = read_mail(mail("Wij verkopen stoelen.", subject="Aanbieding"))
    assert read.kind is Kind.OTHER


@pytest.mark.parametrize("header", LISTS)
def test_a_newsletter_is_no_reply_whatever_it_says(header: str):
    raw = mail("STOP! Graag meer informatie?", headers=f"{header}\n")
    assert (read_mail(raw).kind, read_mail(raw).intent) == (Kind.OTHER, Intent.NONE)


@pytest.mark.parametrize("header", LISTS)
def test_an_answer_through_a_list_is_an_answer(header: str):
    headers = f"In-Reply-To: <{OUR_ID}>\n{header}\n"
    assert read_mail(mail("Bel me morgen.", headers=headers)).intent is Intent.MEETING
    assert read_mail(mail("Bel me morgen.", headers=headers)).kind is Kind.REPLY
    assert read_mail(mail("Mail mij niet meer.", headers=headers)).kind is Kind.UNSUBSCRIBE


def test_what_a_list_puts_below_a_mail_opts_nobody_out():
    text = (
        "Bel me morgen.\n\nYou received this message because you are subscribed to the group"
        ' "info".\nTo unsubscribe from this group, send an email to info+unsubscribe@x.nl.\n'
    )
    read = read_mail(reply(text))
    assert (read.kind, read.own_text) == (Kind.REPLY, "Bel me morgen.")


@pytest.mark.parametrize("raw", [b"", b"\n", b"\0", b"From: x", b"\xff\xfe" * 50, b"no headers"])
def test_what_is_no_mail_is_something_else(raw: bytes):
    assert read_mail(raw).kind is Kind.OTHER


@pytest.mark.parametrize("charset", ["utf-9", "punycode", "idna", "hex", "", "unicode_escape"])
def test_a_charset_that_nobody_has_stops_nothing(charset: str):
    raw = reply("Graag", content_type=f"text/plain; charset={charset}")
    assert read_mail(raw).own_text == "Graag"


def test_encoded_words_and_bodies_are_decoded():
    raw = reply(
        "R3JhYWcg4oKs",
        subject="=?utf-8?q?Re=3A_caf=C3=A9?=",
        content_type="text/plain; charset=utf-8\nContent-Transfer-Encoding: base64",
    )
    assert (read_mail(raw).subject, read_mail(raw).own_text) == ("Re: café", "Graag €")


def test_a_mail_that_is_cut_says_so():
    assert read_mail(reply("a" * 1_100_000)).is_cut
    assert not read_mail(reply("a")).is_cut


def test_no_mail_takes_longer_than_a_second():
    slow = []
    for name, raw in bombs():
        begin = time.process_time()
        read_mail(raw)
        if time.process_time() - begin > SECONDS:
            slow.append(name)
    assert slow == []


def test_no_broken_mail_is_too_much_for_it():
    """Without the guard, so that what it would hide is seen."""
    rng = random.Random(3464)
    mails = [
        reply("Graag.\n\nOp ma 3 aug 2026 om 09:12 schreef Victor <v@x.nl>:\n> Hallo\n"),
        auto_reply("Ik ben terug op 17 augustus."),
        complaint(),
        dsn(group(), group("b@hotel-zon.nl", status="4.2.2", diagnostic="smtp; 452 full")),
        prose_bounce(f"<{RECIPIENT}>: 550 5.1.1 User unknown"),
    ]
    for _ in range(500):
        read_unguarded(mutated(rng.choice(mails), mails, rng))


def test_it_imports_neither_django_nor_anything_of_ours():
    modules = {
        name
        for path in (ROOT / "tracking" / "reading").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    foreign = {m for m in modules if m.split(".")[0] not in sys.stdlib_module_names}
    assert {m for m in foreign if not m.startswith("tracking.reading")} == {"flufl.bounce"}


def test_it_runs_where_no_django_is_set_up():
    code = (
        "from tracking.reading import read_mail; print(read_mail(b'Subject: Re: x\\n\\nja').kind)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "reply\n"
