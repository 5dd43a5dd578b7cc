"""Several mails of one domain at the gate together, and gates whose answer was lost."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.db import OperationalError
from django.db.models import F
from django.db.models.functions import Now

from campaigns import gate, throttle
from campaigns.claiming import claim_due, reap_expired_leases
from campaigns.decisions import Verdict
from campaigns.gate import pass_gate, wait_at_gate
from campaigns.models import Campaign, Message, MessageContent, SendAttempt, SendingDomain
from campaigns.standing import Departure
from campaigns.transport.connection import COMMAND_TIMEOUT_SECONDS
from leads.models import Lead
from mailsuite.lib import clock
from tests.campaigns.mails import composed
from tests.factories import MessageFactory
from tests.factories.campaigns import MONDAY

pytestmark = pytest.mark.django_db
PASSED, NOT_YET, NEVER, LOST = Verdict.PASSED, Verdict.NOT_YET, Verdict.NEVER, Verdict.LOST
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def frozen_clock():
    with clock.frozen(MONDAY) as frozen:
        yield frozen


def departures(count: int, interval: int = 0, **policy: int) -> list[Departure]:
    """Mails of one campaign on a domain without a pause, claimed in their order."""
    fields = {"interval_minutes": interval, **policy}
    first = MessageFactory(**{f"enrollment__domain__policy__{k}": v for k, v in fields.items()})
    others = MessageFactory.create_batch(
        count - 1,
        enrollment__campaign=first.campaign,
        enrollment__domain=first.domain,
        alias=first.alias,
        step=first.step,
    )
    messages = {message.pk: message for message in (first, *others)}
    claims = claim_due(first.domain_id, MONDAY, at_most=count)
    return [
        Departure(claim, messages[claim.message_id], composed(messages[claim.message_id]))
        for claim in claims
    ]


def verdicts(leaving: list[Departure]) -> list[Verdict]:
    return [decision.verdict for decision in pass_gate(leaving)]


def test_the_first_ones_take_what_is_left_of_the_day():
    leaving = departures(3, daily_cap=2)
    assert verdicts(leaving) == [PASSED, PASSED, NOT_YET]
    assert SendingDomain.objects.get().sent_today == 2
    assert SendAttempt.objects.filter(gated_at=MONDAY).count() == 2
    assert MessageContent.objects.count() == 2
    phases = Message.objects.order_by("pk").values_list("phase", flat=True)
    assert list(phases) == ["wire", "wire", "claimed"]


def test_of_a_domain_with_a_pause_the_first_one_passes_and_the_others_hear_when():
    passed, closed = pass_gate(departures(2, interval=20))
    assert passed.verdict is PASSED
    assert (closed.verdict, closed.opens_at) == (NOT_YET, MONDAY + 20 * MINUTE)


def test_who_gets_nothing_more_takes_no_slot_from_those_behind():
    leaving = departures(3, daily_cap=2)
    Lead.objects.filter(email=leaving[0].mail.recipient).update(stopped_at=MONDAY)
    assert verdicts(leaving) == [NEVER, PASSED, PASSED]
    assert SendingDomain.objects.get().sent_today == 2


def test_where_all_are_forbidden_no_slot_is_taken():
    leaving = departures(2)
    Lead.objects.update(stopped_at=MONDAY)
    assert verdicts(leaving) == [NEVER, NEVER]
    domain = SendingDomain.objects.get()
    assert (domain.sent_today, domain.next_allowed_at) == (0, None)


def test_the_first_ones_take_what_is_left_of_their_campaigns_limit():
    leaving = departures(3)
    Campaign.objects.update(daily_limit=2)
    campaign = Campaign.objects.get()
    campaign.campaign_domains.create(domain=SendingDomain.objects.get(), position=0)
    assert verdicts(leaving) == [PASSED, PASSED, NOT_YET]


def test_a_claim_that_was_lost_holds_up_none_beside_it():
    leaving = departures(2)
    first = Message.objects.filter(pk=leaving[0].claim.message_id)
    first.update(lease_until=Now() - MINUTE)
    assert verdicts(leaving) == [LOST, PASSED]
    assert SendAttempt.objects.filter(gated_at=MONDAY).count() == 1


def test_what_has_passed_passes_no_second_time():
    leaving = departures(1)
    assert (verdicts(leaving), verdicts(leaving)) == ([PASSED], [LOST])
    assert SendingDomain.objects.get().sent_today == 1


def test_each_goes_to_its_own_address_in_the_slot_that_it_had():
    leaving = departures(2)
    slots = [MONDAY - 20 * MINUTE, MONDAY]
    for departure, slot in zip(leaving, slots, strict=True):
        Message.objects.filter(pk=departure.claim.message_id).update(scheduled_at=slot)
    assert verdicts(leaving) == [PASSED, PASSED]
    rows = SendAttempt.objects.order_by("pk").values_list("message__recipient", "scheduled_at")
    recipients = [departure.mail.recipient for departure in leaving]
    assert list(rows) == list(zip(recipients, slots, strict=True))


def test_the_lease_of_a_mail_on_the_wire_outlasts_every_wait_of_its_conversation():
    pass_gate(departures(1))
    waits = 4 * COMMAND_TIMEOUT_SECONDS + project.SMTP_TIMEOUT_SECONDS
    lasts = Message.objects.annotate(lasts=F("lease_until") - Now()).get().lasts
    own_time = MINUTE / 2  # of this test; each wait alone is longer
    assert lasts + own_time > gate.HANDOVER + timedelta(seconds=waits)


def test_a_throttle_is_not_waited_for_while_something_else_forbids_one_of_them(monkeypatch):
    waits: list[timedelta] = []
    monkeypatch.setattr(clock, "wait", waits.append)
    leaving = departures(2, interval=20)
    SendingDomain.objects.update(next_allowed_at=MONDAY + throttle.PATIENCE)
    Lead.objects.filter(email=leaving[0].mail.recipient).update(stopped_at=MONDAY)
    assert [one.verdict for one in wait_at_gate(leaving)] == [NEVER, NOT_YET]
    assert waits == []


def losing_answer(monkeypatch, meanwhile: Callable[[], object], *, arrives: bool = True) -> None:
    """The next gate is passed, or is not, and its worker hears nothing but that the database
    is gone; `meanwhile` happens before it asks again."""
    decide = gate._decide

    def lost(leaving: list[Departure]) -> None:
        monkeypatch.setattr(gate, "_decide", decide)
        if arrives:
            decide(leaving)
        meanwhile()
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(gate, "_decide", lost)


def expire() -> None:
    Message.objects.update(lease_until=Now() - MINUTE)


def reap() -> None:
    expire()
    assert reap_expired_leases(MONDAY) == (0, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("arrives", [True, False])
def test_a_gate_without_an_answer_is_passed_once(monkeypatch, arrives):
    leaving = departures(1)
    losing_answer(monkeypatch, lambda: None, arrives=arrives)
    assert verdicts(leaving) == [PASSED]
    assert SendAttempt.objects.get().gated_at == MONDAY
    assert SendingDomain.objects.get().sent_today == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("meanwhile", [expire, reap])
def test_a_gate_without_an_answer_is_not_believed_when_the_lease_is_over(monkeypatch, meanwhile):
    leaving = departures(1)
    losing_answer(monkeypatch, meanwhile)
    assert verdicts(leaving) == [LOST]


@pytest.mark.django_db(transaction=True)
def test_a_gate_without_an_answer_is_not_taken_for_that_of_another_worker(monkeypatch):
    def another_passes() -> None:
        Message.objects.update(attempt_id=uuid.uuid4(), phase=Message.Phase.WIRE)

    leaving = departures(1)
    losing_answer(monkeypatch, another_passes, arrives=False)
    assert verdicts(leaving) == [LOST]


@pytest.mark.django_db(transaction=True)
def test_of_a_gate_without_an_answer_only_those_that_passed_leave(monkeypatch):
    leaving = departures(3, daily_cap=2)
    losing_answer(monkeypatch, lambda: None)
    assert verdicts(leaving) == [PASSED, PASSED, LOST]
    assert SendingDomain.objects.get().sent_today == 2
