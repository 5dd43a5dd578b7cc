"""What may have changed between claim and gate, and where the edges of a day lie."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.decisions import Verdict
from campaigns.models import Message, SendAttempt, SendingDomain, SendingPolicy
from tests.campaigns.mails import at_gate, claimed, composed
from tests.factories import MessageFactory
from tests.factories.campaigns import MONDAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
# Monday 08:00 in Sydney, where the day is ten hours old when UTC's begins.
SYDNEY = datetime(2026, 5, 31, 22, tzinfo=UTC)


@pytest.mark.parametrize("not_before", [None, MONDAY + timedelta(seconds=1)])
def test_a_mail_that_was_put_off_since_its_claim_waits(not_before):
    message = MessageFactory()
    claim = claimed(message)
    Message.objects.update(not_before=not_before)
    decision = at_gate(claim, composed(message))
    assert decision.why == "the mail before it is not long enough ago"
    assert SendAttempt.objects.get().gated_at is None


@pytest.mark.parametrize("change", [{"paused_at": MONDAY}, {"is_active": False}], ids=str)
def test_a_domain_that_was_halted_since_the_claim_lets_nothing_through(change):
    message = MessageFactory()
    claim = claimed(message)
    SendingDomain.objects.update(**change)
    assert at_gate(claim, composed(message)).verdict is Verdict.NOT_YET
    assert SendAttempt.objects.get().gated_at is None
    assert SendingDomain.objects.get().next_allowed_at is None


@pytest.mark.parametrize(
    ("slot", "verdict"),
    [
        (MONDAY + 9 * HOUR - timedelta(seconds=1), Verdict.PASSED),
        (MONDAY + 9 * HOUR, Verdict.NOT_YET),  # 17:00, when the window has closed
    ],
)
def test_the_grace_is_for_slots_before_the_close_of_the_window(slot, verdict):
    message = MessageFactory(scheduled_at=slot, not_before=MONDAY)
    now = MONDAY + 9 * HOUR + timedelta(minutes=10)
    assert at_gate(claimed(message, now), composed(message), now).verdict is verdict


def test_a_campaigns_day_begins_at_the_midnight_of_its_domain():
    first = MessageFactory(enrollment__campaign__daily_limit=1, scheduled_at=SYDNEY)
    second = MessageFactory(enrollment__campaign=first.campaign, scheduled_at=SYDNEY)
    SendingPolicy.objects.update(timezone="Australia/Sydney")
    for message in (first, second):
        message.campaign.campaign_domains.create(domain=message.domain, position=message.pk)
    assert at_gate(claimed(first, SYDNEY), composed(first), SYDNEY).verdict is Verdict.PASSED
    later = SYDNEY + 3 * HOUR
    decision = at_gate(claimed(second, later), composed(second), later)
    assert decision.why == "the campaign's daily limit is reached"


def test_a_domains_day_begins_at_its_own_midnight():
    first = MessageFactory(scheduled_at=SYDNEY)
    second = MessageFactory(enrollment__domain=first.domain, alias=first.alias, scheduled_at=SYDNEY)
    SendingPolicy.objects.update(timezone="Australia/Sydney", daily_cap=1)
    assert at_gate(claimed(first, SYDNEY), composed(first), SYDNEY).verdict is Verdict.PASSED
    SendingDomain.objects.update(sent_on=None)  # counted from the ledger again
    later = SYDNEY + 3 * HOUR
    assert at_gate(claimed(second, later), composed(second), later).verdict is Verdict.NOT_YET
    assert SendingDomain.objects.get().sent_today == 1
