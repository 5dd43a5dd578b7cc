"""One domain's turn: claim, compose, connect, pass the gate, deliver, finish.

No network call happens inside a transaction. What can fail before the gate (composing,
connecting) costs no slot; what fails after it is told apart by how far the mail came.
"""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from django.db import transaction

from campaigns import claiming
from campaigns.claiming import Claim, claim_next
from campaigns.composing import COMPOSED_FROM, compose
from campaigns.enrollments import end_enrollments
from campaigns.events import mark_sent, record_event
from campaigns.gate import Decision, Verdict, wait_at_gate
from campaigns.mail import CannotComposeError
from campaigns.message_lock import lock_message
from campaigns.models import (
    Enrollment,
    Message,
    MessageEvent,
    SendAttempt,
    SendingAccount,
    SendingDomain,
)
from campaigns.reconnecting import through_outages
from campaigns.refusals import is_about_sender, is_hard_bounce
from campaigns.transport import (
    Delivery,
    Outcome,
    Transport,
    TransportUnavailableError,
    transport_for,
)
from mailsuite.lib import clock

log = structlog.get_logger(__name__)

MAX_RETRIES = 2
FIRST_BACKOFF = timedelta(minutes=10)
BACKOFF_FACTOR = 3

# A mail in one of these can still turn out to have been accepted.
_OPEN = (Message.Status.QUEUED, Message.Status.SENDING, Message.Status.UNKNOWN)


class Sender:
    """Sends the due messages of one domain, keeping the connection of each account open."""

    def __init__(self, domain_id: int) -> None:
        self._domain_id = domain_id
        self._transports: dict[int, Transport] = {}
        # Out of reach in this turn; aliases with another account go on.
        self._unreachable: set[int] = set()

    def send_due(self, *, seconds: float) -> int:
        """Send until nothing may leave or the time is up (real seconds); answer how many left."""
        ends = time.monotonic() + seconds
        sent = 0
        try:
            while time.monotonic() < ends and self.send_one_due():
                sent += 1
        finally:
            for transport in self._transports.values():
                transport.close()
        return sent

    def send_one_due(self) -> bool:
        """Take one message as far as it goes; False when there is no use in going on now."""
        claim = claim_next(self._domain_id, clock.now(), without_accounts=self._unreachable)
        if claim is None:
            return False
        message = Message.objects.select_related(
            "alias__account", "alias__domain__account", *COMPOSED_FROM
        ).get(pk=claim.message_id)
        with structlog.contextvars.bound_contextvars(
            message_id=message.pk, domain=message.domain.name
        ):
            return self._send(claim, message)

    def _send(self, claim: Claim, message: Message) -> bool:
        try:
            mail = compose(message)
        except CannotComposeError as problem:
            _give_up(claim, SendAttempt.Outcome.NOT_COMPOSED, str(problem))
            return True
        try:
            transport = self._connected(message.alias.sending_account)
        except TransportUnavailableError as problem:
            self._unreachable.add(message.alias.sending_account.pk)
            _no_connection(claim, message, problem)
            return True
        decision = wait_at_gate(claim, mail)
        if decision.verdict is not Verdict.PASSED:
            _withhold(claim, message, decision)
            return decision.verdict is Verdict.NEVER
        finish(claim, transport.deliver(mail))
        return True

    def _connected(self, account: SendingAccount) -> Transport:
        transport = self._transports.setdefault(account.pk, transport_for(account))
        transport.connect()
        return transport


def finish(claim: Claim, delivery: Delivery) -> None:
    """Write down what became of a message that passed the gate.

    Compare-and-set on the attempt id: where somebody took the message over meanwhile, their
    word stands. That also makes it safe to write again when the database went away or killed
    the transaction: a definite answer is worth some patience.
    """
    log.info("delivery", outcome=delivery.outcome, code=delivery.code, detail=delivery.detail)
    through_outages(lambda: _write_down(claim, delivery))


def _write_down(claim: Claim, delivery: Delivery) -> None:
    if delivery.is_account_problem:
        _objected(claim, delivery)
    elif delivery.outcome == Outcome.ACCEPTED:
        _accepted(claim, delivery)
    elif delivery.outcome == Outcome.UNKNOWN:
        _unknown(claim, delivery)
    elif delivery.outcome == Outcome.REFUSED:
        _refused(claim, delivery)
    else:
        _retry(claim, delivery)


