"""A new domain's day grows, in the plan and at the gate."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from campaigns import throttle
from campaigns.acceptance import mark_sent
from campaigns.decisions import Verdict
from campaigns.dispatch import domains_due, roll_over
from campaigns.forecasting import forecast
from campaigns.integrity import check_integrity
from campaigns.lifecycle import launch
from campaigns.message_lock import lock_messages
from campaigns.models import Message, SendAttempt, SendingDomain
from campaigns.preflight import check
from campaigns.ramping import change_ramp, days_of_sending
from campaigns.scheduling.forecast import DayCount
from campaigns.scheduling.ramp import Ramp
from tests.campaigns.drafts import EARLY, OPENING, a_domain, a_draft, a_flow, slots
from tests.campaigns.mails import at_gate, claimed, composed
from tests.factories import (
    LeadFactory,
    MessageFactory,
    SendAttemptFactory,
    SendingDomainFactory,
    SendingPolicyFactory,
)

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 6, day) for day in (1, 2, 3, 4))
SLOT = timedelta(minutes=20)


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def new_domain(**fields: object) -> SendingDomain:
    """Two mails on its first day, three more on each after it, eight at most."""
    return a_domain(**{"ramp_start": 2, "ramp_step": 3, "ramp_ceiling": 8} | fields)


def fresh(domain: SendingDomain) -> SendingDomain:
    return SendingDomain.objects.select_related("policy").get(pk=domain.pk)


def let_out(domain: SendingDomain, day: date, most: int = 20) -> int:
    """How many mails the throttle lets through that day, with the ledger kept as the gate does."""
    passed = 0
    for number in range(most):
        now = at(day, 7) + SLOT * number
        row = fresh(domain)
        if throttle.take_slots(row, 1, now):
            message = MessageFactory(enrollment__domain=domain, sent=True, scheduled_at=now)
            SendAttemptFactory(message=message)
            passed += 1
    return passed


def test_the_gate_lets_out_as_many_as_the_days_of_sending_before_allow() -> None:
    domain = new_domain()
    days = [MONDAY, TUESDAY, WEDNESDAY, THURSDAY]
    assert [let_out(domain, day) for day in days] == [2, 5, 8, 8]


def test_without_a_pause_no_more_pass_at_once_either() -> None:
    domain = new_domain(policy=SendingPolicyFactory(interval_minutes=0))
    assert throttle.take_slots(fresh(domain), 10, at(MONDAY)) == 2
    assert throttle.take_slots(fresh(domain), 10, at(MONDAY)) == 0


def test_a_day_without_sending_raises_nothing() -> None:
    domain = new_domain()
    assert let_out(domain, MONDAY) == 2
    assert let_out(domain, THURSDAY) == 5
    assert fresh(domain).cap_on(THURSDAY) == 5


def test_a_day_with_one_mail_raises_the_next_as_a_full_one_does() -> None:
    domain = new_domain()
    assert let_out(domain, MONDAY, most=1) == 1
    assert let_out(domain, TUESDAY) == 5


def test_a_clock_that_jumped_ahead_and_back_raises_nothing() -> None:
    domain = new_domain()
    assert let_out(domain, MONDAY, most=1) == 1
    SendingDomain.objects.update(sent_on=THURSDAY, sent_today=1, ramp_days=2)
    assert let_out(domain, MONDAY) == 1
    assert fresh(domain).ramp_days == 0


def test_without_a_ceiling_the_policys_cap_is_the_end() -> None:
    domain = new_domain(ramp_ceiling=None, policy=SendingPolicyFactory(daily_cap=4))
    assert [let_out(domain, day) for day in (MONDAY, TUESDAY)] == [2, 4]


def test_a_domain_without_a_ramp_has_its_full_number_at_once() -> None:
    domain = a_domain()
    assert fresh(domain).cap_on(MONDAY) == 27
    assert fresh(domain).ramp_before(MONDAY) is None


def test_the_ledger_is_not_counted_any_more_when_the_ramp_is_over(
    django_assert_num_queries,
) -> None:
    domain = new_domain(ramp_days=2, sent_on=WEDNESDAY)
    with django_assert_num_queries(0):
        assert days_of_sending(domain, THURSDAY) == 2


def test_a_tick_offers_no_domain_whose_day_is_full() -> None:
    domain = new_domain(sent_on=MONDAY, sent_today=2)
    MessageFactory(enrollment__domain=domain, scheduled_at=at(MONDAY, 9), not_before=None)
    Message.objects.update(not_before=at(MONDAY, 9))
    assert domains_due(at(MONDAY)) == []
    SendingDomain.objects.update(sent_today=1)
    assert domains_due(at(MONDAY)) == [domain.pk]


def test_a_launch_plans_up_the_ramp_as_the_dry_run_showed() -> None:
    LeadFactory.create_batch(9)
    draft = a_draft(new_domain())
    (only,) = forecast(draft, OPENING).domains
    assert only.ramp_up == Ramp(start=2, step=3, ceiling=8, days=0)
    assert only.forecast.days == (
        DayCount(MONDAY, 2, 2),
        DayCount(TUESDAY, 5, 5),
        DayCount(WEDNESDAY, 2, 8),
    )
    campaign = launch(draft, OPENING).campaign
    assert slots(campaign) == [
        "Mon 01 08:00", "Mon 01 08:20",
        "Tue 02 08:00", "Tue 02 08:20", "Tue 02 08:40", "Tue 02 09:00", "Tue 02 09:20",
        "Wed 03 08:00", "Wed 03 08:20",
    ]  # fmt: skip
    assert check_integrity(since=EARLY, now=OPENING) == []


def test_every_mail_passes_the_gate_in_the_slot_that_it_was_planned_for() -> None:
    """A flow of two mails up the ramp: the plan of the launch foresaw each day's cap."""
    LeadFactory.create_batch(9)
    domain = new_domain(default_flow=a_flow(2, delay=1).flow)
    campaign = launch(a_draft(domain, template=None, flow=domain.default_flow), OPENING).campaign
    planned = list(
        Message.objects.filter(campaign=campaign)
        .order_by("scheduled_at")
        .values_list("pk", "scheduled_at")
    )
    for pk, slot in planned:
        message = Message.objects.get(pk=pk)
        decision = at_gate(claimed(message, slot), composed(message), slot)
        assert decision.verdict is Verdict.PASSED
        mark_sent(list(lock_messages([pk]).values()))
    gates = SendAttempt.objects.order_by("gated_at").values_list("gated_at", flat=True)
    assert list(gates) == [slot for _, slot in planned]
    assert [slot[:6] for slot in slots(campaign)] == (
        ["Mon 01"] * 2 + ["Tue 02"] * 3 + ["Wed 03"] * 4
    )
    assert Counter(slot.date() for slot in gates) == {
        MONDAY: 2,
        TUESDAY: 5,
        WEDNESDAY: 7,
        THURSDAY: 4,
    }
    assert check_integrity(since=EARLY, now=at(THURSDAY, 20)) == []


