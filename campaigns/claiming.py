"""Who works on a message: claims, leases, and what happens to the ones left behind.

A claim is a row in state `sending` with an attempt id that only its worker knows, and a
lease on the database's clock. Every later step names that attempt id; a worker that was
stopped and wakes up after its lease finds that its id no longer fits and does nothing.
"""

from __future__ import annotations

import socket
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from campaigns.enrollments import cancel_queued
from campaigns.models import Message, SendAttempt

# Composing and connecting; nothing has left, so another worker may take over soon.
CLAIM_LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Claim:
    message_id: int
    attempt_id: uuid.UUID


@transaction.atomic
def claim_next(domain_id: int, now: datetime) -> Claim | None:
    """Take the next due message of a domain, or None. `now` is business time.

    SKIP LOCKED: a row that another worker is claiming at this moment is not waited for.
    """
    message = (
        Message.objects.due(now)
        .filter(domain=domain_id)
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
    """Queue a claimed message again; False where the claim was lost meanwhile."""
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
    ours = Message.objects.filter(**held_by(claim), status=Message.Status.SENDING).update(**values)
    if ours:
        close_attempt(claim, outcome, detail, at, reply_code=reply_code)
    return bool(ours)


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
    return _reap(Message.Phase.CLAIMED, now), _reap(Message.Phase.WIRE, now)


@transaction.atomic
def _reap(phase: Message.Phase, now: datetime) -> int:
    expired = (
        Message.objects.filter(status=Message.Status.SENDING, phase=phase, lease_until__lt=Now())
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .order_by("pk")
    )
    attempts = dict(expired.values_list("pk", "attempt_id"))
    if not attempts:
        return 0
    if phase == Message.Phase.CLAIMED:
        outcome = SendAttempt.Outcome.ABANDONED
        detail = "The worker stopped before the gate; the message is due again."
        values = {"status": Message.Status.QUEUED, "attempt_id": None, "phase": ""}
    else:
        outcome = SendAttempt.Outcome.UNKNOWN
        detail = "The worker stopped after the gate; the mail may have been delivered."
        # The attempt id stays: the worker may only be slow, and then its answer counts.
        values = {"status": Message.Status.UNKNOWN}
    Message.objects.filter(pk__in=attempts).update(**values, lease_until=None, error=detail)
    SendAttempt.objects.filter(attempt_id__in=filter(None, attempts.values())).update(
        outcome=outcome, detail=detail, finished_at=now
    )
    return len(attempts)
