"""The one way to record that something happened to a message.

The event, the message's own marks, the enrollment's end, the suppression and the counters
move in one transaction. A source that reports the same thing twice (a redelivered webhook,
a doubled hit) changes nothing the second time. What each kind of event changes is told in
`consequences`; what the server's "yes" changes in `acceptance`, which does it for many mails at
once.

Lock order, here and everywhere: addresses, campaign, lead, enrollment, message, sending
domain, figures.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from campaigns.arrival import can_have_arrived, mark_arrived, may_have_arrived
from campaigns.colleagues import lock_colleagues
from campaigns.consequences import follow
from campaigns.guardrails import counts_against_domain
from campaigns.message_lock import lock_message
from campaigns.models import Message, MessageEvent
from campaigns.opting_out import end_flows_to, hold_for_opt_out
from campaigns.tally import Tally
from leads.models import Suppression
from leads.suppression import suppress

Kind = MessageEvent.Kind
Actor = MessageEvent.Actor

# Any of these from outside, about a message whose fate was unknown, proves that a server has it.
PROOF_OF_DELIVERY = (
    Kind.OPENED, Kind.CLICKED, Kind.REPLIED, Kind.AUTO_REPLIED, Kind.BOUNCED, Kind.UNSUBSCRIBED,
    Kind.COMPLAINED,
)  # fmt: skip

_FROM_THE_OTHER_SIDE = (Kind.REPLIED, Kind.AUTO_REPLIED, Kind.BOUNCED, Kind.COMPLAINED)
# An opt-out by the link in the mail is no such thing: a gateway follows links.
_OPT_OUTS_BY_MAIL = ("mail", "feedback", "person")

# What takes the address off every list.
_SUPPRESSION_REASON: dict[str, Suppression.Reason] = {
    Kind.UNSUBSCRIBED: Suppression.Reason.UNSUBSCRIBED,
    Kind.COMPLAINED: Suppression.Reason.COMPLAINT,
    Kind.BOUNCED: Suppression.Reason.BOUNCED,
}


@transaction.atomic
def record_event(
    message_id: int,
    kind: MessageEvent.Kind,
    *,
    at: datetime,
    source_id: str,
    actor: MessageEvent.Actor = Actor.UNKNOWN,
    link_id: int | None = None,
    user_agent: str = "",
    ip_address: str | None = None,
    detail: dict[str, Any] | None = None,
    proves_delivery: bool = True,
    learned_at: datetime | None = None,
    also_opted_out: Collection[str] = (),
) -> MessageEvent | None:
    """Record the event and all that follows from it; None where `source_id` is known already.

    `at` is business time (UTC), `learned_at` when we got to know of it, where that was later: a
    flow ends then. Of a bounce, `detail["hard"]` says that the address does not exist,
    `"gives_up"` that it failed too often in a row, `"verdict": "sender_problem"` that the refusal
    is about us, `"hearsay"` that this is for a person to believe. `proves_delivery` is False for
    the word of a server that has refused the mail at our own door. `also_opted_out`: further
    normalised addresses of who opts out. Raises Message.DoesNotExist.
    """
    detail = detail or {}
    if MessageEvent.objects.filter(source_id=source_id).exists():
        return None
    if also_opted_out:
        hold_for_opt_out(message_id, also_opted_out, is_reply=False)
    if _condemns_address(kind, detail):
        _suppress_recipient(message_id, kind, also_opted_out)
    if kind == Kind.REPLIED:
        lock_colleagues(message_id)
    message = lock_message(message_id)
    tally = Tally()
    if proves_delivery and _is_proof(kind, detail, message):
        mark_arrived(message, tally)
    event = MessageEvent(
        message=message,
        kind=kind,
        actor=actor,
        at=at,
        source_id=source_id,
        link_id=link_id,
        user_agent=user_agent[:500],
        ip_address=ip_address,
        detail=detail,
        learned_at=learned_at,
    )
    # The lock on the message orders two reports of one source about it; the unique index
    # also stops one that is about another message.
    if MessageEvent.objects.filter(source_id=source_id).exists():
        return None
    event.save(force_insert=True)
    follow(message, event, tally)
    end_flows_to(also_opted_out, learned_at or at, tally)
    if counts_against_domain(event):
        tally.judge(message.domain_id)
    tally.write()
    return event


@transaction.atomic
def prove_delivery(message_id: int) -> bool:
    """Somebody has this mail who can only have it from us; whether that was news. For what comes
    back and is no event of its own. Raises Message.DoesNotExist."""
    message = lock_message(message_id)
    if not can_have_arrived(message):
        return False
    tally = Tally()
    mark_arrived(message, tally)
    tally.write()
    return True


def _is_proof(kind: MessageEvent.Kind, detail: dict[str, Any], message: Message) -> bool:
    """Also while the mail is on the wire: what only comes back from a mail that was taken can be
    quicker than the worker's pen."""
    is_by_mail = kind == Kind.UNSUBSCRIBED and detail.get("by") in _OPT_OUTS_BY_MAIL
    if is_by_mail or kind in _FROM_THE_OTHER_SIDE:
        return can_have_arrived(message)
    return kind in PROOF_OF_DELIVERY and may_have_arrived(message)


def _condemns_address(kind: MessageEvent.Kind, detail: dict[str, Any]) -> bool:
    if kind == Kind.BOUNCED:
        return bool(detail.get("hard") or detail.get("gives_up"))
    return kind in _SUPPRESSION_REASON


def _suppress_recipient(
    message_id: int, kind: MessageEvent.Kind, also_opted_out: Collection[str]
) -> None:
    """The address that got the mail, and the lead's own where it has changed since."""
    recipient, email = Message.objects.values_list("recipient", "lead__email").get(pk=message_id)
    addresses = {recipient or email} if kind == Kind.BOUNCED else {recipient or email, email}
    suppress(addresses.union(also_opted_out), reason=_SUPPRESSION_REASON[kind])
