"""A person answered: the flow ends, and whoever wants no more mail gets none."""

from __future__ import annotations

from campaigns.models import MessageEvent
from campaigns.opting_out import hold_for_opt_out
from tracking.effects.recording import record
from tracking.effects.values import Answer, Effect
from tracking.effects.writers import writers_besides

Kind = MessageEvent.Kind
_DOUBTFUL = (
    "A reply: the flow has ended. It also speaks of getting no more mail: read it, and set its "
    "intent to Unsubscribe if that is what they want."
)


def replied(answer: Answer) -> Effect:
    record(answer, Kind.REPLIED, intent=answer.mail.intent.value)
    if answer.mail.may_opt_out:
        return Effect(_DOUBTFUL, needs_person=True)
    return Effect("A reply: the flow has ended.")


def opted_out(answer: Answer) -> Effect:
    """By the mail that mail programs write for one (List-Unsubscribe), or in own words. The
    latter is a reply too."""
    message = answer.message
    writers = writers_besides(message, answer.mail.from_address, is_vouched=answer.is_vouched)
    is_reply = bool(answer.mail.references.thread)
    if is_reply:
        # The first event ends with the sending domain's row, and the second one begins with the
        # colleagues: a gate that lets one of them pass takes these the other way round.
        hold_for_opt_out(message.pk, writers, is_reply=True)
    record(answer, Kind.UNSUBSCRIBED, by="mail", also_opted_out=writers)
    if is_reply:
        record(answer, Kind.REPLIED, intent=answer.mail.intent.value)
    if writers:
        both = " and ".join([message.recipient or message.lead.email, *writers])
        return Effect(f"Wants no more mail: {both} are suppressed, all flows to them have ended.")
    return Effect("Wants no more mail: the address is suppressed, all flows to it have ended.")
