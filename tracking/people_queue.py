"""Mails that a person decides on: those that name no mail of ours, and those with a question.

To tie an unmatched mail to a message is to vouch for it: it takes effect as if it had named that
message itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from campaigns.arrival import has_left
from campaigns.models import Message
from mailsuite.lib.errors import Conflict
from tracking.deadlocks import through_deadlocks
from tracking.effects import Answer, foresee, take_effect
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
    """Let an unmatched mail take effect on this message, also one that was settled as answering
    none. `now` is business time.

    Raises Conflict for a mail that took effect already and for a message that has never left,
    InboundMail.DoesNotExist and Message.DoesNotExist.
    """
    return through_deadlocks(lambda: _tie(inbound_id, message_id, by, now))


@transaction.atomic
def _tie(inbound_id: int, message_id: int, by: User, now: datetime) -> InboundMail:
    inbound = _locked(inbound_id)
    if not inbound.can_be_tied:
        raise Conflict(
            f"This mail is {inbound.state}; only an unmatched one can be tied to a message.",
            code="not_unmatched",
        )
    message = Message.objects.get(pk=message_id)
    if not has_left(message):
        raise Conflict(
            f"Message {message_id} has not left yet, so this mail cannot be about it. Choose one "
            "that was sent before it came.",
            code="not_sent",
        )
    answer = _answer(inbound, message, now)
    effect = take_effect(answer)
    inbound.message, inbound.lead = answer.message, answer.message.lead
    inbound.kind = answer.mail.kind
    inbound.state = State.TO_REVIEW if effect.needs_person else State.DONE
    inbound.outcome = effect.words[:500]
    _sign(inbound, by, now)
    return inbound


def foresee_tie(inbound: InboundMail, message: Message, now: datetime) -> str:
    """What tie() would do, in words for people; nothing is done."""
    return foresee(_answer(inbound, message, now))


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


def settle_many(inbound_ids: Collection[int], *, by: User, now: datetime) -> set[int]:
    """The same for those of them that wait for a person; answer which."""
    waiting = InboundMail.objects.filter(pk__in=inbound_ids, state__in=InboundMail.WAITING)
    with transaction.atomic():
        # Two people who settle the same page at once lock in one order.
        locked = waiting.select_for_update(of=("self",), no_key=True).order_by("pk")
        ids = set(locked.values_list("pk", flat=True))
        InboundMail.objects.filter(pk__in=ids).update(
            state=State.SETTLED, settled_by=by, settled_at=now
        )
    return ids


def settle_strangers(now: datetime) -> int:
    """Settle what nobody has tied in INBOUND_RAW_DAYS and what comes from nobody we know:
    newsletters, spam, reports on mails of others. Answer how many; `now` is business time.

    What may be of a lead, and whoever asks for no more mail, waits until a person has looked.
    """
    kept_since = now - timedelta(days=settings.INBOUND_RAW_DAYS)
    is_old = Q(raw_since__lt=kept_since) | Q(raw_since=None, received_at__lt=kept_since)
    strangers = InboundMail.objects.unmatched().filter(is_old, lead=None)
    return strangers.exclude(kind__in=[Kind.UNSUBSCRIBE, Kind.COMPLAINT]).update(
        state=State.SETTLED,
        settled_at=now,
        outcome=f"Of nobody we know, and tied to nothing in {settings.INBOUND_RAW_DAYS} days: "
        "settled by itself.",
    )


def _answer(inbound: InboundMail, message: Message, now: datetime) -> Answer:
    return Answer(
        mail=_as_answer(_read_again(inbound)),
        message=message,
        received_at=inbound.received_at,
        learned_at=max(now, inbound.received_at),
        source_id=f"inbound:{inbound.pk}",
        is_vouched=True,
    )


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
