"""Whoever has a mail of ours by Cc alone: they speak for themselves, and not for the lead.

Their address stood in Cc of an answer that a person here wrote. No campaign mailed them, so what
they want says nothing about its lead, and is no complaint about its mails.
"""

from __future__ import annotations

from django.db.models import Q

from campaigns.models import Message
from campaigns.opting_out import opt_out
from leads.addresses import InvalidAddress, normalised_address
from tracking.effects.values import Answer, Effect
from tracking.effects.writers import is_theirs
from tracking.models import OutboundReply
from tracking.reading import Kind

_SPOKEN = (Kind.REPLY, Kind.UNSUBSCRIBE, Kind.AUTO_REPLY)
_NOTHING = "Nothing follows for the lead."


def bystander(answer: Answer) -> str:
    """Whose words these are, normalised, where they speak for themselves alone; else "".

    A signed opt-out (List-Unsubscribe) stood in no mail that went to them: it is the lead's. So is
    what a person ties to the message.
    """
    mail = answer.mail
    if answer.is_vouched:
        return ""
    if mail.kind is Kind.COMPLAINT:
        who = mail.complaint.original_recipient if mail.complaint else ""
        return bystander_at(answer.message, who)
    is_spoken = mail.kind in _SPOKEN and bool(mail.references.thread)
    return bystander_at(answer.message, mail.from_address) if is_spoken else ""


def bystander_at(message: Message, address: str) -> str:
    """`address`, normalised, if it came into this conversation by Cc of an answer of ours, and is
    neither the lead's nor of their company; else ""."""
    try:
        who = normalised_address(address)
    except InvalidAddress:
        return ""
    if is_theirs(message, who):
        return ""
    of_conversation = OutboundReply.objects.filter(message__enrollment=message.enrollment_id)
    # Who was answered first had spoken for the lead before; who was in Cc first had not.
    first = of_conversation.filter(Q(recipient=who) | Q(cc__contains=[who])).order_by("id").first()
    return who if first is not None and first.recipient != who else ""


def stood_by(answer: Answer, who: str) -> Effect:
    """What follows from the words of this bystander."""
    if answer.mail.kind in (Kind.COMPLAINT, Kind.UNSUBSCRIBE):
        opt_out([who], answer.learned_at)
        return Effect(
            f"From {who}, who had an answer of ours by Cc and wants no more mail: suppressed, that "
            f"address alone. {_NOTHING}",
            needs_person=True,
        )
    if answer.mail.may_opt_out:
        return Effect(
            f"From {who}, who had an answer of ours by Cc, and speaks of getting no more mail: "
            f"read it, and set its intent to Unsubscribe if that is what they want. {_NOTHING}",
            needs_person=True,
        )
    return Effect(f"From {who}, who had an answer of ours by Cc. {_NOTHING}")
