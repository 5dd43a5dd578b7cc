"""Mails that a person decides on: those that name no mail of ours, and those with a question.

To tie an unmatched mail to a message is to vouch for it: it takes effect as if it had named that
message itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from campaigns.models import Message
from mailsuite.lib.errors import Conflict
from tracking.deadlocks import through_deadlocks
from tracking.effects import Answer, take_effect
from tracking.models import InboundMail
from tracking.reading import (
    AutoReplySort,
    Intent,
    Kind,
    ReadMail,
    Reason,
    Recipient,
    Verdict,
    read_mail,
)
from tracking.storable_mail import storable_mail

State = InboundMail.State
_DECIDED = ["message", "lead", "kind", "state", "outcome", "settled_by", "settled_at"]


def tie(inbound_id: int, message_id: int, *, by: User, now: datetime) -> InboundMail:
    """Let an unmatched mail take effect on this message. `now` is business time.

    Raises Conflict for a mail that is not unmatched, InboundMail.DoesNotExist and
    Message.DoesNotExist.
    """
    return through_deadlocks(lambda: _tie(inbound_id, message_id, by, now))


@transaction.atomic
def _tie(inbound_id: int, message_id: int, by: User, now: datetime) -> InboundMail:
    inbound = _locked(inbound_id)
    if inbound.state != State.UNMATCHED:
        raise Conflict(
            f"This mail is {inbound.state}; only an unmatched one can be tied to a message.",
            code="not_unmatched",
        )
    message = Message.objects.get(pk=message_id)
    mail = _as_answer(_read_again(inbound))
    answer = Answer(
        mail=mail,
        message=message,
        received_at=inbound.received_at,
        learned_at=max(now, inbound.received_at),
        source_id=f"inbound:{inbound.pk}",
        is_vouched=True,
    )
    effect = take_effect(answer)
    inbound.message, inbound.lead, inbound.kind = message, message.lead, mail.kind
    inbound.state = State.TO_REVIEW if effect.needs_person else State.DONE
    inbound.outcome = effect.words[:500]
    _sign(inbound, by, now)
    return inbound


@transaction.atomic
def settle(inbound_id: int, *, by: User, now: datetime) -> InboundMail:
    """Nothing is left to do about it. Raises Conflict for a mail that waits for nobody, and
    InboundMail.DoesNotExist."""
    inbound = _locked(inbound_id)
    if inbound.state not in InboundMail.WAITING:
        raise Conflict(f"This mail is {inbound.state}; it waits for nobody.", code="not_waiting")
    inbound.state = State.SETTLED
    _sign(inbound, by, now)
    return inbound


def _as_answer(mail: ReadMail) -> ReadMail:
    """Words that answered nothing are a reply once a person says to what."""
    is_written = bool(mail.own_text.strip()) and not mail.recipients
    return replace(mail, kind=Kind.REPLY) if mail.kind is Kind.OTHER and is_written else mail


def _locked(inbound_id: int) -> InboundMail:
    return InboundMail.objects.select_for_update(of=("self",), no_key=True).get(pk=inbound_id)


def _sign(inbound: InboundMail, by: User, now: datetime) -> None:
    inbound.settled_by, inbound.settled_at = by, now
    inbound.save(update_fields=_DECIDED)


def _read_again(inbound: InboundMail) -> ReadMail:
    """From the raw mail; where that is gone, or there was none, from what was kept of it."""
    if inbound.raw is not None:
        return storable_mail(read_mail(bytes(inbound.raw)))
    return ReadMail(
        kind=Kind(inbound.kind),
        from_address=inbound.from_address,
        subject=inbound.subject,
        recipients=tuple(_recipient(**fields) for fields in inbound.recipients),
        auto_reply=AutoReplySort(inbound.auto_reply) if inbound.auto_reply else None,
        return_date=inbound.return_date,
        intent=Intent(inbound.intent),
        own_text=inbound.text,
    )


def _recipient(*, reason: str, verdict: str, **texts: str) -> Recipient:
    return Recipient(reason=Reason(reason), verdict=Verdict(verdict), **texts)
