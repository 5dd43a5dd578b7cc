"""Who works on a message: claims, leases, and what happens to the ones left behind.

A claim is a row in state `sending` with an attempt id that only its worker knows, and a
lease on the database's clock. Every later step names that attempt id; a worker that was
stopped and wakes up after its lease finds that its id no longer fits and does nothing.
"""

from __future__ import annotations

import socket
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from campaigns.enrollments import cancel_queued
from campaigns.message_lock import lock_message
from campaigns.models import Enrollment, Message, SendAttempt
from campaigns.tally import Tally
from mailsuite.lib.statements import Statement, run_together

# Composing and connecting; nothing has left, so another worker may take over soon.
CLAIM_LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Claim:
    message_id: int
    attempt_id: uuid.UUID


@transaction.atomic
def claim_due(
    domain_id: int, now: datetime, *, at_most: int = 1, without_accounts: Collection[int] = ()
) -> list[Claim]:
    """Take the next due messages of a domain, in the order in which they must leave; [] where
    none is due. `now` is business time.

    `without_accounts` leaves those out that would leave by one of these sending accounts.
    SKIP LOCKED: a row that another worker is claiming at this moment is not waited for. One
    statement, so that nothing else can come in between.
    """
    due = (
        Message.objects.due(now)
        .filter(domain=domain_id)
        .by_other_accounts_than(without_accounts)
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .values_list("pk")[:at_most]
    )
    selected, parameters = due.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH due (id) AS ({selected}), claimed AS ("  # noqa: S608
            f" UPDATE {Message._meta.db_table} AS message"
            " SET status = 'sending', phase = 'claimed', attempt_id = gen_random_uuid(),"
            " lease_until = now() + make_interval(secs => %s)"
            " FROM due WHERE message.id = due.id"
            " RETURNING message.id, message.attempt_id, message.scheduled_at"
            "), opened AS ("
            f" INSERT INTO {SendAttempt._meta.db_table}"
            " (message_id, domain_id, attempt_id, outcome, started_at, worker, detail)"
            " SELECT id, %s, attempt_id, 'under_way', %s, %s, '' FROM claimed"
            ") SELECT id, attempt_id FROM claimed ORDER BY scheduled_at, id",
            [*parameters, CLAIM_LEASE.total_seconds(), domain_id, now, socket.gethostname()[:200]],
        )
        return [Claim(*row) for row in cursor.fetchall()]


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
    """Queue a claimed message again; False where the claim was lost meanwhile, and then only the
    attempt is closed.

    Where its flow has ended while it was being sent, it is canceled: nobody would look at a
    queued message of an ended flow any more.
    """
    message = still_ours(claim)
    close_attempt(claim, outcome, detail, at, reply_code=reply_code)
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
    _cancel_if_over(message, at)
    return True


def still_ours(claim: Claim) -> Message | None:
    """The message, locked, while its attempt is this claim's; None where it was taken over.

    From `unknown` too: the reaper may have given up on a worker that was merely slow, and a
    definite answer counts whenever it comes.
    """
    if not Message.objects.filter(**held_by(claim)).exists():
        return None
    message = lock_message(claim.message_id)
    is_under_way = message.status in (Message.Status.SENDING, Message.Status.UNKNOWN)
    return message if is_under_way and message.attempt_id == claim.attempt_id else None


def _cancel_if_over(message: Message, at: datetime) -> None:
    if message.enrollment.status != Enrollment.Status.ACTIVE:
        cancel_queued("id", [message.pk], at)


@transaction.atomic
def cancel(claim: Claim, detail: str, at: datetime, *, tally: Tally | None = None) -> bool:
    """Cancel a claimed message that must not leave any more. Whoever does more in the same
    transaction hands in a `tally` and writes it at the end."""
    if not put_back(claim, SendAttempt.Outcome.WITHHELD, detail, at):
        return False
    cancel_queued("id", [claim.message_id], at, tally=tally)
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


def close_accepted(
    answers: Sequence[tuple[Claim, str, int | None, str]], at: datetime
) -> dict[int, datetime]:
    """Close attempts whose mails were accepted: claim, the server's words, reply code, and what a
    provider calls the mail ("" for a plain server). Answers message id → when its attempt passed
    the gate (business time); one that passed none is not among them."""
    (rows,) = run_together(
        Statement(
            "close_accepted",
            f"UPDATE {SendAttempt._meta.db_table} AS attempt "  # noqa: S608
            "SET outcome = 'accepted', detail = answer.detail, reply_code = answer.code, "
            "provider_message_id = answer.provider_id, finished_at = %s "
            "FROM unnest(%s::uuid[], %s::text[], %s::int[], %s::text[]) "
            "AS answer (attempt_id, detail, code, provider_id) "
            "WHERE attempt.attempt_id = answer.attempt_id AND attempt.gated_at IS NOT NULL "
            "RETURNING attempt.message_id, attempt.gated_at",
            [
                at,
                [claim.attempt_id for claim, *_ in answers],
                [detail[:1000] for _, detail, *_ in answers],
                [code for _, _, code, _ in answers],
                [provider_id[:255] for *_, provider_id in answers],
            ],
        )
    )
    return dict(rows)


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
