"""A follow-up hangs below the mails before it."""

from __future__ import annotations

import pytest

from campaigns.composing import compose
from campaigns.models import Enrollment, MessageContent
from tests.campaigns.letters import follow_up, message, sent
from tests.factories import EnrollmentFactory, MessageFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


def test_a_first_mail_hangs_below_nothing() -> None:
    assert not {"In-Reply-To", "References"} & set(compose(message()).headers)


def test_a_follow_up_hangs_below_all_mails_before_it_in_order() -> None:
    first = sent(message())
    second = sent(follow_up(first))
    third = compose(follow_up(second))

    assert third.headers["In-Reply-To"] == "<m2@punthelder.nl>"
    assert third.headers["References"] == "<m1@punthelder.nl> <m2@punthelder.nl>"


def test_a_mail_that_no_server_took_is_no_part_of_the_thread() -> None:
    first = message()
    assert "In-Reply-To" not in compose(follow_up(first)).headers


def test_a_follow_up_with_the_same_subject_is_a_reply() -> None:
    first = sent(message())
    second = follow_up(first, subject="re: vraag voor {{ company }}")
    assert compose(second).subject == "Re: Vraag voor Hotel Zon"
    assert compose(follow_up(sent(second))).subject == "Re: Vraag voor Hotel Zon"


def test_a_follow_up_with_a_subject_of_its_own_keeps_it() -> None:
    first = sent(message())
    assert compose(follow_up(first, subject="Laatste bericht")).subject == "Laatste bericht"


def test_a_follow_up_still_hangs_below_a_mail_whose_text_was_forgotten() -> None:
    first = sent(message())
    MessageContent.objects.all().delete()
    mail = compose(follow_up(first))

    assert mail.headers["In-Reply-To"] == "<m1@punthelder.nl>"
    assert mail.subject == "Vraag voor Hotel Zon"


def test_an_enrollment_of_another_lead_lends_no_thread() -> None:
    first = sent(message())
    stranger = MessageFactory(
        enrollment=EnrollmentFactory(campaign=first.campaign, domain=first.domain),
        mail_number=2,
    )
    assert Enrollment.objects.count() == 2
    assert "References" not in compose(stranger).headers
