"""One domain's turn: claim, compose, connect, pass the gate, deliver, finish.

No network call happens inside a transaction. What can fail before the gate (composing,
connecting) costs no slot; what fails after it is told apart by how far the mail came.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from django.db import OperationalError

from campaigns.claiming import CLAIM_LEASE, Claim, claim_due
from campaigns.composing import compose
from campaigns.decisions import Verdict
from campaigns.finishing import (
    Result,
    Unsent,
    finish,
    give_up,
    put_back_unsent,
    retry_later,
    withhold,
    write_each,
)
from campaigns.gate import AT_ONCE, HANDOVER, wait_at_gate
from campaigns.mail import CannotComposeError, ComposedMail, UnusableSenderError
from campaigns.models import Message, SendAttempt, SendingAccount, SendingDomain
from campaigns.outgoing import Outgoing
from campaigns.standing import Departure
from campaigns.transport import (
    Delivery,
    Outcome,
    Transport,
    TransportUnavailableError,
    transport_for,
)
from mailsuite.lib import clock

log = structlog.get_logger(__name__)

# Of a domain without a pause so many are claimed and read together, and pass the gate in smaller
# groups (gate.AT_ONCE).
CLAIMED_AT_ONCE = 50
_NOT_ITS_TURN = Unsent("Nothing more may leave just now.")


@dataclass(frozen=True, slots=True)
class Turn:
    """How many mails passed the gate, and whether there is any use in going on now."""

    sent: int
    has_more: bool


class Sender:
    """Sends the due messages of one domain, keeping the connection of each account open."""

    def __init__(self, domain_id: int) -> None:
        self._domain_id = domain_id
        self._outgoing = Outgoing()
        self._transports: dict[int, Transport] = {}
        # Out of reach in this turn; aliases with another account go on.
        self._unreachable: set[int] = set()

    def send_due(self, *, seconds: float) -> Turn:
        """Send until nothing may leave or the time is up (real seconds)."""
        ends = time.monotonic() + seconds
        domain = SendingDomain.objects.select_related("policy").get(pk=self._domain_id)
        at_once = (1, 1) if domain.policy.interval_minutes else (CLAIMED_AT_ONCE, AT_ONCE)
        sent, has_more = 0, True
        try:
            with structlog.contextvars.bound_contextvars(domain=domain.name):
                while has_more and time.monotonic() < ends:
                    turn = self._send_next(*at_once)
                    sent, has_more = sent + turn.sent, turn.has_more
        finally:
            for transport in self._transports.values():
                transport.close()
        return Turn(sent, has_more=has_more)

    def _send_next(self, claimed_at_once: int, passing_at_once: int) -> Turn:
        """Take the next messages as far as they go, so many of them through the gate together."""
        claims = claim_due(
            self._domain_id,
            clock.now(),
            at_most=claimed_at_once,
            without_accounts=self._unreachable,
        )
        messages = self._outgoing.read([claim.message_id for claim in claims])
        # The claims must outlast all of it: a server that does not answer takes a minute.
        too_late = time.monotonic() + CLAIM_LEASE.total_seconds() / 3
        waiting = [(claim, messages[claim.message_id]) for claim in claims]
        sent, has_more = 0, bool(waiting)
        while waiting and has_more:
            together, waiting = waiting[:passing_at_once], waiting[passing_at_once:]
            turn = self._send_together(together, too_late)
            sent, has_more = sent + turn.sent, turn.has_more
        write_each(partial(put_back_unsent, claim, _NOT_ITS_TURN) for claim, _ in waiting)
        return Turn(sent, has_more=has_more)

    def _send_together(self, claimed: Sequence[tuple[Claim, Message]], too_late: float) -> Turn:
        departures = []
        for claim, message in claimed:
            prepared = self._prepared(claim, message, too_late)
            if isinstance(prepared, Unsent):
                put_back_unsent(claim, prepared)
            elif prepared is not None:
                departures.append(prepared)
        return self._depart(departures) if departures else Turn(0, has_more=True)

    def _prepared(
        self, claim: Claim, message: Message, too_late: float
    ) -> Departure | Unsent | None:
        """The message composed, with a connection that it can leave by; None where it cannot be
        composed."""
        account = message.alias.sending_account
        if account.pk in self._unreachable:
            return Unsent("Its account could not be reached just now.")
        if time.monotonic() > too_late:
            return Unsent("Those before it took too long.")
        mail = self._composed(claim, message)
        if mail is None:
            return None
        try:
            self._transport(account).connect()
        except TransportUnavailableError as problem:
            return self._cannot_leave(account, problem)
        return Departure(claim, message, mail)

    @staticmethod
    def _composed(claim: Claim, message: Message) -> ComposedMail | None:
        try:
            return compose(message)
        except UnusableSenderError as problem:
            put_back_unsent(claim, Unsent(str(problem), pauses_domain=True))
        except CannotComposeError as problem:
            give_up(claim, SendAttempt.Outcome.NOT_COMPOSED, str(problem))
        except OperationalError:
            raise
        except Exception as problem:
            # One mail must not hold up all those behind it, whatever we did not think of.
            log.exception("mail could not be composed", message_id=message.pk)
            detail = f"{type(problem).__name__}: {problem}"
            retry_later(claim, SendAttempt.Outcome.NOT_COMPOSED, detail)
        return None

    def _transport(self, account: SendingAccount) -> Transport:
        if account.pk not in self._transports:
            self._transports[account.pk] = transport_for(account)
        return self._transports[account.pk]

    def _cannot_leave(self, account: SendingAccount, problem: TransportUnavailableError) -> Unsent:
        log.warning("account out of reach", account=account.name, detail=str(problem))
        self._unreachable.add(account.pk)
        return Unsent(str(problem), pauses_domain=problem.is_account_problem)

    def _depart(self, departures: Sequence[Departure]) -> Turn:
        """Through the gate, out, and written down."""
        # From before the gate, so that a worker that is stopped in between does not think that it
        # has just passed.
        too_late = time.monotonic() + HANDOVER.total_seconds()
        try:
            decisions = wait_at_gate(departures)
        except OperationalError:
            raise
        except Exception as problem:
            return self._depart_apart(departures, problem)
        results: list[Result] = []
        withheld = []
        for departure, decision in zip(departures, decisions, strict=True):
            if decision.verdict is Verdict.PASSED:
                results.append((departure.claim, self._deliver(departure, too_late)))
            else:
                withheld.append(partial(withhold, departure.claim, departure.message, decision))
        # Only when all are out: whatever goes wrong with writing must not keep a mail from leaving
        # that has passed, since it would end as unknown.
        finish(results, read_before={one.message.pk: one.message for one in departures})
        write_each(withheld)
        verdicts = {decision.verdict for decision in decisions}
        return Turn(len(results), has_more=verdicts <= {Verdict.PASSED, Verdict.NEVER})

    def _depart_apart(self, departures: Sequence[Departure], problem: Exception) -> Turn:
        """One by one after a failure at the gate that we did not think of, to find whose it is."""
        if len(departures) == 1:
            claim = departures[0].claim
            log.error("gate failed", message_id=claim.message_id, exc_info=problem)
            detail = f"{type(problem).__name__}: {problem}"
            retry_later(claim, SendAttempt.Outcome.NOT_COMPOSED, detail)
            return Turn(0, has_more=True)
        turns = [self._depart([departure]) for departure in departures]
        return Turn(sum(turn.sent for turn in turns), has_more=all(turn.has_more for turn in turns))

    def _deliver(self, departure: Departure, too_late: float) -> Delivery | Unsent:
        """Its lease is meant for one mail: what comes too late might be another worker's by now."""
        account = departure.message.alias.sending_account
        if account.pk in self._unreachable:
            return Unsent("The mail before it could not leave either.")
        if time.monotonic() > too_late:
            return Unsent("It was not on its way soon enough after the gate.")
        try:
            delivery = self._transport(account).deliver(departure.mail)
        except TransportUnavailableError as problem:
            return self._cannot_leave(account, problem)
        except Exception as problem:
            # How far it came nobody knows, so it may have been delivered.
            log.exception("mail was not delivered", message_id=departure.claim.message_id)
            self._unreachable.add(account.pk)
            return Delivery(Outcome.UNKNOWN, detail=f"{type(problem).__name__}: {problem}")
        if delivery.is_account_problem:
            self._unreachable.add(account.pk)
        return delivery
