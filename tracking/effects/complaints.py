"""Somebody pressed "this is spam" (RFC 5965)."""

from __future__ import annotations

from campaigns.models import MessageEvent
from tracking.effects.recording import record
from tracking.effects.values import Answer, Effect

# RFC 6449 §4: a wish to leave the list, passed on by the provider. Not held against the sender.
_OPT_OUTS = ("opt-out", "opt-out-list")


def complained(answer: Answer) -> Effect:
    complaint = answer.mail.complaint
    sort = complaint.feedback_type if complaint else "abuse"
    if sort in _OPT_OUTS:
        record(answer, MessageEvent.Kind.UNSUBSCRIBED, by="feedback")
        return Effect("Wants no more mail: the address is suppressed, all flows to it have ended.")
    if answer.mail.is_prose:
        record(answer, MessageEvent.Kind.UNSUBSCRIBED, by="feedback")
        return Effect(
            "It says that somebody complained, but encloses no mail as providers do: taken for an "
            "opt-out, and not held against the domain.",
            needs_person=True,
        )
    record(answer, MessageEvent.Kind.COMPLAINED, feedback_type=sort)
    return Effect("A complaint: the address is suppressed, all flows to it have ended.")