@transaction.atomic
def _accepted(claim: Claim, delivery: Delivery) -> None:
    """Also of an attempt that was replaced: the mail is out, so no other must leave."""
    message = lock_message(claim.message_id)
    gated = SendAttempt.objects.filter(
        attempt_id=claim.attempt_id, message=message, gated_at__isnull=False
    )
    if message.status not in _OPEN or not gated.exists():
        return
    _close(claim, SendAttempt.Outcome.ACCEPTED, delivery)
    mark_sent(message)


@transaction.atomic
def _unknown(claim: Claim, delivery: Delivery) -> None:
    message = _still_ours(claim)
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
    if _still_ours(claim) is None:
        return
    hard = is_hard_bounce(delivery.code, delivery.detail)
    _close(claim, SendAttempt.Outcome.REFUSED, delivery)
    record_event(
        claim.message_id,
        MessageEvent.Kind.BOUNCED if hard else MessageEvent.Kind.FAILED,
        at=clock.now(),
        source_id=f"refused:{claim.attempt_id}",
        detail={"hard": hard, "code": delivery.code, "reason": delivery.detail},
    )
    if not hard and is_about_sender(delivery.code, delivery.detail):
        _pause_domain_of(claim, f"A server refuses this sender: {delivery.detail}")


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


def _retry(claim: Claim, delivery: Delivery) -> None:
    """Twice, later and later; then it has failed."""
    retries = Message.objects.values_list("retries", flat=True).get(pk=claim.message_id)
    outcome = SendAttempt.Outcome(delivery.outcome)
    if retries >= MAX_RETRIES:
        _give_up(claim, outcome, f"still refused after {MAX_RETRIES} retries: {delivery.detail}")
        return
    claiming.put_back(
        claim,
        outcome,
        delivery.detail,
        clock.now(),
        not_before=clock.now() + FIRST_BACKOFF * BACKOFF_FACTOR**retries,
        counts_as_retry=True,
        reply_code=delivery.code,
    )


@transaction.atomic
def _give_up(claim: Claim, outcome: SendAttempt.Outcome, reason: str) -> None:
    if not Message.objects.filter(**claiming.held_by(claim)).exists():
        return
    claiming.close_attempt(claim, outcome, reason, clock.now())
    record_event(
        claim.message_id,
        MessageEvent.Kind.FAILED,
        at=clock.now(),
        source_id=f"failed:{claim.attempt_id}",
        detail={"reason": reason},
    )


def _no_connection(claim: Claim, message: Message, problem: TransportUnavailableError) -> None:
    """Not this mail's fault: it goes back as it was. A refused login stops the whole domain,
    because each further try brings the account nearer to being locked."""
    log.warning("no connection", detail=str(problem))
    claiming.put_back(claim, SendAttempt.Outcome.NOT_TRANSMITTED, str(problem), clock.now())
    if problem.is_account_problem:
        _pause_domain_of(claim, str(problem))


def _withhold(claim: Claim, message: Message, decision: Decision) -> None:
    log.info("withheld", verdict=decision.verdict.name, why=decision.why)
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
        claiming.cancel(claim, decision.why, now)
        if decision.end_reason is not None:
            end_enrollments(
                Enrollment.objects.filter(pk=message.enrollment_id), decision.end_reason, now
            )


def _still_ours(claim: Claim) -> Message | None:
    """The message, locked, while the attempt is still this claim's.

    From `unknown` too: the reaper may have given up on a worker that was merely slow.
    """
    if not Message.objects.filter(**claiming.held_by(claim)).exists():
        return None
    message = lock_message(claim.message_id)
    under_way = message.status in (Message.Status.SENDING, Message.Status.UNKNOWN)
    return message if under_way and message.attempt_id == claim.attempt_id else None


def _close(claim: Claim, outcome: SendAttempt.Outcome, delivery: Delivery) -> None:
    claiming.close_attempt(claim, outcome, delivery.detail, clock.now(), reply_code=delivery.code)
