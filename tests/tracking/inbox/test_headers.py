from __future__ import annotations

import pytest

from tracking.inbox.headers import subject_of_answer, thread_ids


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Re: Vindbaarheid", "Re: Vindbaarheid"),
        ("Vindbaarheid", "Re: Vindbaarheid"),
        ("RE: Antw: AW: Vindbaarheid", "Re: Vindbaarheid"),
        ("Re[2]: Vindbaarheid", "Re: Vindbaarheid"),
        ("Reserveren: hoe?", "Re: Reserveren: hoe?"),
        ("", "Re: Onze mail"),
        ("Re: ", "Re: Onze mail"),
        ("Vind\r\nBcc: alle@hotels.nl", "Re: Vind Bcc: alle@hotels.nl"),
        ("Fwd: Vindbaarheid", "Re: Fwd: Vindbaarheid"),
    ],
)
def test_the_subject_is_kept_and_marked_once(subject: str, expected: str):
    assert subject_of_answer(subject, "Re: Onze mail") == expected


def test_the_answered_mail_comes_last():
    ids = thread_ids(["1@us.nl", "theirs@hotel.nl", "2@us.nl"], "theirs@hotel.nl")
    assert ids == ("theirs@hotel.nl", ("1@us.nl", "2@us.nl", "theirs@hotel.nl"))


def test_an_answer_to_a_mail_without_an_id_hangs_below_ours():
    assert thread_ids(["1@us.nl"], "") == ("1@us.nl", ("1@us.nl",))


@pytest.mark.parametrize("hostile", ["a>\r\nBcc: x@y.nl", "a b@c.nl", "é@c.nl", "x" * 255])
def test_an_id_that_no_header_can_hold_is_left_out(hostile: str):
    assert thread_ids(["1@us.nl"], hostile) == ("1@us.nl", ("1@us.nl",))


def test_of_a_long_conversation_the_first_and_the_last_are_named():
    ids = [f"{n}@us.nl" for n in range(100)]
    last, references = thread_ids(ids, "theirs@hotel.nl")
    assert last == "theirs@hotel.nl"
    assert references == ("0@us.nl", *ids[82:], "theirs@hotel.nl")


def test_no_ids_are_no_headers():
    assert thread_ids([], "") == ("", ())
