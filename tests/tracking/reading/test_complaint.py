from __future__ import annotations

import pytest

from tests.tracking.reading.mails import OUR_ID, RECIPIENT, RETURNED, complaint, mail
from tracking.reading import Kind, read_mail


@pytest.mark.parametrize("feedback_type", ["abuse", "Abuse", "opt-out"])
def test_who_presses_spam_complains(feedback_type):
    read = read_mail(complaint(feedback_type))
    assert read.kind is Kind.COMPLAINT
    assert read.complaint.feedback_type == feedback_type.lower()
    assert read.complaint.original_recipient == RECIPIENT
    assert read.references.message_ids == (OUR_ID,)


@pytest.mark.parametrize("feedback_type", ["auth-failure", "not-spam", "virus", "fraud", "other"])
def test_other_reports_are_no_complaint(feedback_type):
    read = read_mail(complaint(feedback_type))
    assert read.kind is Kind.OTHER
    assert read.complaint.feedback_type == feedback_type


def test_the_recipient_that_the_report_names_comes_first():
    raw = complaint(fields="Original-Rcpt-To: <echt@hotel-zon.nl>\nOriginal-Mail-From: <v@x.nl>")
    assert read_mail(raw).complaint.original_recipient == "echt@hotel-zon.nl"
    assert read_mail(raw).complaint.original_sender == "v@x.nl"


def test_microsofts_way_is_understood():
    raw = mail(
        "--x\nContent-Type: message/rfc822\n\n"
        f"X-HmXmrOriginalRecipient: {RECIPIENT}\n{RETURNED}\nGoedemorgen\n--x--\n",
        sender="staff@hotmail.com",
        subject="complaint about message from 192.0.2.7",
        content_type='multipart/mixed; boundary="x"',
    )
    read = read_mail(raw)
    assert (read.kind, read.complaint.original_recipient) == (Kind.COMPLAINT, RECIPIENT)


def test_a_person_who_writes_about_complaints_does_not_complain():
    assert read_mail(mail("Ik wil klagen.", subject="Abuse report")).kind is not Kind.COMPLAINT
