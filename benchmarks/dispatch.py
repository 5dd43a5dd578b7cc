"""A launched campaign, sent by two workers to an SMTP sink; against django-post-office with the
same mails, and against smtplib with ready-made bytes."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from benchmarks import dispatch_post_office, dispatch_smtplib, dispatch_workers
from benchmarks.database import empty_tables
from benchmarks.dispatch_campaign import START, launched_campaign
from benchmarks.dispatch_smtplib import ReadyMail
from benchmarks.mail_sink import mail_sink
from benchmarks.measurement import Measurement
from benchmarks.timing import Medians
from campaigns.kept_content import restore
from campaigns.mime import as_bytes
from campaigns.models import Campaign, Message

MAILS, QUICK_MAILS = 20_000, 2_000
TURNS, QUICK_TURNS = 3, 1
# So many different ones smtplib sends, over and over.
_READY_MADE = 2_000


class Turn(NamedTuple):
    """Seconds of each side for the same mails, in turn."""

    ours: float
    post_office: float
    smtplib: float
    peak_memory_mb: float
    what: str


def measure(variant: str, *, quick: bool) -> Iterator[Measurement]:
    mails = QUICK_MAILS if quick else MAILS
    turns = [_turn(mails) for _ in range(QUICK_TURNS if quick else TURNS)]
    seconds = median(turn.ours for turn in turns)
    for reference, references in (
        ("django-post-office", [turn.post_office for turn in turns]),
        ("smtplib", [turn.smtplib for turn in turns]),
    ):
        taken = median(references)
        yield Measurement.of(
            "dispatch",
            f"against {reference}",
            Medians(seconds, taken, turns[0].peak_memory_mb),
            reference=f"{reference} ({mails / taken:.0f}/s)",
            detail=f"{turns[0].what}, {mails / seconds:.0f}/s",
        )


def _turn(mails: int) -> Turn:
    empty_tables("leads", "templates_app", "campaigns", "tracking")
    with mail_sink() as sink:
        campaign = launched_campaign(mails, sink.port)
        ours, memory = dispatch_workers.send_all(campaign, sink)
        kind = sink.kind
    with mail_sink() as sink:
        post_office = dispatch_post_office.send_all(campaign, sink.port)
    ready = _ready_mails(campaign, min(mails, _READY_MADE))
    with mail_sink() as sink:
        smtplib = dispatch_smtplib.send_all(
            ready, mails // len(ready), sink.port, dispatch_workers.PROCESSES
        )
    what = f"{mails:,} mails of {len(ready[0].content):,} bytes to {kind}"
    return Turn(ours, post_office, smtplib, memory, what)


def _ready_mails(campaign: Campaign, count: int) -> list[ReadyMail]:
    """What the campaign has sent, as bytes."""
    messages = Message.objects.filter(campaign=campaign).select_related(
        "lead", "alias__domain", "content"
    )
    ready = []
    for message in messages.order_by("pk")[:count]:
        mail = restore(message)
        assert mail is not None
        ready.append(ReadyMail(mail.sender_address, mail.recipient, as_bytes(mail, START)))
    return ready
