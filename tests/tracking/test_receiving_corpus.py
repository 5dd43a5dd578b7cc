"""Real mails and broken ones all the way in: kept, tied by a person, and nothing out of step."""

from __future__ import annotations

import random

import pytest

from campaigns.integrity import check_integrity
from mailsuite.lib import clock
from tests.factories import UserFactory
from tests.tracking.answers import DAY, HOUR, MONDAY, came, running, sent
from tests.tracking.reading.hostile import mutated
from tests.tracking.reading.test_corpus import CORPUS, rows
from tracking.models import InboundMail
from tracking.people_queue import tie

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not CORPUS, reason="no real mails: INBOUND_CORPUS names no folder"),
]
EMAILS = [f"lead{number}@hotel{number}.nl" for number in range(8)]


@pytest.mark.parametrize("are_broken", [False, True])
def test_every_real_mail_takes_effect_and_figures_stay_exact(are_broken: bool):
    campaign = running(*EMAILS, mails=2)
    messages = [sent(campaign, to=email) for email in EMAILS]
    person, chance = UserFactory(), random.Random(7)
    mails = [(name, raw) for name, _, raw in rows()]
    if are_broken:
        others = [raw for _, raw in mails]
        mails = [(name, mutated(raw, others, chance)) for name, raw in mails]
    for place, (name, raw) in enumerate(mails):
        with clock.frozen(MONDAY + HOUR):
            inbound = came(raw, key=name)
            if inbound.source_key != name:
                continue  # it was broken into a copy of one before it
            assert inbound.state == InboundMail.State.UNMATCHED
            tied = tie(inbound.pk, messages[place % len(messages)].pk, by=person, now=MONDAY + DAY)
        assert tied.state in (InboundMail.State.DONE, InboundMail.State.TO_REVIEW)
        assert tied.outcome
    assert not check_integrity(since=MONDAY - DAY, now=MONDAY + 30 * DAY)
