"""A person's word on messages that stopped."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from campaigns.events import record_event
from campaigns.kpis import campaign_figures
from campaigns.models import (
    Campaign,
    DailyFigures,
    Enrollment,
    Message,
    MessageEvent,
    SendAttempt,
    SendingPolicy,
)
from campaigns.resending import assume_sent, resend, resend_unknown
from campaigns.sending import Sender
from leads.models import Suppression
from leads.suppression import suppress
from mailsuite.lib import clock
from mailsuite.lib.errors import Conflict
from tests.factories import (
    CampaignDomainFactory,
    CampaignFactory,
    DailyFiguresFactory,
    MessageFactory,
    SendAttemptFactory,
    SendingAccountFactory,
    TemplateVersionFactory,
    WaitFactory,
)
from tests.smtp import smtp_server

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)
NOW = MONDAY + timedelta(hours=3)


def flow_of_two(**first: object) -> tuple[Message, Message]:
    """A running campaign's two mails to one lead."""
    one = MessageFactory(**first)
    WaitFactory(version=one.campaign.flow_version)
    two = MessageFactory(enrollment=one.enrollment, mail_number=2, alias=one.alias, not_before=None)
    CampaignDomainFactory(campaign=one.campaign, domain=one.domain)
    return one, two


def fail(message: Message) -> None:
    record_event(
        message.pk,
        MessageEvent.Kind.FAILED,
        at=MONDAY,
        source_id=f"failed:{uuid.uuid4()}",
        detail={"reason": "554 go away"},
    )
    message.refresh_from_db()


@pytest.fixture
def failed() -> tuple[Message, Message]:
    one, two = flow_of_two()
    fail(one)
    return one, two


def test_a_failed_message_is_queued_again_as_it_was(failed: tuple[Message, Message]) -> None:
    message = failed[0]
    SendAttemptFactory(message=message, outcome=SendAttempt.Outcome.REFUSED, gated_at=MONDAY)

    again = resend(message.pk, NOW)

    again.refresh_from_db()
    assert (again.status, again.scheduled_at, again.not_before) == ("queued", NOW, NOW)
    assert (again.retries, again.error, again.attempt_id) == (0, "", None)
    assert again.smtp_message_id == message.smtp_message_id
    assert again.attempts.count() == 1
    assert again in Message.objects.due(NOW)


def mend(message: Message) -> int:
    """Save its template anew; the id of the new version."""
    template = message.template_version.template
    template.current_version = TemplateVersionFactory(
        template=template, subject="Hello all", html="<p>Mended</p>", required_variables=[]
    )
    template.save()
    return template.current_version.pk


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_could_not_be_composed_leaves_once_its_template_is_mended() -> None:
    with smtp_server() as server, clock.frozen(NOW):
        account = SendingAccountFactory(host="127.0.0.1", port=server.port)
        message, _ = flow_of_two(
            enrollment__domain__account=account,
            enrollment__lead__company="",
            scheduled_at=MONDAY,
        )
        assert Sender(message.domain_id).send_due(seconds=5).sent == 0
        message.refresh_from_db()
        assert (message.status, message.attempts.get().outcome) == ("failed", "not_composed")
        mend(message)

        resend(message.pk, NOW)

        assert Sender(message.domain_id).send_due(seconds=5).sent == 1
    (mail,) = server.accepted
    assert "Hello all" in str(mail.message["Subject"])
    message.refresh_from_db()
    assert message.status == Message.Status.SENT
    assert message.content.subject == "Hello all"


def test_a_mail_that_never_passed_the_gate_takes_its_templates_current_version(
    failed: tuple[Message, Message],
) -> None:
    SendAttemptFactory(message=failed[0], outcome=SendAttempt.Outcome.NOT_COMPOSED)
    mended = mend(failed[0])

    resend(failed[0].pk, NOW)

    failed[0].refresh_from_db()
    assert failed[0].template_version_id == mended


