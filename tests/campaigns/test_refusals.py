from __future__ import annotations

import pytest

from campaigns.refusals import is_about_sender, is_hard_bounce


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (550, "5.1.1 <info@hotel-zon.nl>: Recipient address rejected: User unknown"),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound"),
        (556, "5.1.10 Domain does not accept mail (nullMX)"),
        (550, "No such user here"),
        (553, "sorry, that recipient does not exist"),
    ],
)
def test_a_refusal_that_says_the_address_does_not_exist_condemns_it(code, text):
    assert is_hard_bounce(code, text)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (550, "5.7.1 Message rejected as spam"),
        (550, "5.7.515 Access denied, sending domain does not meet the required level"),
        (554, "5.7.1 Client host blocked: user unknown to the blocklist"),
        (552, "5.2.2 Mailbox full"),
        (550, "Administrative prohibition"),
        (554, "Transaction failed"),
        (451, "4.7.1 Greylisted, user unknown"),
    ],
)
def test_a_refusal_about_anything_else_leaves_the_address_alone(code, text):
    assert not is_hard_bounce(code, text)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (530, "5.7.0 Authentication required"),
        (550, "5.7.515 Access denied, sending domain does not meet the required level"),
        (554, "Service unavailable; client host blocked using Spamhaus"),
        (554, "poor reputation"),
    ],
)
def test_a_refusal_of_the_sender_is_told_from_one_of_the_address(code, text):
    assert is_about_sender(code, text)
    assert not is_hard_bounce(code, text)


@pytest.mark.parametrize(
    ("code", "text"),
    [(550, "5.1.1 user unknown"), (552, "5.2.2 Mailbox full"), (554, "5.3.4 message too big")],
)
def test_a_refusal_of_one_recipient_or_mail_says_nothing_of_the_sender(code, text):
    assert not is_about_sender(code, text)
