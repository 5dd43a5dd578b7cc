"""What a provider reports of a mail takes effect: by the one path of all that comes back, worded
as the mail that would say the same."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.conf import settings

from campaigns.events import prove_delivery
from campaigns.models import Message
from tracking.models import OutboundReply, ProviderEvent
from tracking.reading import (
    Complaint,
    Kind,
    ReadMail,
    Reason,
    Recipient,
    References,
)
from tracking.receiving import receive_event
from tracking.webhooks.matching import message_of, reply_of
from tracking.webhooks.values import Report

State = ProviderEvent.State
_STATUS = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")  # RFC 3463
# An event can be quicker than the answer that names the mail; after these tries it is not ours.
_TRIES_TO_MATCH = 3


class TooEarlyError(Exception):
    """What the event speaks of may not be written down yet."""


def take_report(
    event: ProviderEvent, report: Report, now: datetime, *, is_last_try: bool
) -> tuple[ProviderEvent.State, str]:
    """How the event ends, and why, in words for people. `now` is business time.

    Raises TooEarlyError, but not on the last try.
    """
    at = min(report.at or event.received_at, event.received_at)
    if event.received_at - at > timedelta(hours=settings.WEBHOOK_MAX_AGE_HOURS):
        return State.REFUSED, f"Told too late: it is of {at:%Y-%m-%d %H:%M} UTC."
    message = message_of(report)
    reply = reply_of(report) if message is None else None
    if message is None and reply is None and event.tries < _TRIES_TO_MATCH:
        raise TooEarlyError("No mail of ours is known by this id yet.")
    if report.kind is Kind.OTHER:
        return _sign_of_life(report, message, is_last_try=is_last_try)
    inbound = receive_event(
        _as_mail(report, message or reply, event),
        source_key=_source_key(event, report, message),
        received_at=at,
    )
    if inbound.message_id is None:
        return State.NOT_OURS, "No mail of ours is known by this id; it waits for a person."
    return State.DONE, inbound.outcome


def _source_key(event: ProviderEvent, report: Report, message: Message | None) -> str:
    """A provider that two accounts here send by tells both of one event: of a mail of ours that
    counts once."""
    if message is None:
        return f"{event.account_id}:{report.key}"
    return f"{event.account.backend}:{message.pk}:{report.key}"


def _sign_of_life(
    report: Report, message: Message | None, *, is_last_try: bool
) -> tuple[ProviderEvent.State, str]:
    """It proves a mail of unknown fate. Opens and clicks are counted by our own pixel and links."""
    if message is None:
        return State.NOT_OURS, "No mail of ours is known by this id."
    if message.status == Message.Status.SENDING and not is_last_try:
        raise TooEarlyError("The mail is being sent at this moment.")
    if message.status in (Message.Status.UNKNOWN, Message.Status.QUEUED) and prove_delivery(
        message.pk
    ):
        return State.DONE, f"{report.event_type}: proves that the mail arrived."
    return State.DONE, f"{report.event_type}: nothing follows from it."


def _as_mail(
    report: Report, ours: Message | OutboundReply | None, event: ProviderEvent
) -> ReadMail:
    is_complaint = report.kind is Kind.COMPLAINT
    return ReadMail(
        kind=report.kind,
        from_address=report.recipient,
        subject=f"{event.account.get_backend_display()}: {report.event_type}",
        date=report.at,
        recipients=(_refused(report),) if report.kind is Kind.BOUNCE else (),
        references=References(returned=(ours.smtp_message_id,) if ours is not None else ()),
        complaint=Complaint("abuse", report.recipient, "") if is_complaint else None,
    )


def _refused(report: Report) -> Recipient:
    reason = report.reason or Reason.OTHER
    return Recipient(
        address=report.recipient,
        final_address=report.recipient,
        status=code[0] if (code := _STATUS.search(report.diagnostic)) else "",
        action="failed",
        reason=reason,
        verdict=reason.verdict,
        diagnostic=report.diagnostic,
    )
