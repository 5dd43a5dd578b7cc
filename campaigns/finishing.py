"""What becomes of a claimed message: sent, refused, tried again, put back, given up.

Compare-and-set on the attempt id throughout: where somebody took the message over meanwhile,
their word stands. That also makes it safe to write again when the database went away or killed
the transaction: a definite answer is worth some patience.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial

import structlog
from django.db import OperationalError, transaction

from campaigns import claiming
from campaigns.acceptance import mark_sent
from campaigns.claiming import Claim, still_ours
from campaigns.decisions import Decision, Verdict
from campaigns.enrollments import end_enrollments
from campaigns.events import record_event
from campaigns.message_lock import lock_again, lock_messages
from campaigns.models import Enrollment, Message, MessageEvent, SendAttempt, SendingDomain
from campaigns.reconnecting import through_outages
from campaigns.refusals import is_about_sender, is_hard_bounce
from campaigns.tally import Tally
from campaigns.transport import Delivery, Outcome
from leads.suppression import hold_for_writing
from mailsuite.lib import clock

log = structlog.get_logger(__name__)

MAX_RETRIES = 2
FIRST_BACKOFF = timedelta(minutes=10)
BACKOFF_FACTOR = 3

# A mail in one of these can still turn out to have been accepted.
_OPEN = (Message.Status.QUEUED, Message.Status.SENDING, Message.Status.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Unsent:
    """Nothing left, by no fault of this mail. A refused login pauses the whole domain, because
    each further try brings the account nearer to being locked."""

    reason: str
    pauses_domain: bool = False


Result = tuple[Claim, Delivery | Unsent]


def finish(results: Sequence[Result], *, read_before: Mapping[int, Message] | None = None) -> None:
    """Write down what became of messages that passed the gate; the accepted ones in one go.

    `read_before`: id → the messages as they were composed (see lock_again). What cannot be
    written of one of them keeps none of the others from being written; it is raised at the end.
    """
    accepted: list[tuple[Claim, Delivery]] = []
    works: list[Callable[[], None]] = []
    for claim, result in results:
        if isinstance(result, Unsent):
            log.info("not delivered", message_id=claim.message_id, reason=result.reason)
            works.append(partial(put_back_unsent, claim, result))
        elif result.is_accepted:
            accepted.append((claim, result))
        else:
            log.info("not accepted", message_id=claim.message_id, **asdict(result))
            works.append(partial(_not_accepted, claim, result))
    if accepted:
        # One line for all of them; what the server said to each stands in the ledger.
        log.info("accepted", message_ids=[claim.message_id for claim, _ in accepted])
        works.insert(0, partial(_accepted_together, accepted, read_before))
    write_each(works)


def write_each(works: Iterable[Callable[[], None]]) -> None:
    """Each through outages, whatever becomes of the others. Raises the first problem at the end."""
    problems: list[Exception] = []
    for work in works:
        try:
            through_outages(work)
        except Exception as problem:
            log.exception("not written")
            problems.append(problem)
    if problems:
        raise problems[0]


def _accepted_together(
    results: Sequence[tuple[Claim, Delivery]], read_before: Mapping[int, Message] | None
) -> None:
    """One by one where that fails for a reason that we did not think of."""
    try:
        _accepted(results, read_before)
    except OperationalError:
        raise
    except Exception:
        if len(results) == 1:
            raise
        write_each(partial(_accepted, [result], read_before) for result in results)


@transaction.atomic
def _accepted(
    results: Sequence[tuple[Claim, Delivery]], read_before: Mapping[int, Message] | None
) -> None:
    """Also of attempts that were replaced: the mail is out, so no other must leave; and where
    another has left already, the ledger must show both."""
    ids = [claim.message_id for claim, _ in results]
    messages = lock_again(read_before, ids) if read_before else lock_messages(ids)
    gates = claiming.close_accepted(
        [
            (claim, delivery.detail, delivery.code, delivery.provider_id)
            for claim, delivery in results
        ],
        clock.now(),
    )
    sent = [messages[pk] for pk in ids if pk in gates and messages[pk].status in _OPEN]
    if sent:
        mark_sent(sent, gates=gates)


def _not_accepted(claim: Claim, delivery: Delivery) -> None:
    if delivery.is_account_problem:
        _objected(claim, delivery)
    elif delivery.outcome == Outcome.UNKNOWN:
        _unknown(claim, delivery)
    elif delivery.outcome == Outcome.REFUSED:
        _refused(claim, delivery)
    else:
        outcome = SendAttempt.Outcome(delivery.outcome)
        retry_later(claim, outcome, delivery.detail, reply_code=delivery.code)


@transaction.atomic
def _unknown(claim: Claim, delivery: Delivery) -> None:
    message = still_ours(claim)
    if message is None:
        return
    Message.objects.filter(pk=message.pk).update(
        status=Message.Status.UNKNOWN, lease_until=None, error=delivery.detail[:1000]
    )
    _close(claim, SendAttempt.Outcome.UNKNOWN, delivery)


@transaction.atomic
def _refused(claim: Claim, delivery: Delivery) -> None:
    """For good. An objection to the sender stops the domain as well: this lead is lost to the
    campaign, the next ones need not be."""
    hard = is_hard_bounce(delivery.code, delivery.detail)
    if hard:
        # Taken ahead of the rows that still_ours() locks, as everybody does.
        hold_for_writing(_recipient_of(claim))
    is_ours = still_ours(claim) is not None
    _close(claim, SendAttempt.Outcome.REFUSED, delivery)
    if not is_ours:
        return
    record_event(
        claim.message_id,
        MessageEvent.Kind.BOUNCED if hard else MessageEvent.Kind.FAILED,
        at=clock.now(),
        source_id=f"refused:{claim.attempt_id}",
        detail={"hard": hard, "code": delivery.code, "reason": delivery.detail},
        proves_delivery=False,
    )
    if not hard and is_about_sender(delivery.code, delivery.detail):
        _pause_domain_of(claim, f"A server refuses this sender: {delivery.detail}")


def _recipient_of(claim: Claim) -> list[str]:
    return list(Message.objects.filter(pk=claim.message_id).values_list("recipient", flat=True))


@transaction.atomic
def _objected(claim: Claim, delivery: Delivery) -> None:
    """Before the recipient was even looked at: the mail goes back, the domain stops."""
    outcome = SendAttempt.Outcome(delivery.outcome)
    put_back = claiming.put_back(
        claim, outcome, delivery.detail, clock.now(), reply_code=delivery.code
    )
    if put_back:
        _pause_domain_of(claim, f"The account was refused: {delivery.detail}")


def _pause_domain_of(claim: Claim, reason: str) -> None:
    SendingDomain.objects.filter(
        pk__in=Message.objects.filter(pk=claim.message_id).values("domain"), paused_at=None
    ).update(paused_at=clock.now(), pause_reason=reason[:500])


def retry_later(
    claim: Claim, outcome: SendAttempt.Outcome, detail: str, *, reply_code: int | None = None
) -> None:
    """Twice, later and later; then it has failed."""
    retries = Message.objects.values_list("retries", flat=True).get(pk=claim.message_id)
    if retries >= MAX_RETRIES:
        give_up(claim, outcome, f"still so after {MAX_RETRIES} retries: {detail}")
        return
    claiming.put_back(
        claim,
        outcome,
        detail,
        clock.now(),
        not_before=clock.now() + FIRST_BACKOFF * BACKOFF_FACTOR**retries,
        counts_as_retry=True,
        reply_code=reply_code,
    )


@transaction.atomic
def give_up(claim: Claim, outcome: SendAttempt.Outcome, reason: str) -> None:
    """It has failed, and its flow ends."""
    if still_ours(claim) is None:
        return
    claiming.close_attempt(claim, outcome, reason, clock.now())
    record_event(
        claim.message_id,
        MessageEvent.Kind.FAILED,
        at=clock.now(),
        source_id=f"failed:{claim.attempt_id}",
        detail={"reason": reason},
    )


@transaction.atomic
def put_back_unsent(claim: Claim, unsent: Unsent) -> None:
    """It goes back as it was."""
    claiming.put_back(claim, SendAttempt.Outcome.NOT_TRANSMITTED, unsent.reason, clock.now())
    if unsent.pauses_domain:
        _pause_domain_of(claim, unsent.reason)


@transaction.atomic
def withhold(claim: Claim, message: Message, decision: Decision) -> None:
    """The gate said no."""
    log.info("withheld", message_id=message.pk, verdict=decision.verdict.name, why=decision.why)
    now = clock.now()
    if decision.verdict is Verdict.NOT_YET:
        claiming.put_back(
            claim,
            SendAttempt.Outcome.WITHHELD,
            decision.why,
            now,
            not_before=decision.not_before,
        )
    elif decision.verdict is Verdict.NEVER:
        tally = Tally()
        claiming.cancel(claim, decision.why, now, tally=tally)
        if decision.end_reason is not None:
            ending = Enrollment.objects.filter(pk=message.enrollment_id)
            end_enrollments(ending, decision.end_reason, now, tally=tally)
        tally.write()


def _close(claim: Claim, outcome: SendAttempt.Outcome, delivery: Delivery) -> None:
    claiming.close_attempt(claim, outcome, delivery.detail, clock.now(), reply_code=delivery.code)