def test_a_day_that_was_lost_is_planned_anew_with_the_ramp_where_it_was() -> None:
    LeadFactory.create_batch(7)
    domain = new_domain()
    campaign = launch(a_draft(domain), OPENING).campaign
    roll_over(at(MONDAY, 17))  # nothing was sent, and the grace is over
    moved = slots(campaign)
    assert [slot[:6] for slot in moved] == ["Tue 02"] * 2 + ["Wed 03"] * 5


def test_of_the_mails_that_are_late_no_more_stay_than_a_ramp_that_began_today_lets_out() -> None:
    LeadFactory.create_batch(5)
    domain = a_domain()
    campaign = launch(a_draft(domain), OPENING).campaign
    SendingDomain.objects.update(ramp_start=2, ramp_step=3)
    change_ramp(domain, at(MONDAY), begins=True)
    roll_over(at(MONDAY))
    assert [slot[:6] for slot in slots(campaign)] == ["Mon 01"] * 2 + ["Tue 02"] * 3


def test_what_has_gone_today_counts_when_the_rest_is_planned_again() -> None:
    LeadFactory.create_batch(7)
    domain = new_domain()
    campaign = launch(a_draft(domain), OPENING).campaign
    SendingDomain.objects.update(sent_on=MONDAY, sent_today=2, needs_replanning=True)
    Message.objects.filter(scheduled_at__lt=at(TUESDAY, 1)).update(
        status=Message.Status.SENT, sent_at=OPENING
    )
    roll_over(at(MONDAY, 8))
    assert [slot[:6] for slot in slots(campaign)] == ["Mon 01"] * 2 + ["Tue 02"] * 5


