"""A person answered: the flow ends, and whoever wants no more mail gets none."""

from __future__ import annotations

from campaigns.models import MessageEvent
from tracking.effects.recording import record
from tracking.effects.values import Answer, Effect

Kind = MessageEvent.Kind


def replied(answer: Answer) -> Effect:
    record(answer, Kind.REPLIED, intent=answer.mail.intent.value)
    return Effect("A reply: the flow has ended.")


def opted_out(answer: Answer) -> Effect:
    """By the mail that mail programs write for one (List-Unsubscribe), or in own words. The
    latter is a reply too; recorded second, for by then all that it locks is held."""
    record(answer, Kind.UNSUBSCRIBED, by="mail")
    if answer.mail.references.thread:
        record(answer, Kind.REPLIED, intent=answer.mail.intent.value)
    return Effect("Wants no more mail: the address is suppressed, all flows to it have ended.")
