"""Opt a person out, by the mail that they want no more of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q

from campaigns.enrollments import end_enrollments
from campaigns.events import record_event
from campaigns.models import Enrollment, Message, MessageEvent
from leads.models import Suppression
from leads.suppression import suppress
from tracking.deadlocks import through_deadlocks
from tracking.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message was for. `address` is where it went, which the lead may have left since;
    `lead_address` is the lead's own now."""

    message_id: int
    lead_id: int
    address: str
    lead_address: str
    sender: str

    @property
    def addresses(self) -> set[str]:
        return {self.address, self.lead_address}


def recipient_of(message_id: int) -> Recipient:
    """Raises Message.DoesNotExist."""
    message = Message.objects.select_related("lead", "domain").get(pk=message_id)
    return Recipient(
        message_id=message_id,
        lead_id=message.lead_id,
        address=message.recipient or message.lead.email,
        lead_address=message.lead.email,
        sender=message.domain.name,
    )


def opt_out(recipient: Recipient, visitor: Visitor, *, at: datetime) -> None:
    """Suppress the address and end every flow to it; done before this returns.

    Any number of times: mail providers repeat the request, and somebody whom we took off the
    list by hand must be able to get back on it with the same old link.
    """
    through_deadlocks(partial(_opt_out, recipient, visitor, at))


@transaction.atomic
def _opt_out(recipient: Recipient, visitor: Visitor, at: datetime) -> None:
    # Not left to the event, which has no effect the second time.
    suppress(recipient.addresses, reason=Suppression.Reason.UNSUBSCRIBED)
    record_event(
        recipient.message_id,
        MessageEvent.Kind.UNSUBSCRIBED,
        at=at,
        source_id=f"unsubscribe:{recipient.message_id}",
        actor=MessageEvent.Actor.HUMAN,
        user_agent=visitor.user_agent,
        ip_address=visitor.ip_address,
    )
    end_enrollments(
        Enrollment.objects.filter(
            Q(lead=recipient.lead_id) | Q(lead__email__in=recipient.addresses)
        ),
        Enrollment.EndReason.UNSUBSCRIBED,
        at,
    )
