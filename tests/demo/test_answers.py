"""What recipients and servers send back, read as mailsuite reads the mail of strangers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from mailsuite.demo import answer_words, answers, reports
from mailsuite.demo.letters import Letter, read_letter
from tests.demo.letters import campaign_mail
from tracking.reading import AutoReplySort, Kind, Reason, Verdict, read_mail

AT = datetime(2026, 3, 23, 7, tzinfo=UTC)
LATER = AT + timedelta(hours=3)
SENDER = "christian@punthelder-seo.example"
THREAD = tuple(f"m{number}@punthelder-seo.example" for number in (2, 1))


def letter_to(name: str) -> Letter:
    """The second mail of a thread. The words of an answer are drawn by the name."""
    address = f"{name}@cafe-rene.example"
    return read_letter(campaign_mail(address, number=2), SENDER, address, AT)


def test_answers_are_read_as_replies_whatever_program_writes_them():
    seen = set()
    for number in range(150):
        mail = read_mail(answers.answer(letter_to(f"zoe{number}"), LATER))
        assert mail.kind is Kind.REPLY, mail
        assert mail.references.thread == THREAD
        assert mail.from_address == f"zoe{number}@cafe-rene.example"
        assert mail.to_addresses == ("christian@punthelder-seo.example",)
        assert mail.date == LATER
        assert mail.own_text in answer_words.ANSWERS
        seen.add(mail.own_text)
    assert len(seen) == len(answer_words.ANSWERS)


def test_who_asks_to_be_left_alone_is_understood():
    seen = set()
    for number in range(150):
        mail = read_mail(answers.request_to_stop(letter_to(f"zoe{number}"), LATER))
        assert mail.kind is Kind.UNSUBSCRIBE, mail
        assert mail.references.thread == THREAD
        seen.add(mail.own_text)
    assert len(seen) == len(answer_words.ASKS_TO_STOP)


def test_the_mail_of_an_opt_out_button_has_the_subject_that_was_asked_for():
    token = "A" * 22
    letter = replace(
        letter_to("zoe"), opt_out_mail=("unsubscribe@seo.example", f"unsubscribe.7.{token}")
    )
    mail = read_mail(answers.opt_out_mail(letter, LATER))
    assert mail.kind is Kind.UNSUBSCRIBE
    assert mail.to_addresses == ("unsubscribe@seo.example",)
    assert [(one.message_id, one.token) for one in mail.references.signed] == [(7, token)]
    assert mail.references.thread == ()


@pytest.mark.parametrize("back_on", [date(2026, 3, 25), date(2026, 4, 7), date(2026, 5, 1)])
def test_absence_notices_name_the_day_of_the_return(back_on: date):
    for number in range(30):
        raw = answers.absence_notice(letter_to(f"zoe{number}"), AT, back_on)
        mail = read_mail(raw)
        assert (mail.kind, mail.auto_reply) == (Kind.AUTO_REPLY, AutoReplySort.OUT_OF_OFFICE)
        assert mail.return_date == back_on, raw.decode()
        assert mail.references.thread == THREAD


@pytest.mark.parametrize(
    ("write", "status", "verdict", "reason"),
    [
        (reports.hard_bounce, "5.1.1", Verdict.HARD, Reason.UNKNOWN_USER),
        (reports.soft_bounce, "4.2.2", Verdict.SOFT, Reason.MAILBOX_FULL),
    ],
)
def test_what_is_not_delivered_comes_back_with_its_headers(write, status, verdict, reason):
    mail = read_mail(write(letter_to("zoe"), LATER))
    assert mail.kind is Kind.BOUNCE
    (recipient,) = mail.recipients
    assert (recipient.address, recipient.status) == ("zoe@cafe-rene.example", status)
    assert (recipient.verdict, recipient.reason, recipient.action) == (verdict, reason, "failed")
    assert mail.references.returned[0] == "m2@punthelder-seo.example"
    assert mail.to_addresses == (SENDER,)


def test_a_complaint_encloses_the_mail():
    mail = read_mail(reports.complaint(letter_to("zoe"), LATER))
    assert mail.kind is Kind.COMPLAINT
    assert mail.complaint is not None
    assert mail.complaint.feedback_type == "abuse"
    assert mail.complaint.original_recipient == "zoe@cafe-rene.example"
    assert mail.references.returned[0] == "m2@punthelder-seo.example"
