"""From what a recipient does to what mailsuite makes of it, with its real receiving."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db.models import Sum

from campaigns.models import DailyFigures, Message
from campaigns.tracking_urls import addresses_of
from mailsuite.demo import journal
from mailsuite.demo.habits import Plan, Way
from mailsuite.demo.journal import Journal
from mailsuite.demo.letters import read_letter
from mailsuite.demo.outcome import _miscounted
from mailsuite.demo.recipients import Recipients
from mailsuite.lib import clock
from tests.demo.letters import campaign_mail
from tests.factories import MessageFactory
from tests.factories.campaigns import MONDAY
from tracking.models import InboundMail
from tracking.receiving import receive_piped

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def monday() -> Iterator[clock.FrozenClock]:
    with clock.frozen(MONDAY) as frozen:
        yield frozen


@pytest.fixture
def recipients(tmp_path: Path) -> Iterator[Recipients]:
    with closing(Journal(tmp_path / "journal.jsonl")) as notes:
        people = Recipients(notes, receive_piped)
        yield people
        people.close()


def mail_of(message: Message) -> bytes:
    """As campaign_mail, with the names that mailsuite gives to this message."""
    _, subject = addresses_of(message).opt_out_mail.split("?subject=")
    raw = campaign_mail(message.lead.email).replace(b"m1@punthelder-seo.example", b"%(id)b")
    raw = raw.replace(b"mailto:u@x.example?subject=u.7", b"mailto:u@x.example?subject=%(subject)b")
    for name, value in (("id", message.smtp_message_id), ("subject", subject)):
        raw = raw.replace(f"%({name})b".encode(), value.encode())
    return raw


@pytest.mark.parametrize(
    ("kind", "way", "reason"),
    [
        (journal.REPLIED, Way.PAGE, "replied"),
        (journal.ASKED_TO_STOP, Way.PAGE, "unsubscribed"),
        (journal.OPTED_OUT, Way.MAIL, "unsubscribed"),
        (journal.BOUNCED, Way.PAGE, "bounced"),
        (journal.COMPLAINED, Way.PAGE, "complained"),
    ],
)
def test_a_no_ends_the_flow(kind: str, way: Way, reason: str, monkeypatch, recipients):
    message = MessageFactory(sent=True)
    later = do(monkeypatch, recipients, message, kind, way=way)
    assert recipients.act(later)[0].kind == kind
    enrollment = message.enrollment
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.end_reason) == ("ended", reason)
    assert InboundMail.objects.get().message_id == message.pk


@pytest.mark.parametrize(
    ("kind", "way", "counted"),
    [
        (journal.REPLIED, Way.PAGE, {"replied"}),
        (journal.ASKED_TO_STOP, Way.PAGE, {"replied", "unsubscribed"}),
        (journal.OPTED_OUT, Way.MAIL, {"unsubscribed"}),
        (journal.BOUNCED, Way.PAGE, {"bounced"}),
        (journal.COMPLAINED, Way.PAGE, {"complained"}),
        (journal.BOUNCED_SOFTLY, Way.PAGE, set()),
    ],
)
def test_it_is_counted_as_the_outcome_expects(
    kind: str, way: Way, counted: set[str], monkeypatch, recipients, tmp_path: Path
):
    recipients.act(do(monkeypatch, recipients, MessageFactory(sent=True), kind, way=way))
    figures = "replied", "unsubscribed", "bounced", "complained"
    sums = DailyFigures.objects.aggregate(**{name: Sum(name, default=0) for name in figures})
    assert {name for name, count in sums.items() if count} == counted
    kpis = {f"total_{name}": count for name, count in sums.items()}
    entries = journal.read(tmp_path / "journal.jsonl")
    assert len(entries) == 1
    assert not any(_miscounted(kpis, entries).values())


@pytest.mark.parametrize(
    ("kind", "back_on", "waits_until"),
    [
        # Back on a Wednesday, so from Thursday 08:00 on, in Amsterdam's summer.
        (journal.AWAY, date(2026, 6, 10), datetime(2026, 6, 11, 6, tzinfo=UTC)),
        (journal.BOUNCED_SOFTLY, None, MONDAY + timedelta(days=1) + HOUR),
    ],
)
def test_who_cannot_read_now_is_waited_for(
    kind: str, back_on: date | None, waits_until: datetime, monkeypatch, recipients
):
    message = MessageFactory(sent=True)
    recipients.act(do(monkeypatch, recipients, message, kind, back_on=back_on))
    enrollment = message.enrollment
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.waits_until) == ("active", waits_until)


def do(
    monkeypatch: pytest.MonkeyPatch,
    recipients: Recipients,
    message: Message,
    kind: str,
    *,
    way: Way = Way.PAGE,
    back_on: date | None = None,
) -> datetime:
    """Let the recipient have the mail and one plan with it; when that is due."""
    later = MONDAY + HOUR
    monkeypatch.setattr(
        "mailsuite.demo.recipients.plans_for",
        lambda letter: [Plan(later, kind, letter, way=way, back_on=back_on)],
    )
    letter = read_letter(mail_of(message), "christian@seo.example", message.lead.email, MONDAY)
    recipients.receive(letter)
    clock._clock.move_to(later)
    return later
