"""What comes back meets what leaves: real transactions, of which one has to wait."""

from __future__ import annotations

import pytest
from django.db import transaction

from campaigns.models import Enrollment, SendingDomain
from leads.models import Lead, Suppression
from leads.suppression import hold_addresses
from tests.threads import Meanwhile
from tests.tracking.answers import came, figures, reply, running, sent

pytestmark = pytest.mark.django_db(transaction=True)
BOSS, CLERK = "baas@hotel-zon.nl", "balie@hotel-zon.nl"


@pytest.mark.parametrize("body", ["Graag geen mails meer sturen.", "Klinkt goed, belt u mij?"])
def test_an_answer_waits_for_a_colleague_at_the_gate_before_it_takes_the_domain(body):
    """The gate takes the colleague, then the domain's slot: in that order it must get both."""
    first = sent(running(BOSS, CLERK, stop_colleagues=True), to=BOSS)
    raw = reply(first, body)
    with transaction.atomic():
        Lead.objects.select_for_update().get(email=CLERK)
        answering = Meanwhile(lambda: came(raw))
        assert answering.waits()
        SendingDomain.objects.select_for_update(no_key=True, nowait=True).get()
    assert answering.result().state == "done"
    assert Enrollment.objects.get(lead__email=CLERK).end_reason == "company_replied"
    assert figures(first)["replied"] == 1


def test_an_opt_out_in_words_takes_addresses_before_rows():
    """As the gate does, which holds the address while it waits for the lead."""
    first = sent(running(BOSS, CLERK, stop_colleagues=True), to=BOSS)
    raw = reply(first, "Graag geen mails meer sturen.")
    with transaction.atomic():
        Lead.objects.select_for_update().get(email=BOSS)
        opting_out = Meanwhile(lambda: came(raw))
        assert opting_out.waits()
        mailing = Meanwhile(lambda: transaction.atomic(hold_addresses)([BOSS]))
        assert mailing.waits()
    assert opting_out.result().state == "done"
    mailing.result()
    assert Suppression.objects.get().value == BOSS


def test_an_opt_out_by_a_colleague_waits_for_the_gate_before_it_takes_the_domain():
    """The gate has the colleague's address and lead, then takes the domain's slot."""
    first = sent(running(BOSS, CLERK), to=BOSS)
    raw = reply(first, "Graag geen mails meer sturen.", sender=CLERK)
    with transaction.atomic():
        hold_addresses([CLERK])
        opting_out = Meanwhile(lambda: came(raw))
        assert opting_out.waits()
        Lead.objects.select_for_update(nowait=True).get(email=CLERK)
        Lead.objects.select_for_update(nowait=True).get(email=BOSS)
        SendingDomain.objects.select_for_update(no_key=True, nowait=True).get()
    assert opting_out.result().state == "done"
    assert set(Suppression.objects.values_list("value", flat=True)) == {BOSS, CLERK}
