"""Whether a mail has arrived, as far as others can tell than the server that answered us.

What comes back (an answer, a report, a complaint) comes only of a mail that was taken, whatever
we were told at the time: a server may say "later" or "no" and deliver all the same, and a
quarantine lets go days later. Opens and clicks prove less, for a gateway follows the links of a
mail that it is about to refuse.
"""

from __future__ import annotations

from django.db.models import QuerySet

from campaigns.acceptance import mark_sent
from campaigns.models import Message, SendAttempt
from campaigns.taking_back import take_cancellation_back, take_failure_back
from campaigns.tally import Tally

Status = Message.Status


def may_have_arrived(message: Message) -> bool:
    """Whether an open or a click decides: the fate is unknown, also where a person has since
    decided to send it again. A mail that was deferred or refused may have been looked at by a
    gateway and has arrived nowhere."""
    if message.status == Status.UNKNOWN:
        return True
    if message.status != Status.QUEUED:
        return False
    gated = _gated(message).order_by("id").last()
    return gated is not None and gated.outcome == SendAttempt.Outcome.UNKNOWN


def has_left(message: Message) -> bool:
    """Whether something can come back of it: a server took it, or it has been on its way."""
    return message.sent_at is not None or _gated(message).exists()


def can_have_arrived(message: Message) -> bool:
    """Whether what came back decides: it is not known to have been taken, and has been on its way
    at least once, whatever was made of it then."""
    return message.sent_at is None and has_left(message)


def mark_arrived(message: Message, tally: Tally) -> None:
    """It was sent after all: never again, and counted as that. A flow that has ended stays ended.

    The caller holds the lock on the message (see message_lock), which is brought up to date in
    place, and writes the `tally`. Raises ValueError where it passed no gate.
    """
    status = message.status
    if status == Status.FAILED:
        take_failure_back(message, tally)
    elif status == Status.CANCELED:
        take_cancellation_back(message, tally)
    mark_sent([message], tally=tally)
    if status == Status.BOUNCED:  # the server refused the address while we were sending
        message.status = status
        message.save(update_fields=["status"])


def _gated(message: Message) -> QuerySet[SendAttempt]:
    return SendAttempt.objects.filter(message=message, gated_at__isnull=False)
