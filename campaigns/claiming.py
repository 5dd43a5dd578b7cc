"""Who works on a message: claims, leases, and what happens to the ones left behind.

A claim is a row in state `sending` with an attempt id that only its worker knows, and a
lease on the database's clock. Every later step names that attempt id; a worker that was
stopped and wakes up after its lease finds that its id no longer fits and does nothing.
"""

from __future__ import annotations

import socket
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from campaigns.enrollments import cancel_queued
from campaigns.message_lock import lock_message
from campaigns.models import Enrollment, Message, SendAttempt

# Composing and connecting; nothing has left, so another worker may take over soon.
CLAIM_LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Claim:
    message_id: int
    attempt_id: uuid.UUID


@transaction.atomic
def claim_next(
    domain_id: int, now: datetime, *, without_accounts: Collection[int] = ()
) -> Claim | None:
    """Take the next due message of a domain, or None. `now` is business time.

    `without_accounts` leaves those out that would leave by one of these sending accounts.
    SKIP LOCKED: a row that another worker is claiming at this moment is not waited for.
    """
    message = (
        Message.objects.due(now)
        .filter(domain=domain_id)
        .by_other_accounts_than(without_accounts)
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .first()
    )
    if message is None:
        return None
    claim = Claim(message.pk, uuid.uuid4())
    Message.objects.filter(pk=message.pk).update(
        status=Message.Status.SENDING,
        attempt_id=claim.attempt_id,
        phase=Message.Phase.CLAIMED,
        lease_until=Now() + CLAIM_LEASE,
    )
    SendAttempt.objects.create(
        message=message,
        domain_id=domain_id,
        attempt_id=claim.attempt_id,
        started_at=now,
        worker=socket.gethostname()[:200],
    )
    return claim


def held_by(claim: Claim) -> dict[str, object]:
    """Filter for the message while it is still this claim's."""
    return {"pk": claim.message_id, "attempt_id": claim.attempt_id}


@transaction.atomic
def put_back(
    claim: Claim,
    outcome: SendAttempt.Outcome,
    detail: str,
    at: datetime,
    *,
    not_before: datetime | None = None,
    counts_as_retry: bool = False,
    reply_code: int | None = None,
) -> bool:
    """Queue a claimed message again; False where the claim was lost meanwhile.

    Where its flow has ended while it was being sent, it is canceled: nobody would look at a
    queued message of an ended flow any more.
    """
    message = _locked_while(claim)
    if message is None:
        return False
    values: dict[str, object] = {
        "status": Message.Status.QUEUED,
        "attempt_id": None,
        "phase": "",
        "lease_until": None,
        "error": detail[:1000],
    }
    if not_before is not None:
        values["not_before"] = not_before
    if counts_as_retry:
        values["retries"] = F("retries") + 1
    Message.objects.filter(pk=message.pk).update(**values)
    close_attempt(claim, outcome, detail, at, reply_code=reply_code)
    _cancel_if_over(message, at)
    return True


def _locked_while(claim: Claim) -> Message | None:
    """The message, locked, while this claim is being worked on."""
    if not Message.objects.filter(**held_by(claim), status=Message.Status.SENDING).exists():
        return None
    message = lock_message(claim.message_id)
    is_ours = message.attempt_id == claim.attempt_id
    return message if is_ours and message.status == Message.Status.SENDING else None


def _cancel_if_over(message: Message, at: datetime) -> None:
    if message.enrollment.status != Enrollment.Status.ACTIVE:
        cancel_queued("id", [message.pk], at)


@transaction.atomic
def cancel(claim: Claim, detail: str, at: datetime) -> bool:
    """Cancel a claimed message that must not leave any more."""
    if not put_back(claim, SendAttempt.Outcome.WITHHELD, detail, at):
        return False
    cancel_queued("id", [claim.message_id], at)
    return True


def close_attempt(
    claim: Claim,
    outcome: SendAttempt.Outcome,
    detail: str,
    at: datetime,
    *,
    reply_code: int | None = None,
) -> None:
    SendAttempt.objects.filter(attempt_id=claim.attempt_id).update(
        outcome=outcome, detail=detail[:1000], finished_at=at, reply_code=reply_code
    )


def reap_expired_leases(now: datetime) -> tuple[int, int]:
    """Take over what dead workers left; answer how many were (queued again, made unknown).

    Before the gate nothing can have left: the message is simply due again. After it the
    mail may have been delivered, so it becomes `unknown` and is never sent by itself again.
    """
    expired = Message.objects.filter(status=Message.Status.SENDING, lease_until__lt=Now())
    phases = [_reap(message_id, now) for message_id in expired.values_list("pk", flat=True)]
    return phases.count(Message.Phase.CLAIMED), phases.count(Message.Phase.WIRE)


@transaction.atomic
def _reap(message_id: int, now: datetime) -> str | None:
    """The phase in which the message was left; None where its worker has come back."""
    message = lock_message(message_id)
    still_expired = Message.objects.filter(
        pk=message_id, status=Message.Status.SENDING, lease_until__lt=Now()
    )
    if not still_expired.exists():
        return None
    if message.phase == Message.Phase.CLAIMED:
        outcome = SendAttempt.Outcome.ABANDONED
        detail = "The worker stopped before the gate; the message is due again."
        values = {"status": Message.Status.QUEUED, "attempt_id": None, "phase": ""}
    else:
        outcome = SendAttempt.Outcome.UNKNOWN
        detail = "The worker stopped after the gate; the mail may have been delivered."
        # The attempt id stays: the worker may only be slow, and then its answer counts.
        values = {"status": Message.Status.UNKNOWN}
    still_expired.update(**values, lease_until=None, error=detail)
    assert message.attempt_id is not None  # noqa: S101  message_under_way_has_an_attempt
    close_attempt(Claim(message_id, message.attempt_id), outcome, detail, now)
    _cancel_if_over(message, now)
    return message.phase
