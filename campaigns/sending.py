"""One domain's turn: claim, compose, connect, pass the gate, deliver, finish.

No network call happens inside a transaction. What can fail before the gate (composing,
connecting) costs no slot; what fails after it is told apart by how far the mail came.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from django.db import OperationalError

from campaigns.claiming import Claim, claim_due
from campaigns.composing import compose
from campaigns.decisions import Verdict
from campaigns.finishing import finish, give_up, put_back_unsent, retry_later, withhold
from campaigns.gate import AT_ONCE, HANDOVER, Departure, wait_at_gate
from campaigns.mail import CannotComposeError, ComposedMail, UnusableSenderError
from campaigns.models import Message, SendAttempt, SendingAccount, SendingDomain
from campaigns.outgoing import Outgoing
from campaigns.transport import (
    Delivery,
    Outcome,
    Transport,
    TransportUnavailableError,
    transport_for,
)
from mailsuite.lib import clock

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """How many mails went to the wire, and whether only the time was up."""

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
        at_once = 1 if domain.policy.interval_minutes else AT_ONCE
        sent, goes_on = 0, True
        try:
            with structlog.contextvars.bound_contextvars(domain=domain.name):
                while goes_on and time.monotonic() < ends:
                    count, goes_on = self._send_next(at_once)
                    sent += count
        finally:
            for transport in self._transports.values():
                transport.close()
        return Turn(sent, has_more=goes_on)

    def _send_next(self, at_once: int) -> tuple[int, bool]:
        """Take the next messages as far as they go; how many went to the wire, and whether
        there is any use in going on now."""
        claims = claim_due(
            self._domain_id, clock.now(), at_most=at_once, without_accounts=self._unreachable
        )
        if not claims:
            return 0, False
        messages = self._outgoing.read([claim.message_id for claim in claims])
        prepared = (self._prepared(claim, messages[claim.message_id]) for claim in claims)
        departures = [departure for departure in prepared if departure is not None]
        if not departures:
            return 0, True
        return self._depart(departures, messages)

    def _prepared(self, claim: Claim, message: Message) -> Departure | None:
        """The message composed, with a connection that it can leave by; None where one of the
        two cannot be had."""
        mail = self._composed(claim, message)
        if mail is None:
            return None
        account = message.alias.sending_account
        try:
            self._transport(account).connect()
        except TransportUnavailableError as problem:
            self._cannot_leave(claim, account, problem)
            return None
        return Departure(claim, mail)

    @staticmethod
    def _composed(claim: Claim, message: Message) -> ComposedMail | None:
        try:
            return compose(message)
        except UnusableSenderError as problem:
            put_back_unsent(claim, str(problem), pauses_domain=True)
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

    def _cannot_leave(
        self, claim: Claim, account: SendingAccount, problem: TransportUnavailableError
    ) -> None:
        self._unreachable.add(account.pk)
        put_back_unsent(claim, str(problem), pauses_domain=problem.is_account_problem)

    def _depart(
        self, departures: Sequence[Departure], messages: Mapping[int, Message]
    ) -> tuple[int, bool]:
        # From before the gate, so that a worker that is stopped in between does not think that it
        # has just passed.
        too_late = time.monotonic() + HANDOVER.total_seconds()
        decisions = wait_at_gate(departures)
        results = []
        withheld = []
        for departure, decision in zip(departures, decisions, strict=True):
            message = messages[departure.claim.message_id]
            if decision.verdict is not Verdict.PASSED:
                withheld.append((departure.claim, message, decision))
            elif delivery := self._deliver(departure, message.alias.sending_account, too_late):
                results.append((departure.claim, delivery))
        finish(results, read_before=messages)
        # Last, because whatever goes wrong with these must not keep a mail from leaving that has
        # passed: it would end as unknown.
        for claim, message, decision in withheld:
            withhold(claim, message, decision)
        verdicts = {decision.verdict for decision in decisions}
        return len(results), verdicts <= {Verdict.PASSED, Verdict.NEVER}

    def _deliver(
        self, departure: Departure, account: SendingAccount, too_late: float
    ) -> Delivery | None:
        """None where it did not leave at all, and is queued again.

        Its lease is meant for one mail: what comes too late might be another worker's by now.
        """
        if account.pk in self._unreachable:
            put_back_unsent(departure.claim, "The mail before it could not leave either.")
            return None
        if time.monotonic() > too_late:
            put_back_unsent(departure.claim, "It was not on its way soon enough after the gate.")
            return None
        try:
            delivery = self._transport(account).deliver(departure.mail)
        except TransportUnavailableError as problem:
            self._cannot_leave(departure.claim, account, problem)
            return None
        except Exception as problem:
            # How far it came nobody knows, so it may have been delivered.
            log.exception("mail was not delivered", message_id=departure.claim.message_id)
            self._unreachable.add(account.pk)
            return Delivery(Outcome.UNKNOWN, detail=f"{type(problem).__name__}: {problem}")
        if delivery.is_account_problem:
            self._unreachable.add(account.pk)
        return delivery
