from __future__ import annotations

import pytest

from tests.factories import InboundMailFactory, LeadFactory, MessageFactory
from tests.factories.campaigns import MONDAY
from tests.tracking.answers import DAY, HOUR
from tracking.inbox.candidates import candidates_for
from tracking.models import InboundMail

pytestmark = pytest.mark.django_db


def unmatched(sender: str, **fields: object) -> InboundMail:
    return InboundMailFactory(
        message=None, lead=None, state="unmatched", from_address=sender, **fields
    )


def mailed(email: str, **fields: object):
    return MessageFactory(sent=True, enrollment__lead=LeadFactory(email=email), **fields)


def test_mails_to_the_sender_and_to_colleagues_are_offered_the_newest_first():
    own = mailed("piet@hotel-zon.nl")
    colleague = mailed("receptie@hotel-zon.nl", sent_at=MONDAY + HOUR / 2)
    mailed("info@hotel-maan.nl")
    assert list(candidates_for(unmatched("piet@hotel-zon.nl"))) == [colleague, own]


def test_who_shares_a_provider_is_no_colleague():
    mailed("jan@gmail.com")
    own = mailed("piet@gmail.com")
    assert list(candidates_for(unmatched("piet@gmail.com"))) == [own]


def test_what_left_later_or_not_at_all_cannot_be_meant():
    mailed("piet@hotel-zon.nl", sent_at=MONDAY + DAY)
    MessageFactory(enrollment__lead=LeadFactory(email="jan@hotel-zon.nl"))
    assert list(candidates_for(unmatched("piet@hotel-zon.nl"))) == []


def test_other_leads_are_found_by_words():
    message = mailed("info@grandhotel.nl")
    inbound = unmatched("piet@elders.nl")
    assert list(candidates_for(inbound)) == []
    assert list(candidates_for(inbound, "grandhotel")) == [message]


def test_a_mail_without_a_sender_has_no_candidates():
    mailed("piet@hotel-zon.nl")
    assert list(candidates_for(unmatched(""))) == []
