from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mailsuite.lib.tokens import InvalidToken, Purpose, sign, verify


def test_a_token_is_short_safe_in_a_url_and_the_same_each_time():
    token = sign(Purpose.OPEN, 7)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)  # 128 bits
    assert token == sign(Purpose.OPEN, 7)
    verify(token, Purpose.OPEN, 7)


@pytest.mark.parametrize(
    "token",
    [sign(Purpose.CLICK, 7), sign(Purpose.OPEN, 8), sign(Purpose.OPEN, 7)[:-1], "", "é" * 22],
    ids=["other purpose", "other subject", "cut short", "empty", "not ascii"],
)
def test_what_was_not_signed_for_this_is_refused(token):
    with pytest.raises(InvalidToken):
        verify(token, Purpose.OPEN, 7)


@given(st.tuples(st.integers(), st.integers()), st.tuples(st.integers(), st.integers()))
def test_two_subjects_never_share_a_token(one, other):
    assume(one != other)
    assert sign(Purpose.CLICK, *one) != sign(Purpose.CLICK, *other)


def test_subjects_do_not_run_into_each_other():
    assert sign(Purpose.CLICK, 1, 23) != sign(Purpose.CLICK, 12, 3)


def test_links_of_mails_already_sent_survive_a_new_key(settings):
    settings.TRACKING_KEYS = ["old"]
    token = sign(Purpose.UNSUBSCRIBE, 7)
    settings.TRACKING_KEYS = ["new", "old"]
    verify(token, Purpose.UNSUBSCRIBE, 7)
    settings.TRACKING_KEYS = ["new"]
    with pytest.raises(InvalidToken):
        verify(token, Purpose.UNSUBSCRIBE, 7)
