"""A domain of whose mails too many bounce, or that people complain about, is paused by itself."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from structlog.testing import capture_logs

from campaigns import guardrails, throttle
from campaigns.domain_pausing import pause_domain, resume_domain
from campaigns.events import record_event
from campaigns.guardrails import Record, judge_all, record_of
from campaigns.models import MessageEvent, SendAttempt, SendingDomain, SendingPolicy
from mailsuite.lib import clock
from tests.factories import MessageFactory, SendAttemptFactory, SendingDomainFactory
from tests.factories.campaigns import MONDAY
from tests.threads import Meanwhile

pytestmark = pytest.mark.django_db
Kind, Outcome = MessageEvent.Kind, SendAttempt.Outcome

DAY = timedelta(days=1)
NOW = MONDAY + 6 * DAY


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(NOW) as frozen:
        yield frozen


@pytest.fixture
def domain() -> SendingDomain:
    return SendingDomainFactory(name="punthelder-seo.nl")


def mails(
    domain: SendingDomain,
    count: int,
    at: datetime = MONDAY,
    outcome: SendAttempt.Outcome = Outcome.ACCEPTED,
) -> None:
    """So many mails left at this moment. They hang on one message: only the gates are counted."""
    message = MessageFactory(enrollment__domain=domain, sent=True, scheduled_at=at)
    SendAttempt.objects.bulk_create(
        SendAttempt(
            message=message,
            domain=domain,
            attempt_id=uuid.uuid4(),
            outcome=outcome,
            started_at=at,
            gated_at=at,
        )
        for _ in range(count)
    )


def event(
    domain: SendingDomain,
    kind: MessageEvent.Kind = Kind.BOUNCED,
    at: datetime = NOW,
    left_at: datetime = MONDAY,
    **detail: object,
) -> None:
    """One more mail that left, and what came back of it."""
    message = MessageFactory(enrollment__domain=domain, sent=True, scheduled_at=left_at)
    SendAttemptFactory(message=message)
    record(message.pk, kind, at, **detail)


def record(message_id: int, kind: MessageEvent.Kind, at: datetime = NOW, **detail: object) -> None:
    given = {"hard": True} | detail if kind == Kind.BOUNCED else detail
    record_event(message_id, kind, at=at, source_id=str(uuid.uuid4()), detail=given)


def reason(domain: SendingDomain) -> str | None:
    """Why it is paused; None: it sends."""
    row = SendingDomain.objects.get(pk=domain.pk)
    assert (row.paused_at is None) == (row.pause_reason == "")
    return row.pause_reason or None


def test_at_five_percent_the_domain_stops_and_says_why_and_how_to_go_on(
    domain: SendingDomain,
) -> None:
    mails(domain, 57)
    event(domain)
    event(domain)
    assert reason(domain) is None  # 2 of 59
    with capture_logs() as logs:
        event(domain)
    assert reason(domain) == (
        "3 hard bounces of 60 mails in 7 days (5.0 %); from 5 % on a domain is paused. Find "
        "out where these addresses come from, and take their like out. Then resume it, on its page "
        f"in the admin or by POST /api/v1/domains/{domain.pk}/resume."
    )
    assert SendingDomain.objects.get().paused_at == NOW
    (line,) = [line for line in logs if line["event"] == "domain paused by itself"]
    assert (line["domain"], line["reason"]) == ("punthelder-seo.nl", reason(domain))


def test_a_paused_domain_lets_no_mail_through(domain: SendingDomain) -> None:
    mails(domain, 47)
    for _ in range(3):
        event(domain)
    row = SendingDomain.objects.select_related("policy").get()
    assert throttle.take_slots(row, 1, NOW) == 0


def test_another_domain_goes_on(domain: SendingDomain) -> None:
    other = SendingDomainFactory()
    mails(domain, 50)
    mails(other, 50)
    for _ in range(3):
        event(domain)
    assert reason(domain) is not None
    assert reason(other) is None


def test_a_single_lead_does_not_stop_a_domain_that_has_hardly_sent(domain: SendingDomain) -> None:
    mails(domain, 46)
    for _ in range(3):
        event(domain)
    assert reason(domain) is None  # 3 of 49


def test_one_complaint_in_a_thousand_mails_is_too_many(domain: SendingDomain) -> None:
    mails(domain, 999)
    event(domain, Kind.COMPLAINED)
    assert reason(domain) == (
        "1 complaint in 7 days, in which 1,000 mails left (0.10 %); from 0.1 % on a domain is "
        "paused. Look at whom you write to, and what you say. Then resume it, on its page in the "
        f"admin or by POST /api/v1/domains/{domain.pk}/resume."
    )


def test_one_complaint_in_more_mails_is_borne(domain: SendingDomain) -> None:
    mails(domain, 1000)
    event(domain, Kind.COMPLAINED)
    assert reason(domain) is None


def test_both_limits_are_told_of_where_both_are_reached(domain: SendingDomain) -> None:
    SendingPolicy.objects.update(max_complaint_percent=Decimal(2))
    mails(domain, 96)
    for kind in (Kind.BOUNCED, Kind.BOUNCED, Kind.COMPLAINED):
        event(domain, kind)
    assert reason(domain) is None
    SendingPolicy.objects.update(max_complaint_percent=Decimal(1), max_bounce_percent=Decimal(2))
    assert judge_all(NOW) == 1
    told = reason(domain)
    assert told is not None
    assert "2 hard bounces of 99 mails in 7 days (2.0 %); from 2 % on" in told
    assert "1 complaint in 7 days, in which 99 mails left (1.01 %); from 1 % on" in told
    assert told.endswith("/resume.")


def test_the_limits_are_the_policys(domain: SendingDomain) -> None:
    SendingPolicy.objects.update(max_bounce_percent=Decimal("7.5"))
    mails(domain, 36)
    for _ in range(3):
        event(domain)
    mails(domain, 12)
    event(domain, opened=True)
    assert reason(domain) is not None  # 4 of 52
    assert "from 7.5 % on" in str(reason(domain))


def test_soft_bounces_and_second_reports_of_a_mail_do_not_count(domain: SendingDomain) -> None:
    mails(domain, 50)
    for _ in range(5):
        event(domain, hard=False)
    message = MessageFactory(enrollment__domain=domain, sent=True)
    SendAttemptFactory(message=message)
    for _ in range(3):
        record(message.pk, Kind.BOUNCED)
    assert reason(domain) is None
    assert record_of(domain, NOW) == Record(mails=56, bounced=1, complained=0)


def test_what_lies_more_than_seven_days_back_does_not_count(domain: SendingDomain) -> None:
    mails(domain, 60)
    old = NOW - 7 * DAY - timedelta(seconds=1)
    for _ in range(9):
        event(domain, at=old, left_at=old)
    assert reason(domain) is None
    assert record_of(domain, NOW) == Record(mails=60, bounced=0, complained=0)


def test_bounces_are_held_against_the_mails_they_are_of_and_complaints_against_the_week(
    domain: SendingDomain,
) -> None:
    """As when an old mailbox is read for the first time."""
    mails(domain, 50)
    long_ago = MONDAY - 14 * DAY
    for _ in range(3):
        event(domain, left_at=long_ago)
    assert record_of(domain, NOW) == Record(mails=50, bounced=0, complained=0)
    assert (judge_all(NOW), reason(domain)) == (0, None)
    event(domain, Kind.COMPLAINED, left_at=long_ago)
    assert str(reason(domain)).startswith("1 complaint in 7 days, in which 50 mails left (2.00 %)")


def test_mails_that_no_server_was_handed_do_not_count(domain: SendingDomain) -> None:
    for outcome in (Outcome.DEFERRED, Outcome.NOT_TRANSMITTED, Outcome.WITHHELD):
        mails(domain, 20, outcome=outcome)
    for outcome in (Outcome.REFUSED, Outcome.UNKNOWN):
        mails(domain, 20, outcome=outcome)
    assert record_of(domain, NOW).mails == 40


def test_an_address_refused_while_sending_counts(domain: SendingDomain) -> None:
    mails(domain, 57)
    for _ in range(3):
        message = MessageFactory(enrollment__domain=domain, status="failed", sent_at=None)
        SendAttemptFactory(message=message, outcome=Outcome.REFUSED, gated_at=MONDAY)
        record(message.pk, Kind.BOUNCED)
    assert reason(domain) is not None


def paused_and_resumed(domain: SendingDomain) -> None:
    mails(domain, 50)
    for _ in range(3):
        event(domain)
    assert reason(domain) is not None
    resume_domain(domain, NOW)


def test_a_domain_that_was_resumed_is_not_paused_for_the_same_events(
    domain: SendingDomain,
) -> None:
    paused_and_resumed(domain)
    assert judge_all(NOW) == 0
    mails(domain, 60, at=NOW + DAY)
    assert judge_all(NOW + DAY) == 0
    assert reason(domain) is None


def test_nor_for_bounces_that_come_late_of_mails_that_left_before(
    domain: SendingDomain, now
) -> None:
    paused_and_resumed(domain)
    now.advance(DAY)
    mails(domain, 60, at=NOW + DAY)
    for _ in range(10):
        event(domain, at=NOW + DAY, left_at=NOW - DAY)
    assert reason(domain) is None


def test_it_is_paused_again_for_new_ones_from_the_fiftieth_mail_on(
    domain: SendingDomain, now
) -> None:
    paused_and_resumed(domain)
    now.advance(DAY)
    mails(domain, 46, at=NOW + DAY)
    for _ in range(3):
        event(domain, at=NOW + DAY, left_at=NOW + DAY)
    assert reason(domain) is None
    event(domain, at=NOW + DAY, left_at=NOW + DAY)
    assert "4 hard bounces of 50 mails in 7 days" in str(reason(domain))


def test_a_domain_that_is_paused_keeps_its_reason_while_its_record_is_good(
    domain: SendingDomain,
) -> None:
    mails(domain, 58)
    pause_domain(domain, "Maintenance.", MONDAY)
    for _ in range(2):
        event(domain)
    assert judge_all(NOW) == 0
    assert reason(domain) == "Maintenance."


def test_too_many_bounces_while_it_is_paused_join_the_reason(domain: SendingDomain) -> None:
    mails(domain, 50)
    pause_domain(domain, "Maintenance.", MONDAY)
    for _ in range(4):
        event(domain)
    assert str(reason(domain)).startswith(
        "Maintenance. Besides: 3 hard bounces of 53 mails in 7 days (5.7 %); from 5 % on"
    )
    assert SendingDomain.objects.get().paused_at == MONDAY
    resume_domain(domain, NOW)
    assert (judge_all(NOW), reason(domain)) == (0, None)


def test_whoever_resumes_it_from_another_pause_makes_nothing_void(
    domain: SendingDomain, now
) -> None:
    for at in (MONDAY, MONDAY + DAY):
        now.move_to(at)
        mails(domain, 19, at=at)
        event(domain, at=at, left_at=at)
        pause_domain(domain, "Maintenance.", at)
        resume_domain(domain, at)
    assert reason(domain) is None
    mails(domain, 19, at=MONDAY + 2 * DAY)
    event(domain, at=MONDAY + 2 * DAY, left_at=MONDAY + 2 * DAY)
    assert "3 hard bounces of 60 mails in 7 days (5.0 %)" in str(reason(domain))
    row = SendingDomain.objects.get()
    assert (row.judged_since, row.resumed_at) == (None, MONDAY + DAY)


def test_the_fiftieth_mail_can_be_the_one_too_many(domain: SendingDomain) -> None:
    mails(domain, 40)
    for _ in range(3):
        event(domain)
    assert judge_all(NOW) == 0
    mails(domain, 7)
    assert judge_all(NOW) == 1
    assert reason(domain) is not None
    assert judge_all(NOW) == 0


def test_a_bounce_and_its_pause_are_stored_together_or_not_at_all(domain: SendingDomain) -> None:
    mails(domain, 48)
    event(domain)
    event(domain)
    with pytest.raises(RuntimeError), transaction.atomic():
        event(domain)
        assert reason(domain) is not None
        raise RuntimeError
    assert reason(domain) is None
    assert MessageEvent.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_bounces_at_once_the_second_waits_for_the_first_and_sees_it(
    domain: SendingDomain,
) -> None:
    mails(domain, 46)
    event(domain)
    messages = [MessageFactory(enrollment__domain=domain, sent=True) for _ in range(2)]
    for message in messages:
        SendAttemptFactory(message=message)
    mails(domain, 4)
    first, second = (message.pk for message in messages)
    with transaction.atomic():
        record(first, Kind.BOUNCED)
        meanwhile = Meanwhile(lambda: record(second, Kind.BOUNCED))
        assert meanwhile.waits()
        assert reason(domain) is None  # 2 of 53
    meanwhile.result()
    assert reason(domain) is not None


def test_judging_costs_the_same_for_few_and_for_many(
    domain: SendingDomain, django_assert_num_queries
) -> None:
    mails(domain, 500)
    event(domain)
    with transaction.atomic(), django_assert_num_queries(3):
        guardrails.judge(domain.pk, NOW)
    for _ in range(9):
        event(domain)
    mails(domain, 500)
    with transaction.atomic(), django_assert_num_queries(3):
        guardrails.judge(domain.pk, NOW)


def test_without_bad_news_nothing_is_counted(
    domain: SendingDomain, django_assert_num_queries
) -> None:
    mails(domain, 50)
    with transaction.atomic(), django_assert_num_queries(2):
        assert guardrails.judge(domain.pk, NOW) is None


def test_both_counts_have_their_index(domain: SendingDomain) -> None:
    mails(SendingDomainFactory(), 3000)
    mails(domain, 50)
    message = MessageFactory(enrollment__domain=domain, sent=True)
    MessageEvent.objects.bulk_create(
        MessageEvent(message=message, kind=Kind.OPENED, at=NOW, source_id=f"open {number}")
        for number in range(3000)
    )
    event(domain)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    bad_news = guardrails._recent_bad_news(NOW).order_by()
    assert "event_against_domain" in bad_news.explain()
    assert "attempt_gated" in guardrails._mails(domain, NOW)[:51].explain()
