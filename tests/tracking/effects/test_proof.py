"""What comes back proves that the mail arrived, whatever the server said when it left."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from campaigns.dispatch import release_unmailable, roll_over
from campaigns.events import record_event
from campaigns.finishing import finish
from campaigns.gate import Verdict
from campaigns.models import Enrollment, Message, MessageContent, MessageEvent, SendAttempt
from campaigns.resending import resend_unknown
from campaigns.transport import Delivery, Outcome
from leads.models import Lead
from leads.stopping import stop_leads
from mailsuite.lib import clock
from tests.campaigns.mails import at_gate, claimed, composed
from tests.tracking.answers import (
    DAY,
    HOUR,
    MONDAY,
    about,
    away,
    came,
    figures,
    handed_over,
    hard_bounce,
    mail_of,
    reply,
    running,
    sent,
    soft_bounce,
)
from tests.tracking.reading import mails

pytestmark = pytest.mark.django_db
Status = Message.Status


def delayed(message: Message) -> bytes:
    return about(message, mails.dsn(mails.group(action="delayed", status="4.4.1")))


def complaint(message: Message) -> bytes:
    return about(message, mails.complaint())


def absence(message: Message) -> bytes:
    return away(message, "Ik ben afwezig en op maandag 8 juni weer terug.")


def opt_out(message: Message) -> bytes:
    return reply(message, "Graag geen mails meer sturen.")


# With what each counts beside the mail itself.
COMES_BACK: list[tuple[Callable[[Message], bytes], dict[str, int]]] = [
    (soft_bounce, {}),
    (absence, {}),
    (delayed, {}),
    (reply, {"replied": 1}),
    (hard_bounce, {"bounced": 1}),
    (complaint, {"complained": 1}),
    (opt_out, {"replied": 1, "unsubscribed": 1}),
]
whatever_comes_back = pytest.mark.parametrize(
    ("answer", "counts"), COMES_BACK, ids=[answer.__name__ for answer, _ in COMES_BACK]
)


def resent(first: Message) -> Message:
    with clock.frozen(MONDAY + HOUR):
        return resend_unknown(first.pk, MONDAY + HOUR)


def deferred() -> Message:
    """A server said "later" when it had the whole mail."""
    first = handed_over(mail_of(running()), Outcome.DEFERRED)
    assert first.status == Status.QUEUED
    return first


def deferred_when_sent_again() -> Message:
    first = resent(handed_over(mail_of(running()), Outcome.UNKNOWN))
    MessageContent.objects.all().delete()  # the gate keeps it anew
    return handed_over(first, Outcome.DEFERRED)


def claimed_again() -> Message:
    """A worker has taken it once more and composes it."""
    first = deferred()
    claimed(first, first.not_before)
    first.refresh_from_db()
    assert (first.status, first.phase) == (Status.SENDING, "claimed")
    return first


def failed() -> Message:
    first = handed_over(mail_of(running()), Outcome.REFUSED)
    assert (first.status, figures(first)) == (Status.FAILED, {"planned": 1, "failed": 1})
    return first


def canceled() -> Message:
    """Given up for lost and queued again; then the lead was stopped."""
    first = resent(handed_over(mail_of(running()), Outcome.UNKNOWN))
    with clock.frozen(MONDAY + HOUR):
        stop_leads(Lead.objects.all(), MONDAY + HOUR)
        release_unmailable(MONDAY + HOUR)
    first.refresh_from_db()
    assert (first.status, figures(first)) == (Status.CANCELED, {"planned": 1, "canceled": 1})
    return first


@whatever_comes_back
@pytest.mark.parametrize(
    "state", [deferred, deferred_when_sent_again, claimed_again, failed, canceled]
)
def test_whatever_comes_back_proves_the_mail_that_was_taken_for_undelivered(state, answer, counts):
    first = state()
    gated = SendAttempt.objects.filter(message=first, gated_at__isnull=False).last().gated_at
    inbound = came(answer(first), MONDAY + 2 * HOUR)
    first.refresh_from_db()
    assert inbound.state == "done"
    assert first.status == (Status.BOUNCED if answer is hard_bounce else Status.SENT)
    assert (first.sent_at, first.error) == (gated, "")
    assert figures(first) == {"planned": 1, "sent": 1} | counts


@pytest.mark.parametrize("answer", [soft_bounce, absence, delayed])
def test_what_has_come_back_is_not_sent_again(answer):
    """Though the flow goes on."""
    first = deferred()
    came(answer(first), MONDAY + HOUR)
    with clock.frozen(MONDAY + HOUR):
        roll_over(MONDAY + HOUR)
    assert not Message.objects.due(MONDAY + 2 * DAY).exists()
    assert mail_of(first.campaign, 2).not_before >= MONDAY + 3 * DAY
    handed_over(mail_of(first.campaign, 2))
    assert first.attempts.count() == 1


def test_a_worker_that_composes_it_once_more_is_stopped_at_the_gate():
    first = deferred()
    claim = claimed(first, first.not_before)
    came(soft_bounce(first), first.not_before)
    assert at_gate(claim, composed(first), first.not_before).verdict is Verdict.LOST
    assert list(first.attempts.values_list("gated_at", flat=True)) == [MONDAY, None]


def test_a_flow_that_ended_by_the_refusal_stays_ended():
    first = failed()
    came(absence(first), MONDAY + 2 * HOUR)
    enrollment = Enrollment.objects.get()
    assert (enrollment.status, enrollment.end_reason) == ("ended", "failed")
    assert mail_of(first.campaign, 2).status == Status.CANCELED


def test_an_address_that_was_refused_at_the_door_stays_a_bounce():
    """The report of it comes as a mail, too."""
    first = mail_of(running())
    claim = claimed(first, MONDAY)
    at_gate(claim, composed(first), MONDAY)
    with clock.frozen(MONDAY):
        finish([(claim, Delivery(Outcome.REFUSED, 550, "5.1.1 user unknown"))])
    came(reply(first, "Wij lezen dit adres zelf niet meer."))
    first.refresh_from_db()
    assert (first.status, first.sent_at, first.bounced_at) == (Status.BOUNCED, MONDAY, MONDAY)
    assert figures(first) == {"planned": 1, "sent": 1, "replied": 1, "bounced": 1}


@pytest.mark.parametrize("kind", ["opened", "clicked"])
@pytest.mark.parametrize("state", [deferred, failed])
def test_links_that_a_gateway_follows_before_it_refuses_prove_nothing(state, kind):
    first = state()
    status = first.status
    record_event(first.pk, MessageEvent.Kind(kind), at=MONDAY, source_id="link", actor="scanner")
    first.refresh_from_db()
    assert (first.status, first.sent_at) == (status, None)
    assert "sent" not in figures(first)


def test_a_second_proof_counts_nothing():
    first = deferred()
    came(delayed(first))
    came(soft_bounce(first), MONDAY + 2 * HOUR)
    assert figures(first) == {"planned": 1, "sent": 1}
    assert sent(first.campaign, 2).status == Status.SENT
