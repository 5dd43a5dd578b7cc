"""The oracle finds each kind of broken promise in a journal, and nothing in a good one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.journal import Accepted, ClockSet, Entry, Refused, Stopped
from tests.faults.oracle import EVERYBODY, Rules, count_violations

MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)  # 08:00 in Amsterdam
THURSDAY = MONDAY + timedelta(days=3)
SLOT = timedelta(minutes=20)
RULES = Rules(steps=2)


def mail(at: datetime, recipient: str = "a", step: int = 1, domain: str = "one") -> Accepted:
    return Accepted(at, f"{recipient}-{step}@{domain}", recipient, domain, step)


def broken(*journal: Entry, recipients: str = "a", rules: Rules = RULES) -> dict[str, int]:
    found = count_violations(journal, list(recipients), rules)
    return {name: count for name, count in found.items() if count}


GOOD = (mail(MONDAY), mail(MONDAY + SLOT, "b"), mail(THURSDAY, step=2),
        mail(THURSDAY + SLOT, "b", step=2))  # fmt: skip


def test_a_flow_that_was_sent_as_promised_breaks_nothing():
    assert broken(*GOOD, recipients="ab") == {}


def test_a_mail_accepted_twice():
    assert broken(*GOOD, mail(THURSDAY + 2 * SLOT, "b", step=2), recipients="ab") == {"I1": 1}


def test_a_mail_that_never_came():
    assert broken(*GOOD[:3], recipients="ab") == {"I2": 1}
    assert broken(recipients="ab") == {"I2": 4}


@pytest.mark.parametrize("why", [Stopped, Refused])
def test_what_was_called_off_is_not_missed_but_must_not_come_either(why):
    assert broken(mail(MONDAY), why(MONDAY, "a")) == {}
    assert broken(mail(MONDAY), why(MONDAY, "a"), mail(THURSDAY, step=2)) == {"I5": 1}


def test_a_stop_for_everybody():
    assert broken(mail(MONDAY), Stopped(MONDAY, EVERYBODY), recipients="ab") == {}


def test_two_mails_of_a_domain_too_close():
    second = mail(MONDAY + SLOT - timedelta(seconds=1), "b")
    late = (mail(THURSDAY, step=2), mail(THURSDAY + SLOT, "b", step=2))
    assert broken(mail(MONDAY), second, *late, recipients="ab") == {"I3": 1}


def test_a_clock_set_back_leaves_no_neighbours_in_its_future_but_those_in_its_past():
    back = ClockSet(MONDAY)
    ahead = mail(MONDAY + timedelta(hours=1), "c")
    rules = Rules(steps=1)
    assert broken(ahead, back, mail(MONDAY), recipients="ac", rules=rules) == {}
    early = mail(MONDAY - timedelta(minutes=0), "b")
    after = mail(MONDAY + timedelta(minutes=5))
    assert broken(early, ahead, back, after, recipients="abc", rules=rules) == {"I3": 1}


def test_more_than_the_cap_of_a_day():
    rules = Rules(steps=1, daily_cap=1)
    assert broken(mail(MONDAY), mail(MONDAY + SLOT, "b"), recipients="ab", rules=rules) == {"I3": 1}


@pytest.mark.parametrize(
    "at",
    [MONDAY - SLOT, MONDAY + timedelta(hours=10), MONDAY - timedelta(days=1)],
    ids=["before eight", "after the grace", "Sunday"],
)
def test_a_mail_outside_the_window(at: datetime):
    assert broken(mail(at), rules=Rules(steps=1)) == {"I4": 1}


def test_a_follow_up_too_soon_or_ahead_of_its_first():
    assert broken(mail(MONDAY), mail(THURSDAY - timedelta(days=1), step=2)) == {"I8": 1}
    assert broken(mail(MONDAY, step=2), mail(THURSDAY), recipients="") == {"I8": 2}