def test_a_mail_that_passed_the_gate_before_keeps_its_version(
    failed: tuple[Message, Message],
) -> None:
    before = failed[0].template_version_id
    SendAttemptFactory(
        message=failed[0], outcome=SendAttempt.Outcome.NOT_TRANSMITTED, gated_at=MONDAY
    )
    SendAttemptFactory(message=failed[0], outcome=SendAttempt.Outcome.NOT_COMPOSED)
    mend(failed[0])

    resend(failed[0].pk, NOW)

    failed[0].refresh_from_db()
    assert failed[0].template_version_id == before


def test_its_domain_is_planned_anew(failed: tuple[Message, Message]) -> None:
    resend(failed[0].pk, NOW)

    failed[0].domain.refresh_from_db()
    assert failed[0].domain.needs_replanning


def test_the_flow_that_the_failure_ended_goes_on(failed: tuple[Message, Message]) -> None:
    first, second = failed
    second.refresh_from_db()
    assert second.status == Message.Status.CANCELED

    resend(first.pk, NOW)

    second.refresh_from_db()
    first.enrollment.refresh_from_db()
    assert (second.status, second.not_before) == (Message.Status.QUEUED, None)
    assert first.enrollment.status == Enrollment.Status.ACTIVE
    assert first.enrollment.end_reason == ""


def test_the_figures_take_back_the_failure_and_what_it_canceled(
    failed: tuple[Message, Message],
) -> None:
    campaign = failed[0].campaign
    assert campaign_figures(campaign).total.canceled == 1
    assert campaign_figures(campaign).total.failed == 1

    resend(failed[0].pk, NOW)

    assert campaign_figures(campaign).total.canceled == 0
    assert campaign_figures(campaign).total.failed == 0


def test_the_figures_take_it_back_from_the_day_it_was_counted_on(
    failed: tuple[Message, Message],
) -> None:
    """08:00 in Amsterdam is the evening before in Los Angeles."""
    campaign = failed[0].campaign
    SendingPolicy.objects.update(timezone="America/Los_Angeles")

    resend(failed[0].pk, NOW)

    days = campaign.figures.values_list("day", "failed", "canceled")
    assert set(days) == {(MONDAY.date(), 0, 0)}


def test_another_day_than_the_own_is_left_alone(failed: tuple[Message, Message]) -> None:
    step, before = failed[0].step, MONDAY.date() - timedelta(days=1)
    DailyFiguresFactory(campaign=failed[0].campaign, step=step, day=before, failed=1)

    resend(failed[0].pk, NOW)

    days = DailyFigures.objects.filter(step=step).order_by("day").values_list("day", "failed")
    assert list(days) == [(before, 1), (MONDAY.date(), 0)]


def test_a_failure_that_the_figures_do_not_have_is_told_and_nothing_is_sent(
    failed: tuple[Message, Message],
) -> None:
    DailyFigures.objects.update(failed=0)

    with pytest.raises(Conflict, match="count none as failed") as caught:
        resend(failed[0].pk, NOW)

    assert caught.value.code == "figures_drifted"
    failed[0].refresh_from_db()
    assert failed[0].status == Message.Status.FAILED


@pytest.mark.parametrize("status", ["queued", "canceled"])
def test_only_a_failed_message_is_sent_again(status: str) -> None:
    message = MessageFactory(status=status)

    with pytest.raises(Conflict, match=f"is {status}; only a failed one"):
        resend(message.pk, NOW)


def test_a_sent_message_is_never_sent_again() -> None:
    message = MessageFactory(sent=True)

    for word in (lambda: resend(message.pk, NOW), lambda: resend_unknown(message.pk, NOW)):
        with pytest.raises(Conflict):
            word()
    message.refresh_from_db()
    assert message.status == Message.Status.SENT


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"stopped_at": MONDAY}, "was stopped"),
        ({"deleted_at": MONDAY}, "was deleted"),
        ({"status": "bounced"}, "bounced"),
        ({"status": "suppressed"}, "is on the suppression list"),
    ],
)
def test_a_lead_that_gets_no_mail_is_not_sent_to_again(
    failed: tuple[Message, Message], change: dict, why: str
) -> None:
    lead = failed[0].lead
    for field, value in change.items():
        setattr(lead, field, value)
    lead.save()

    with pytest.raises(Conflict, match=why):
        resend(failed[0].pk, NOW)
    failed[0].refresh_from_db()
    assert failed[0].status == Message.Status.FAILED


