"""The oracle, on journals written by hand: each broken promise is counted, and as no other."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from mailsuite.demo import journal
from mailsuite.demo.journal import AcceptedMail, Entry, Journal, Reaction, Resumption
from mailsuite.demo.oracle import (
    ZONE,
    ExpectedMail,
    count_violations,
    easter_sunday,
    expected_mails,
    is_workday,
)
from mailsuite.demo.stops import FINAL

ANNA, BRAM = "anna@hotel-zon.example", "bram@cafe-rene.example"


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def mail(at: str, number: int = 1, to: str = ANNA, domain: str = "seo.example") -> AcceptedMail:
    name = f"{to}-{number}"
    return AcceptedMail(local(at), name, name, number, to, domain, "Uw vindbaarheid")


def said(kind: str, at: str, number: int = 1, back_on: date | None = None) -> Reaction:
    """By Anna, of her mail with this number."""
    return Reaction(local(at), kind, f"{ANNA}-{number}", ANNA, "seo.example", back_on)


def opt_out(at: str, who: str = ANNA) -> Reaction:
    return Reaction(local(at), journal.OPTED_OUT, f"{who}-1", who, "seo.example")


# Over the clock change of 29 March and both Easter holidays.
CLEAN: list[Entry] = [
    mail("03-31 08:00"),
    mail("03-31 08:20", to=BRAM),
    mail("04-07 08:00", 2),
    opt_out("04-07 09:12"),
    mail("04-07 08:20", 2, to=BRAM),
]


def found(entries: list[Entry], *expected: ExpectedMail) -> dict[str, int]:
    return {kind: count for kind, count in count_violations(entries, expected).items() if count}


def test_a_clean_journal_breaks_no_promise():
    everything = [ExpectedMail(ANNA, 1), ExpectedMail(BRAM, 1), ExpectedMail(ANNA, 2)]
    assert count_violations(CLEAN, everything) == {
        "duplicate": 0,
        "lost": 0,
        "interval": 0,
        "cap": 0,
        "window": 0,
        "order": 0,
        "offset": 0,
        "after_stop": 0,
    }


def test_the_same_mail_twice_is_a_duplicate():
    assert found([mail("03-23 08:00"), mail("03-23 08:20")]) == {"duplicate": 1}


def test_a_mail_that_nobody_took_is_lost():
    expected = [ExpectedMail(ANNA, 1), ExpectedMail(ANNA, 2), ExpectedMail(BRAM, 1)]
    assert found([mail("03-23 08:00")], *expected) == {"lost": 2}


def test_an_opt_out_excuses_the_mails_behind_it_and_none_before():
    entries = [mail("03-23 08:00"), opt_out("03-23 10:00")]
    assert expected_mails([ANNA], entries) == {ExpectedMail(ANNA, 1)}
    entries = [mail("03-23 08:00"), mail("03-31 08:00", 3), opt_out("03-31 10:00")]
    assert found(entries, *expected_mails([ANNA], entries)) == {"lost": 1, "order": 1}


def test_who_did_not_opt_out_must_get_four_mails():
    expected = expected_mails([ANNA, BRAM], [mail("03-23 08:00"), opt_out("03-23 10:00", BRAM)])
    assert expected == {ExpectedMail(ANNA, number) for number in (1, 2, 3, 4)}


def test_two_mails_of_a_domain_are_twenty_minutes_apart():
    near = [mail("03-23 08:00"), mail("03-23 08:19:59", to=BRAM)]
    assert found(near) == {"interval": 1}
    assert found([near[0], mail("03-23 08:00", to=BRAM, domain="marketing.example")]) == {}


# More of them fit into no day of office hours.
@pytest.mark.parametrize(("count", "violations"), [(27, {}), (29, {"cap": 2, "window": 2})])
def test_a_domain_sends_27_mails_a_day(count: int, violations: dict[str, int]):
    first = mail("03-23 08:00").at
    mails: list[Entry] = [
        AcceptedMail(first + timedelta(minutes=20 * n), f"{n}", f"{n}", 1, f"{n}", "d", "")
        for n in range(count)
    ]
    assert found(mails) == violations


@pytest.mark.parametrize(
    ("at", "is_right"),
    [
        ("03-23 08:00", True),
        ("03-23 07:59:59", False),
        ("03-23 16:59:59", True),
        ("03-23 17:00", False),
        ("03-28 10:00", False),  # Saturday
        ("03-30 08:00", True),  # the first Monday of summer time
        ("03-30 07:59", False),
        ("04-03 10:00", False),  # Good Friday
        ("04-06 10:00", False),  # Easter Monday
        ("04-27 10:00", False),  # King's Day
        ("05-05 10:00", True),  # Liberation Day, not in 2026
    ],
)
def test_mails_leave_in_dutch_office_hours(at: str, is_right: bool):
    assert found([mail(at)]) == ({} if is_right else {"window": 1})


def test_a_mail_without_the_one_before_it_is_out_of_order():
    assert found([mail("03-23 08:00"), mail("03-31 08:00", 3)]) == {"order": 1}


@pytest.mark.parametrize(
    ("at", "is_right"),
    [
        ("04-07 08:00", True),  # Wednesday, Thursday, Tuesday: Easter is no workday
        ("04-02 08:00", False),
    ],
)
def test_a_follow_up_waits_three_workdays(at: str, is_right: bool):
    mails: list[Entry] = [mail("03-31 16:40"), mail(at, 2)]
    assert found(mails) == ({} if is_right else {"offset": 1})


def test_after_an_opt_out_nothing_is_accepted():
    before: list[Entry] = [mail("03-23 08:00"), opt_out("03-23 10:00")]
    assert found([*before, mail("03-26 08:00", 2)]) == {"after_stop": 1}
    assert found([*before, mail("03-26 08:00", to=BRAM)]) == {}


@pytest.mark.parametrize("kind", sorted(FINAL))
def test_after_a_no_of_any_kind_nothing_is_accepted(kind: str):
    before: list[Entry] = [mail("03-23 08:00"), said(kind, "03-23 10:00")]
    assert expected_mails([ANNA], before) == {ExpectedMail(ANNA, 1)}
    assert found([*before, mail("03-26 08:00", 2)]) == {"after_stop": 1}


@pytest.mark.parametrize(
    "kind", [journal.OPENED, journal.CLICKED, journal.PREFETCHED, journal.SCANNED]
)
def test_reading_is_no_stop(kind: str):
    entries = [mail("03-23 08:00"), said(kind, "03-23 10:00"), mail("03-26 08:00", 2)]
    assert found(entries) == {}
    assert len(expected_mails([ANNA], entries)) == 4


@pytest.mark.parametrize(
    ("at", "is_right"),
    [
        ("03-26 08:00", False),
        ("04-02 16:40", False),  # the day of the return
        ("04-07 08:00", True),  # the workday after it: Easter lies between
    ],
)
def test_who_is_away_gets_nothing_before_the_workday_after_their_return(at: str, is_right: bool):
    away = said(journal.AWAY, "03-23 08:01", back_on=date(2026, 4, 2))
    entries = [mail("03-23 08:00"), away, mail(at, 2)]
    assert found(entries) == ({} if is_right else {"after_stop": 1})


def test_who_is_away_gets_all_mails_in_the_end():
    away = said(journal.AWAY, "03-23 08:01", back_on=date(2026, 4, 2))
    assert len(expected_mails([ANNA], [mail("03-23 08:00"), away])) == 4


def test_a_mailbox_that_is_full_three_times_in_a_row_is_given_up():
    entries: list[Entry] = []
    for number, day in enumerate(("03-23", "03-26", "03-31"), start=1):
        entries += [mail(f"{day} 08:00", number)]
        assert found(entries) == {}
        entries += [said(journal.BOUNCED_SOFTLY, f"{day} 18:00", number)]
    assert len(expected_mails([ANNA], entries)) == 3
    assert found([*entries, mail("04-07 08:00", 4)]) == {"after_stop": 1}
    interrupted = [*entries[:3], *entries[4:], mail("04-07 08:00", 4)]
    assert found(interrupted) == {}
    assert len(expected_mails([ANNA], interrupted)) == 4


def test_the_order_of_the_lines_decides_at_one_moment():
    sent, stopped = mail("03-23 08:00"), opt_out("03-23 08:00")
    assert found([sent, stopped]) == {}
    assert found([stopped, sent]) == {"after_stop": 1}


@pytest.mark.parametrize(
    ("year", "day"),
    [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5)),
     (2038, date(2038, 4, 25)), (2285, date(2285, 3, 22))],
)  # fmt: skip
def test_easter_is_known(year: int, day: date):
    assert easter_sunday(year) == day


def test_days_off_move_as_the_dutch_do():
    assert not is_workday(date(2025, 5, 5))
    assert is_workday(date(2026, 5, 5))
    assert not is_workday(date(2026, 5, 14))  # Ascension Day
    assert not is_workday(date(2026, 5, 25))  # Whit Monday
    assert is_workday(date(2025, 4, 28))  # King's Day fell on a Sunday, so on the 26th


def test_a_journal_reads_back_what_was_written(tmp_path: Path):
    written = Journal(tmp_path / "journal.jsonl")
    entries = [
        *CLEAN,
        said(journal.AWAY, "04-07 08:01", 2, date(2026, 4, 20)),
        Resumption(local("04-08 09:10"), "seo.example", "One of 60 mails was called spam."),
    ]
    for entry in entries:
        written.append(entry)
    written.close()
    assert journal.read(tmp_path / "journal.jsonl") == entries == written.entries
