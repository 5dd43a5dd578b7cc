"""Everything that providers tell of a few mails: three times, in any order, with forgeries among
it, by several providers at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random

import pytest

from campaigns.integrity import check_integrity
from campaigns.models import Message, MessageEvent
from leads.models import Suppression
from mailsuite.lib import clock
from tests.tracking.answers import DAY, HOUR, MONDAY, figures, handed_over, mail_of, running
from tests.tracking.webhooks import payloads
from tests.tracking.webhooks.calls import (
    MAILERSEND_KEY,
    Caller,
    basic,
    caller,
    signature_of_mailersend,
)
from tests.tracking.webhooks.payloads import About, about
from tracking.models import InboundMail, ProviderEvent
from tracking.webhooks.processing import process_waiting

pytestmark = pytest.mark.django_db

NOW = MONDAY + HOUR
MAILS = 6
GONE = "550 5.1.1 User unknown"
Call = Callable[[], object]


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def real(callers: dict[str, Caller], mail: Message) -> list[Call]:
    """What providers tell of a mail that was delivered, opened, and then bounced."""
    of = about(mail, at=NOW - timedelta(minutes=5))
    brevo, postmark, spark = callers["brevo"], callers["postmark"], callers["sparkpost"]
    return [
        lambda: brevo.tell(payloads.brevo("request", of)),
        lambda: brevo.tell(payloads.brevo("hard_bounce", of, reason=GONE)),
        lambda: postmark.tell(payloads.postmark("Open", of)),
        lambda: postmark.tell(payloads.postmark("Bounce", of, Type="HardBounce", Details=GONE)),
        lambda: spark.tell(
            [
                payloads.sparkpost("delivery", of),
                payloads.sparkpost(
                    "bounce",
                    about(mail, at=NOW, number=f"7{mail.pk}"),
                    bounce_class="10",
                    raw_reason=GONE,
                ),
            ]
        ),
    ]


def forged(callers: dict[str, Caller], mail: Message) -> list[Call]:
    """What would end the flow of a mail that nothing happened to."""
    of = about(mail, at=NOW)
    bounce = payloads.brevo("hard_bounce", of, reason=GONE)
    guessed = {"Authorization": basic("guessed")}
    signed = signature_of_mailersend(b"another body")
    stranger = About(recipient=mail.recipient, own_id="guess@example.org", at=NOW)
    other = About(recipient="boss@example.org", own_id=mail.smtp_message_id, at=NOW)
    old = about(mail, at=NOW - 4 * DAY)
    return [
        lambda: callers["brevo"].tell(bounce, headers=guessed),
        lambda: callers["brevo"].tell(payloads.brevo("spam", stranger)),
        lambda: callers["brevo"].tell(payloads.brevo("hard_bounce", other, reason=GONE)),
        lambda: callers["brevo"].tell(payloads.brevo("unsubscribe", old)),
        lambda: callers["mailersend"].tell(
            payloads.mailersend("spam_complaint", of), headers=signed
        ),
    ]


@pytest.mark.parametrize("seed", range(2))
def test_each_has_its_effect_once_and_a_forgery_none(seed):
    random = Random(seed)
    callers = {name: caller(name) for name in ("brevo", "postmark", "sparkpost")}
    callers["mailersend"] = caller("mailersend", tracking_key=MAILERSEND_KEY)
    emails = [f"info{n}@hotel-zon.nl" for n in range(MAILS)]
    campaign = running(*emails)
    mails = [mail_of(campaign, to=email) for email in emails]
    mails = [handed_over(mail) for mail in sorted(mails, key=lambda one: one.scheduled_at)]
    bounced, untouched = mails[::2], mails[1::2]
    calls = [call for mail in bounced for call in real(callers, mail)] * 3
    calls += [call for mail in untouched for call in forged(callers, mail)] * 3
    random.shuffle(calls)
    for call in calls:
        call()
        if random.random() < 0.3:
            process_waiting(NOW)
    for minutes in (0, 1, 3, 8):
        process_waiting(NOW + timedelta(minutes=minutes))

    assert not ProviderEvent.objects.filter(state__in=["waiting", "failed"]).exists()
    for mail in mails:
        mail.refresh_from_db()
    assert {mail.status for mail in bounced} == {Message.Status.BOUNCED}
    assert {mail.status for mail in untouched} == {Message.Status.SENT}
    assert set(Suppression.objects.values_list("value", flat=True)) == {
        mail.recipient for mail in bounced
    }
    assert figures(mails[0])["bounced"] == len(bounced)
    assert figures(mails[0])["sent"] == MAILS
    assert MessageEvent.objects.filter(kind="bounced").count() == 3 * len(bounced)
    assert InboundMail.objects.filter(message__in=untouched).count() == 0
    assert not check_integrity(since=MONDAY - DAY, now=NOW + DAY)
