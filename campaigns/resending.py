"""A person's word on messages that stopped: send a failed one again, settle an unknown one.

Nothing is sent from here. The message joins the queue as it was, with its Message-ID and its
attempts, and goes the way of every other one: plan, claim, gate, throttle. One that never left is
written from its template as it is by now, so that a mended template mends it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from campaigns.acceptance import mark_sent
from campaigns.calendars import sending_calendar
from campaigns.models import (
    Campaign,
    Enrollment,
    Message,
    MessageEvent,
)
from campaigns.reopening import reopen
from campaigns.taking_back import take_failure_back
from campaigns.tally import Tally
from leads.models import Lead
from leads.suppression import hold_addresses, is_suppressed
from mailsuite.lib.errors import Conflict

Status = Message.Status


@transaction.atomic
def resend(message_id: int, now: datetime) -> Message:
    """Queue a failed message again; its flow goes on behind it. `now` is business time.

    A campaign that was completed meanwhile runs again and holds its domains again. Raises
    Conflict where the message has not failed, or where something forbids it to leave: a stopped
    campaign, a lead that must not be mailed, a domain that serves another campaign by now,
    figures that do not have its failure. Raises Message.DoesNotExist.
    """
    message = _locked(message_id)
    if message.status != Status.FAILED:
        raise Conflict(
            f"Message {message_id} is {message.status}; only a failed one can be sent again.",
            code="not_failed",
        )
    _queue_again(message, now)
    return message


@transaction.atomic
def assume_sent(message_id: int) -> Message:
    """Settle an unknown message as delivered; its flow goes on.

    Raises Conflict where it is not unknown, and Message.DoesNotExist.
    """
    message = _unknown(message_id)
    mark_sent([message], actor=MessageEvent.Actor.HUMAN)
    return message


@transaction.atomic
def resend_unknown(message_id: int, now: datetime) -> Message:
    """Settle an unknown message as lost and queue it again. It may arrive twice; that is for
    the person to weigh. Raises as resend() does."""
    message = _unknown(message_id)
    _queue_again(message, now)
    return message


def _unknown(message_id: int) -> Message:
    message = _locked(message_id)
    if message.status != Status.UNKNOWN:
        raise Conflict(
            f"Message {message_id} is {message.status}; only an unknown one is to be settled.",
            code="not_unknown",
        )
    return message


def _locked(message_id: int) -> Message:
    """The message with all that it hangs on, locked in the order that everybody keeps."""
    message = Message.objects.select_related("lead").get(pk=message_id)
    hold_addresses([message.lead.email])
    _lock(Campaign, message.campaign_id)
    _lock(Lead, message.lead_id)
    _lock(Enrollment, message.enrollment_id)
    _lock(Message, message_id)
    return Message.objects.select_related(
        "campaign",
        "lead",
        "enrollment",
        "domain__policy",
        "step",
        "template_version__template__current_version",
    ).get(pk=message_id)


def _lock(model: type[Model], pk: int) -> None:
    rows: Any = model._default_manager
    rows.select_for_update(no_key=True).get(pk=pk)


def _queue_again(message: Message, now: datetime) -> None:
    _refuse_unmailable(message)
    reopen(message.campaign)
    tally = Tally()
    if message.status == Status.FAILED:
        take_failure_back(message, tally)
    _reopen_enrollment(message.enrollment, message, tally)
    message.status = Status.QUEUED
    calendar = sending_calendar(message.domain.policy, message.campaign)
    message.scheduled_at = message.not_before = calendar.opening_after(now)
    message.retries = 0
    message.error = ""
    _take_current_version(message)
    # An attempt that still waits for an answer has lost its say.
    message.attempt_id, message.phase, message.lease_until = None, "", None
    message.save()
    tally.replan(message.domain_id)
    tally.write()


def _take_current_version(message: Message) -> None:
    """Unless it has passed the gate before: it may have arrived, and is the same mail again."""
    if message.attempts.filter(gated_at__isnull=False).exists():
        return
    template = message.template_version.template
    if template.current_version is not None:
        message.template_version = template.current_version


def _refuse_unmailable(message: Message) -> None:
    lead = message.lead
    if lead.is_mailable and not is_suppressed(lead.email):
        return
    reasons = {
        "was deleted": lead.deleted_at,
        "was stopped": lead.stopped_at,
        "bounced": lead.status == Lead.Status.BOUNCED,
        "is on the suppression list": True,
    }
    why = next(reason for reason, holds in reasons.items() if holds)
    raise Conflict(f"{lead.email} {why} and gets no more mail.", code="lead_unmailable")


def _reopen_enrollment(enrollment: Enrollment, message: Message, tally: Tally) -> None:
    """Take up the flow where this message's failure ended it, its later mails included."""
    if enrollment.status == Enrollment.Status.ACTIVE:
        return
    if enrollment.end_reason != Enrollment.EndReason.FAILED:
        raise Conflict(
            f"The flow of {message.lead.email} has ended: {enrollment.end_reason}.",
            code="flow_over",
        )
    _revive_later_mails(enrollment, message, tally)
    enrollment.status, enrollment.end_reason = Enrollment.Status.ACTIVE, ""
    enrollment.ended_at = None
    enrollment.save()


def _revive_later_mails(enrollment: Enrollment, message: Message, tally: Tally) -> None:
    later = Message.objects.filter(
        enrollment=enrollment, mail_number__gt=message.mail_number, status=Status.CANCELED
    )
    step_ids = list(later.values_list("step_id", flat=True))
    later.update(status=Status.QUEUED, not_before=None)
    assert enrollment.ended_at is not None  # noqa: S101  it has ended: see _reopen_enrollment
    # They were counted as canceled on the local day on which the flow ended.
    day = enrollment.ended_at.astimezone(message.domain.policy.zone).date()
    for step_id in step_ids:
        tally.count(message.campaign_id, step_id, day, "canceled", -1)