def test_a_suppressed_web_domain_counts_too(failed: tuple[Message, Message]) -> None:
    domain = failed[0].lead.email.partition("@")[2]
    suppress([domain], reason=Suppression.Reason.MANUAL, scope=Suppression.Scope.DOMAIN)

    with pytest.raises(Conflict, match="suppression list"):
        resend(failed[0].pk, NOW)


def test_a_stopped_campaign_stays_stopped(failed: tuple[Message, Message]) -> None:
    Campaign.objects.update(status=Campaign.Status.STOPPED)

    with pytest.raises(Conflict, match="is stopped"):
        resend(failed[0].pk, NOW)


def complete(campaign: Campaign) -> None:
    campaign.status, campaign.finished_at = Campaign.Status.COMPLETED, MONDAY
    campaign.save()
    campaign.campaign_domains.update(is_held=False)


def test_a_completed_campaign_runs_again_and_holds_its_domains(
    failed: tuple[Message, Message],
) -> None:
    campaign = failed[0].campaign
    complete(campaign)

    resend(failed[0].pk, NOW)

    campaign.refresh_from_db()
    assert (campaign.status, campaign.finished_at) == (Campaign.Status.RUNNING, None)
    assert campaign.campaign_domains.get().is_held


def test_a_domain_that_serves_another_campaign_by_now_is_named(
    failed: tuple[Message, Message],
) -> None:
    complete(failed[0].campaign)
    other = CampaignFactory(name="Summer")
    CampaignDomainFactory(campaign=other, domain=failed[0].domain)

    with pytest.raises(Conflict) as refusal:
        resend(failed[0].pk, NOW)

    assert f'{failed[0].domain} is busy with the campaign "Summer" (id {other.pk})' in str(
        refusal.value
    )
    failed[0].refresh_from_db()
    assert failed[0].status == Message.Status.FAILED


def test_a_flow_that_ended_for_another_reason_stays_ended() -> None:
    first, _ = flow_of_two(status=Message.Status.FAILED)
    Enrollment.objects.update(status="ended", end_reason="replied", ended_at=MONDAY)

    with pytest.raises(Conflict, match="has ended: replied"):
        resend(first.pk, NOW)


@pytest.fixture
def unknown() -> Message:
    message, _ = flow_of_two(status=Message.Status.UNKNOWN, attempt_id=uuid.uuid4())
    SendAttemptFactory(
        message=message,
        attempt_id=message.attempt_id,
        outcome=SendAttempt.Outcome.UNKNOWN,
        gated_at=MONDAY,
    )
    return message


def test_an_unknown_message_assumed_sent_was_sent_at_its_gate(unknown: Message) -> None:
    settled = assume_sent(unknown.pk)

    assert (settled.status, settled.sent_at) == (Message.Status.SENT, MONDAY)
    assert campaign_figures(unknown.campaign).total.sent == 1
    assert Message.objects.get(mail_number=2).not_before is not None


def test_an_unknown_message_resent_is_queued_and_its_old_attempt_has_no_say(
    unknown: Message,
) -> None:
    settled = resend_unknown(unknown.pk, NOW)

    settled.refresh_from_db()
    assert (settled.status, settled.attempt_id) == (Message.Status.QUEUED, None)
    assert campaign_figures(unknown.campaign).total.sent == 0


def test_only_an_unknown_message_is_settled(failed: tuple[Message, Message]) -> None:
    with pytest.raises(Conflict, match="is failed; only an unknown one"):
        assume_sent(failed[0].pk)
