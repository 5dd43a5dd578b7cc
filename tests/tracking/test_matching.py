from __future__ import annotations

import pytest

from mailsuite.lib.tokens import Purpose, sign
from tests.factories import MessageFactory
from tracking.matching import message_of
from tracking.reading import References, SignedReference

pytestmark = pytest.mark.django_db


def test_the_mail_that_came_back_is_tied_by_its_message_id():
    message = MessageFactory()
    MessageFactory()
    references = References(returned=("unknown@x.nl", message.smtp_message_id))
    assert message_of(references) == message


def test_what_came_back_counts_before_what_is_answered():
    first, second = MessageFactory(), MessageFactory()
    references = References(returned=(first.smtp_message_id,), thread=(second.smtp_message_id,))
    assert message_of(references) == first


def test_a_number_that_we_signed_is_proof():
    message, other = MessageFactory(), MessageFactory()
    token = sign(Purpose.UNSUBSCRIBE, message.pk)
    signed = SignedReference("unsubscribe", message.pk, token)
    assert message_of(References((signed,), thread=(other.smtp_message_id,))) == message


@pytest.mark.parametrize("purpose", ["unsubscribe", "return-path"])
def test_a_number_that_we_did_not_sign_is_none(purpose: str):
    message = MessageFactory()
    token = sign(Purpose.OPEN, message.pk)
    assert message_of(References((SignedReference(purpose, message.pk, token),))) is None


def test_a_mail_that_names_nothing_of_ours_is_tied_to_nothing():
    MessageFactory()
    assert message_of(References(thread=("someone@else.nl",))) is None
    assert message_of(References()) is None
