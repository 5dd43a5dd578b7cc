"""The suppression list: who is on it, what that does to leads, and what can be taken back."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from leads.models import Lead, Suppression
from leads.suppression import (
    hold_for_writing,
    is_suppressed,
    suppress,
    suppressed_among,
    unsuppress,
)
from mailsuite.lib import clock
from mailsuite.lib.errors import Conflict
from tests.factories import LeadFactory
from tests.factories.campaigns import MONDAY
from tests.threads import Meanwhile

pytestmark = pytest.mark.django_db

Reason, Scope = Suppression.Reason, Suppression.Scope
JAN = "jan@zon.nl"


def status_of(address: str) -> str:
    return str(Lead.objects.get(email=address).status)


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.UNSUBSCRIBED, "suppressed"),
        (Reason.COMPLAINT, "suppressed"),
        (Reason.MANUAL, "suppressed"),
        (Reason.BOUNCED, "bounced"),
    ],
)
def test_an_address_on_the_list_gives_its_lead_the_matching_status(
    reason: Reason, status: str
) -> None:
    LeadFactory(email=JAN)
    LeadFactory(email="piet@zon.nl")

    assert suppress([JAN], reason=reason) == 1

    assert (status_of(JAN), status_of("piet@zon.nl")) == (status, "active")
    assert suppressed_among([JAN, "piet@zon.nl"]) == {JAN}


def test_a_domain_covers_its_addresses_and_no_subdomain() -> None:
    LeadFactory(email=JAN)

    suppress(["zon.nl"], reason=Reason.MANUAL, scope=Scope.DOMAIN)

    assert status_of(JAN) == "suppressed"
    assert suppressed_among([JAN, "jan@mail.zon.nl"]) == {JAN}


def test_somebody_erased_is_recognised_without_being_stored() -> None:
    suppress([JAN], reason=Reason.ERASED)

    assert is_suppressed(JAN)
    assert not Suppression.objects.filter(value__contains="zon").exists()


def test_an_entry_counts_once_and_keeps_its_first_reason() -> None:
    suppress([JAN], reason=Reason.COMPLAINT)

    assert suppress([JAN, JAN], reason=Reason.UNSUBSCRIBED) == 0

    assert Suppression.objects.get().reason == Reason.COMPLAINT


def test_an_entry_by_hand_takes_on_the_reason_of_an_opt_out_that_follows() -> None:
    with clock.frozen(MONDAY):
        suppress([JAN], reason=Reason.MANUAL, note="by phone")
    assert Suppression.objects.get().created_at == MONDAY

    with clock.frozen(MONDAY + timedelta(days=1)):
        suppress([JAN], reason=Reason.UNSUBSCRIBED)

    entry = Suppression.objects.get()
    assert entry.reason == Reason.UNSUBSCRIBED
    assert entry.created_at == MONDAY + timedelta(days=1)
    with pytest.raises(Conflict):
        unsuppress(entry)


def test_more_addresses_than_locks_can_be_held_are_taken_at_once() -> None:
    LeadFactory(email=JAN)

    assert suppress([JAN, *(f"x{n}@y.nl" for n in range(5_000))], reason=Reason.MANUAL) == 5_001

    assert status_of(JAN) == "suppressed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("held", ["a@zon.nl", "b@zon.nl"])
def test_two_writers_lock_the_same_address_first_in_whatever_order_they_name_them(
    held: str,
) -> None:
    values = ["a@zon.nl", "b@zon.nl"]
    locks = []
    for order in (values, values[::-1]):
        with transaction.atomic():
            hold_for_writing([held])
            writer = Meanwhile(transaction.atomic(partial(hold_for_writing, order)))
            assert writer.waits()
            locks.append(writer.advisory_locks())
        writer.result()
    assert locks[0] == locks[1]


@pytest.mark.django_db(transaction=True)
def test_bulk_writers_of_the_list_take_turns() -> None:
    values = [f"x{n}@y.nl" for n in range(1_001)]
    with transaction.atomic():
        suppress(values, reason=Reason.MANUAL)
        other = Meanwhile(partial(hold_for_writing, [f"y{n}@z.nl" for n in range(1_001)]))
        assert other.waits()


def test_taking_a_manual_entry_away_makes_its_leads_active_again() -> None:
    LeadFactory(email=JAN)
    suppress([JAN], reason=Reason.MANUAL)

    assert unsuppress(Suppression.objects.get()) == 1

    assert status_of(JAN) == "active"
    assert not is_suppressed(JAN)


@pytest.mark.parametrize("reason", [Reason.MANUAL, Reason.COMPLAINT])
def test_taking_a_domain_away_frees_only_whom_nothing_else_covers(reason: Reason) -> None:
    LeadFactory(email=JAN)
    LeadFactory(email="piet@zon.nl")
    suppress([JAN], reason=Reason.UNSUBSCRIBED)
    suppress(["zon.nl"], reason=reason, scope=Scope.DOMAIN)

    assert unsuppress(Suppression.objects.get(scope=Scope.DOMAIN)) == 1

    assert (status_of(JAN), status_of("piet@zon.nl")) == ("suppressed", "active")


@pytest.mark.parametrize("reason", [one for one in Reason if one != Reason.MANUAL])
def test_what_was_not_entered_by_hand_stays_on_the_list(reason: Reason) -> None:
    suppress([JAN], reason=reason)

    with pytest.raises(Conflict, match=f"is on the list as {reason}, which stays"):
        unsuppress(Suppression.objects.get())

    assert is_suppressed(JAN)
