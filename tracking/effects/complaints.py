"""Somebody pressed "this is spam" (RFC 5965)."""

from __future__ import annotations

from campaigns.models import MessageEvent
from tracking.effects.recording import record
from tracking.effects.values import Answer, Effect

# RFC 6449 §4: a wish to leave the list, passed on by the provider. Not held against the sender.
_OPT_OUTS = ("opt-out", "opt-out-list")


def is_held_against_domain(answer: Answer) -> bool:
    """Not a wish to leave the list, nor what only says so in words."""
    complaint = answer.mail.complaint
    is_opt_out = complaint is not None and complaint.feedback_type in _OPT_OUTS
    return not is_opt_out and not answer.mail.is_prose


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
