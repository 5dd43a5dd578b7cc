"""Mails that strangers, disks and bad programs have broken: kept, and nothing out of step."""

from __future__ import annotations

import random

import pytest

from campaigns.integrity import check_integrity
from mailsuite.lib import clock
from tests.tracking.answers import (
    DAY,
    HOUR,
    MONDAY,
    about,
    away,
    blocked,
    hard_bounce,
    reply,
    running,
    sent,
    soft_bounce,
)
from tests.tracking.reading import mails
from tests.tracking.reading.hostile import mutated
from tracking.matching import message_of
from tracking.models import InboundMail
from tracking.reading import References
from tracking.receiving import receive

pytestmark = pytest.mark.django_db

# NUL, bytes that are no UTF-8, and halves of surrogate pairs, raw and by the ways of RFC 2047.
BROKEN = [
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"=?utf-8?q?=00=ED=A0=80?=", b"=?utf-16?b?2AA=?=",
    b"=?utf-7?q?+2AA-?=", b"=?raw-unicode-escape?q?=5Cud800?=", "\u2028".encode(),
]  # fmt: skip
HEADERS = [
    b"In-Reply-To: <a%b@c.nl>", b"References: <a%@c.nl> <b@%.nl>", b"Message-ID: <a%@b.nl>",
    b"From: a%b@c.nl", b"From: mailer-daemon@x.nl\nX-Failed-Recipients: a%b@c.nl\nSubject: failed",
    b"Subject: unsubscribe.9999999999999999999.AAAAAAAAAAAAAAAAAAAAAA %", b"To: a%b@c.nl",
]  # fmt: skip


def take(raw: bytes, key: str) -> InboundMail:
    with clock.frozen(MONDAY + HOUR):
        return receive(
            raw, source=InboundMail.Source.PIPE, source_key=key, received_at=MONDAY + HOUR
        )


@pytest.mark.parametrize("header", HEADERS)
def test_what_postgresql_cannot_store_keeps_no_mail_out(header: bytes):
    for broken in BROKEN:
        raw = header.replace(b"%", broken) + b"\n\nHallo " + broken
        assert take(raw, repr(broken)).state == InboundMail.State.UNMATCHED
    assert InboundMail.objects.count() == len(BROKEN)


def test_what_postgresql_cannot_store_is_no_message_of_ours():
    assert message_of(References(returned=("a\x00b", "\ud800"), thread=("c\x00",))) is None


@pytest.mark.parametrize("seed", range(4))
def test_answers_that_were_broken_on_the_way_leave_all_figures_right(seed: int):
    chance = random.Random(seed)
    emails = [f"lead{number}@hotel{number}.nl" for number in range(5)]
    campaign = running(*emails, mails=2)
    answers = []
    for email in emails:
        first = sent(campaign, to=email)
        answers += [reply(first), hard_bounce(first), soft_bounce(first), blocked(first)]
        answers += [away(first, "Terug op 8 juni."), about(first, mails.complaint())]
    for place in range(60):
        raw = bytearray(chance.choice(answers))
        raw[at:at] = chance.choice(BROKEN) if (at := chance.randrange(len(raw))) else b""
        take(bytes(raw), f"once {place}")
        take(mutated(chance.choice(answers), answers, chance), f"often {place}")
    assert InboundMail.objects.filter(state=InboundMail.State.DONE).count() > 30
    assert not check_integrity(since=MONDAY - DAY, now=MONDAY + 30 * DAY)