def test_the_preflight_tells_of_the_ramp_and_reckons_with_it() -> None:
    LeadFactory.create_batch(17)
    found = {one.code: one.message for one in check(a_draft(new_domain()), OPENING)}
    assert found["ramp_up"].endswith(
        "is being ramped up: 2 mails on its first day, 3 more after each day of sending, until it "
        "sends 8 a day."
    )
    assert "take about 4 workdays" in found["duration"]
    assert "8 mails a day" in found["duration"]


def test_a_ramp_that_is_over_is_not_told_of() -> None:
    LeadFactory()
    found = {one.code for one in check(a_draft(new_domain(ramp_days=2)), OPENING)}
    assert "ramp_up" not in found


def test_gates_above_the_ramp_are_found() -> None:
    domain = new_domain(name="punthelder-seo.nl")
    for day, mails in ((MONDAY, 2), (WEDNESDAY, 6)):
        for number in range(mails):
            gate(domain, at(day, 7) + SLOT * number)
    assert findings("more mails in a day than the cap") == (
        "punthelder-seo.nl on 2026-06-03: 6 of 5",
    )


def test_gates_before_the_ramp_began_raise_nothing_and_are_not_judged_by_it() -> None:
    domain = new_domain(name="punthelder-seo.nl")
    for number in range(5):
        gate(domain, at(MONDAY, 7) + SLOT * number)
    change_ramp(domain, at(MONDAY, 20), begins=True)
    assert fresh(domain).ramp_since == MONDAY
    for number in range(6):
        gate(domain, at(TUESDAY, 7) + SLOT * number)
    # Monday is a day of sending of this ramp: it began on it.
    assert findings("more mails in a day than the cap") == (
        "punthelder-seo.nl on 2026-06-02: 6 of 5",
    )


def gate(domain: SendingDomain, moment: datetime) -> SendAttempt:
    message = MessageFactory(enrollment__domain=domain, sent=True, scheduled_at=moment)
    return SendAttemptFactory(message=message)


def findings(check: str) -> tuple[str, ...]:
    found = check_integrity(since=EARLY, now=at(THURSDAY))
    return next((one.samples for one in found if one.check == check), ())


def test_plans_above_the_ramp_are_found() -> None:
    domain = new_domain(name="punthelder-seo.nl")
    gate(domain, at(MONDAY, 7))
    for day in (THURSDAY, date(2026, 6, 5)):
        for number in range(8):
            MessageFactory(enrollment__domain=domain, scheduled_at=at(day, 11) + SLOT * number / 2)
    assert findings("more mails planned for a day than the cap") == (
        "punthelder-seo.nl on 2026-06-04: 8 of 5",
    )


def test_a_ramp_that_begins_anew_counts_from_today() -> None:
    domain = new_domain(sent_on=MONDAY, sent_today=8, ramp_days=7)
    change_ramp(domain, at(TUESDAY), begins=True)
    row = fresh(domain)
    assert (row.ramp_since, row.ramp_days, row.needs_replanning) == (TUESDAY, 0, True)
    assert (row.cap_on(TUESDAY), row.policy_since) == (2, at(TUESDAY))
    assert let_out(domain, TUESDAY) == 2


def test_a_changed_ramp_keeps_its_days() -> None:
    domain = new_domain(sent_on=MONDAY, sent_today=8, ramp_days=7)
    change_ramp(domain, at(TUESDAY), begins=False)
    row = fresh(domain)
    assert (row.ramp_since, row.ramp_days, row.needs_replanning) == (None, 7, True)


def test_a_ramp_that_does_not_climb_is_stored_nowhere() -> None:
    with pytest.raises(IntegrityError, match="domain_ramp_climbs"), transaction.atomic():
        SendingDomainFactory(ramp_start=9, ramp_ceiling=8)
