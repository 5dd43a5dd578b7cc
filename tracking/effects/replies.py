"""A person answered: the flow ends, and whoever wants no more mail gets none."""

from __future__ import annotations

from campaigns.colleagues import lock_colleagues
from campaigns.models import Message, MessageEvent
from leads.suppression import hold_for_writing
from tracking.effects.recording import record
from tracking.effects.values import Answer, Effect

Kind = MessageEvent.Kind


def replied(answer: Answer) -> Effect:
    record(answer, Kind.REPLIED, intent=answer.mail.intent.value)
    return Effect("A reply: the flow has ended.")


def opted_out(answer: Answer) -> Effect:
    """By the mail that mail programs write for one (List-Unsubscribe), or in own words. The
    latter is a reply too."""
    is_reply = bool(answer.mail.references.thread)
    if is_reply:
        _lock_for_both(answer.message)
    record(answer, Kind.UNSUBSCRIBED, by="mail")
    if is_reply:
        record(answer, Kind.REPLIED, intent=answer.mail.intent.value)
    return Effect("Wants no more mail: the address is suppressed, all flows to it have ended.")


def _lock_for_both(message: Message) -> None:
    """The first event ends with the sending domain's row, and the second one begins with the
    colleagues: a gate that lets one of them pass takes these the other way round."""
    hold_for_writing(sorted({message.recipient or message.lead.email, message.lead.email}))
    lock_colleagues(message.pk)
