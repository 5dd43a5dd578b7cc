"""Messages on the verge of leaving, for the tests of claim, gate and events."""

from __future__ import annotations

from datetime import datetime

from campaigns.claiming import Claim, claim_due
from campaigns.decisions import Decision
from campaigns.gate import pass_gate
from campaigns.mail import ComposedMail
from campaigns.models import Message
from campaigns.standing import Departure
from mailsuite.lib import clock
from tests.factories import MessageFactory, WaitFactory
from tests.factories.campaigns import MONDAY


def composed(message: Message, **fields: str) -> ComposedMail:
    values = {
        "message_id": message.smtp_message_id,
        "sender_name": "Christian",
        "sender_address": message.alias.address,
        "recipient": message.lead.email,
        "subject": "Hallo",
        "html": "<p>Hallo</p>",
        "text": "Hallo",
    }
    return ComposedMail(**(values | fields))


def claimed(message: Message, now: datetime = MONDAY) -> Claim:
    (claim,) = claim_due(message.domain_id, now)
    assert claim.message_id == message.pk
    return claim


def at_gate(claim: Claim, mail: ComposedMail, now: datetime = MONDAY) -> Decision:
    """What the gate says when it is `now`."""
    with clock.frozen(now):
        return through_gate(claim, mail)


def through_gate(claim: Claim, mail: ComposedMail) -> Decision:
    (decision,) = pass_gate([Departure(claim, Message.objects.get(pk=claim.message_id), mail)])
    return decision


def two_mail_flow(**fields: object) -> tuple[Message, Message]:
    """Mail 1 due on Monday 08:00, mail 2 planned three workdays later."""
    first = MessageFactory(**fields)
    WaitFactory(version=first.step.version)
    second = MessageFactory(
        enrollment=first.enrollment,
        mail_number=2,
        scheduled_at=MONDAY.replace(day=4),
        not_before=None,
    )
    return first, second
