"""Who meets at the gate: real transactions of which one has to wait for the other."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.db import transaction

from campaigns.claiming import claim_due
from campaigns.decisions import Decision, Verdict
from campaigns.models import Campaign, Enrollment, Message, SendingDomain, SendingPolicy
from leads.models import Lead, Suppression
from leads.suppression import suppress
from mailsuite.lib import clock
from tests.campaigns.mails import at_gate, claimed, composed, through_gate
from tests.factories import MessageFactory
from tests.factories.campaigns import MONDAY
from tests.threads import Meanwhile, in_threads

pytestmark = pytest.mark.django_db(transaction=True)
SLOT = timedelta(minutes=20)


def two_of_one_domain() -> tuple[Message, Message]:
    first = MessageFactory()
    return first, MessageFactory(enrollment__domain=first.domain, alias=first.alias)


def test_of_many_workers_at_the_gate_at_once_one_passes():
    """On a clock that runs, where each reads its own time."""
    with clock.frozen(MONDAY):
        first = MessageFactory()
        others = MessageFactory.create_batch(5, enrollment__domain=first.domain, alias=first.alias)
        claims = claim_due(first.domain_id, MONDAY, at_most=6)
        mails = {message.pk: composed(message) for message in (first, *others)}
    SendingPolicy.objects.update(
        send_days=[1, 2, 3, 4, 5, 6, 7], window_start=time(0), window_end=time(23, 59),
        grace_until=time(23, 59), holiday_country="",
    )  # fmt: skip
    queue = iter(claims)

    def through() -> Decision:
        claim = next(queue)
        return through_gate(claim, mails[claim.message_id])

    decisions = in_threads(6, through)
    assert [one.verdict for one in decisions].count(Verdict.PASSED) == 1


SUPPRESSIONS = [
    (["old@zon.nl"], Suppression.Scope.ADDRESS),
    (["zon.nl"], Suppression.Scope.DOMAIN),
    (["old@zon.nl", *(f"x{n}@y.nl" for n in range(1_000))], Suppression.Scope.ADDRESS),
]


@pytest.mark.parametrize(("values", "scope"), SUPPRESSIONS)
def test_a_suppression_waits_for_a_mail_to_its_address_that_is_passing(values, scope):
    """To the address that the mail goes to, which the lead may have left since."""
    message = MessageFactory()
    mail = composed(message, recipient="old@zon.nl")
    claim = claimed(message)
    with transaction.atomic():
        assert at_gate(claim, mail).verdict is Verdict.PASSED
        other = Meanwhile(lambda: suppress(values, reason=Suppression.Reason.MANUAL, scope=scope))
        assert other.waits()
    assert other.result() == len(values)


@pytest.mark.parametrize(("values", "scope"), SUPPRESSIONS)
def test_a_gate_waits_for_a_suppression_under_way_and_then_minds_it(values, scope):
    message = MessageFactory()
    mail = composed(message, recipient="old@zon.nl")
    claim = claimed(message)
    with transaction.atomic():
        suppress(values, reason=Suppression.Reason.MANUAL, scope=scope)
        other = Meanwhile(lambda: at_gate(claim, mail))
        assert other.waits()
    assert other.result().verdict is Verdict.NEVER


def test_a_gate_that_had_to_wait_goes_by_the_time_when_its_turn_came():
    message = MessageFactory()
    claim, mail = claimed(message), composed(message)
    with clock.frozen(MONDAY + timedelta(hours=9, minutes=59)) as frozen:
        with transaction.atomic():
            SendingDomain.objects.select_for_update().get()
            other = Meanwhile(lambda: through_gate(claim, mail))
            assert other.waits()
            frozen.advance(timedelta(minutes=1))  # 18:00, the end of the grace
        assert other.result().why == "outside the sending window"


def test_the_second_worker_with_the_first_mail_of_a_day_sees_that_the_slot_is_taken():
    """Both find yesterday's count, and would begin the day anew."""
    first, second = two_of_one_domain()
    first_claim, second_claim = claim_due(first.domain_id, MONDAY, at_most=2)
    with clock.frozen(MONDAY):
        with transaction.atomic():
            assert through_gate(first_claim, composed(first)).verdict is Verdict.PASSED
            other = Meanwhile(lambda: through_gate(second_claim, composed(second)))
            assert other.waits()
        assert other.result().opens_at == MONDAY + SLOT
    assert SendingDomain.objects.get().sent_today == 1


CHANGES = [
    (Campaign, {"status": Campaign.Status.PAUSED}),
    (Lead, {"stopped_at": MONDAY}),
    (Enrollment, {"status": "ended", "end_reason": "replied"}),
]


@pytest.mark.parametrize(("model", "change"), CHANGES)
def test_a_pause_stop_or_reply_waits_for_a_gate_that_is_passing(model, change):
    message = MessageFactory()
    claim = claimed(message)
    with transaction.atomic():
        assert at_gate(claim, composed(message)).verdict is Verdict.PASSED
        other = Meanwhile(lambda: model.objects.update(**change))
        assert other.waits()
    assert other.result() == 1


@pytest.mark.parametrize(("model", "change"), [*CHANGES, (SendingDomain, {"paused_at": MONDAY})])
def test_a_gate_waits_for_a_pause_stop_or_reply_under_way_and_then_minds_it(model, change):
    message = MessageFactory()
    claim, mail = claimed(message), composed(message)
    with transaction.atomic():
        model.objects.update(**change)
        other = Meanwhile(lambda: at_gate(claim, mail))
        assert other.waits()
    assert other.result().verdict is not Verdict.PASSED


def test_two_domains_at_the_gate_at_once_share_their_campaigns_daily_limit():
    first = MessageFactory(enrollment__campaign__daily_limit=1)
    elsewhere = MessageFactory(enrollment__campaign=first.campaign)
    for message in (first, elsewhere):
        message.campaign.campaign_domains.create(domain=message.domain, position=message.pk)
    claim, mail = claimed(elsewhere), composed(elsewhere)
    with clock.frozen(MONDAY):
        with transaction.atomic():
            assert through_gate(claimed(first), composed(first)).verdict is Verdict.PASSED
            other = Meanwhile(lambda: through_gate(claim, mail))
            assert other.waits()
        assert other.result().why == "the campaign's daily limit is reached"
