"""Which effect a kind of mail has."""

from __future__ import annotations

from collections.abc import Callable

from campaigns.events import prove_delivery
from tracking.effects.auto_replies import auto_replied
from tracking.effects.bounces import bounced
from tracking.effects.bystanders import bystander, stood_by
from tracking.effects.complaints import complained
from tracking.effects.replies import opted_out, replied
from tracking.effects.values import Answer, Effect
from tracking.reading import Kind


def take_effect(answer: Answer) -> Effect:
    """Do what follows from `answer`; within the transaction of whoever received it."""
    if who := bystander(answer):
        return stood_by(answer, who)
    return _EFFECTS[answer.mail.kind](answer)


def _proved(answer: Answer) -> Effect:
    """Neither yes nor no, but whoever names the mail has it: a report of success, of a delay."""
    if prove_delivery(answer.message.pk):
        return Effect("It proves that the mail, whose fate was unknown, has arrived.")
    return Effect("Nothing follows from it.")


_EFFECTS: dict[Kind, Callable[[Answer], Effect]] = {
    Kind.BOUNCE: bounced,
    Kind.COMPLAINT: complained,
    Kind.AUTO_REPLY: auto_replied,
    Kind.UNSUBSCRIBE: opted_out,
    Kind.REPLY: replied,
    Kind.OTHER: _proved,
}
