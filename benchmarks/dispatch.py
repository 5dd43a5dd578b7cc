"""A launched campaign, sent by two workers to an SMTP sink; against django-post-office with the
same mails, and against smtplib with ready-made bytes."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import dispatch_post_office, dispatch_smtplib, dispatch_workers
from benchmarks.dispatch_campaign import START, launched_campaign
from benchmarks.dispatch_smtplib import ReadyMail
from benchmarks.mail_sink import mail_sink
from benchmarks.measurement import Measurement
from benchmarks.timing import Medians
from campaigns.kept_content import restore
from campaigns.mime import as_bytes
from campaigns.models import Campaign, Message

MAILS, QUICK_MAILS = 20_000, 2_000
# So many different ones smtplib sends, over and over.
_READY_MADE = 2_000


def measure(variant: str, *, quick: bool) -> Iterator[Measurement]:
    mails = QUICK_MAILS if quick else MAILS
    with mail_sink() as sink:
        campaign = launched_campaign(mails, sink.port)
        seconds, memory = dispatch_workers.send_all(campaign, sink)
        kind = sink.kind
    with mail_sink() as sink:
        post_office = dispatch_post_office.send_all(campaign, sink.port)
    ready = _ready_mails(campaign, min(mails, _READY_MADE))
    with mail_sink() as sink:
        smtplib = dispatch_smtplib.send_all(
            ready, mails // len(ready), sink.port, dispatch_workers.PROCESSES
        )
    detail = (
        f"{mails:,} mails of {len(ready[0].content):,} bytes to {kind}, {mails / seconds:.0f}/s"
    )
    for reference, taken in (("django-post-office", post_office), ("smtplib", smtplib)):
        yield Measurement.of(
            "dispatch",
            f"against {reference}",
            Medians(seconds, taken, memory),
            reference=f"{reference} ({mails / taken:.0f}/s)",
            detail=detail,
        )


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
