"""How a reply of ours leaves: claim, connect, look once more, deliver, write down.

The rule of campaign mails (docs/reliability.md) for mails of people: what may have been delivered
is never sent again by itself. No slot of the throttle is taken and no window is waited for, since
somebody sits there and waits for the answer.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import OperationalError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from campaigns.claiming import CLAIM_LEASE
from campaigns.gate import HANDOVER, WIRE_LEASE
from campaigns.mail import CannotComposeError, ComposedMail
from campaigns.reconnecting import through_outages
from campaigns.transport import (
    Delivery,
    Outcome,
    Transport,
    TransportUnavailableError,
    transport_for,
)
from leads.suppression import hold_addresses
from mailsuite.lib import clock
from tracking.inbox.composing import composed
from tracking.inbox.permission import addresses_of, objection
from tracking.models import OutboundReply

log = structlog.get_logger(__name__)

Status, Phase = OutboundReply.Status, OutboundReply.Phase

MAX_RETRIES = 2
FIRST_BACKOFF = timedelta(minutes=2)
BACKOFF_FACTOR = 5
_LONGEST_DETAIL = 1000
# Final: the next try would fare no better until somebody has changed something.
_FINAL = (Outcome.REFUSED,)


@dataclass(frozen=True, slots=True)
class _Passed:
    """A mail that may leave, until then (by the monotonic clock)."""

    mail: ComposedMail
    too_late: float


def due(now: datetime) -> list[int]:
    """Replies that are to leave, the oldest first. `now` is business time."""
    queued = OutboundReply.objects.filter(status=Status.QUEUED, next_try_at__lte=now)
    return list(queued.order_by("next_try_at", "id").values_list("pk", flat=True))


def send(reply_id: int) -> None:
    """Try a reply that is due, once. Called twice at a time, the second call does nothing."""
    reply = _claimed(reply_id, clock.now())
    if reply is None:
        return
    with transport_for(reply.alias.sending_account) as transport:
        ready = _ready(reply, transport)
        if isinstance(ready, _Passed):
            ready = _delivered(reply, transport, ready)
        if ready is not None:
            _write_down(reply, ready)


def _ready(reply: OutboundReply, transport: Transport) -> _Passed | Delivery | None:
    """The mail, when it may leave by a transport that is connected; why it did not leave; None
    where the last look was the end of it. Whatever goes wrong in here, nothing has left."""
    try:
        mail = composed(reply)
        transport.connect()
        # From before the look, so that a worker that was stopped in between does not think that it
        # has just looked.
        too_late = time.monotonic() + HANDOVER.total_seconds()
        return _Passed(replace(mail, cc=tuple(reply.cc)), too_late) if _passes(reply) else None
    except CannotComposeError as problem:
        return Delivery(Outcome.REFUSED, detail=str(problem))
    except TransportUnavailableError as problem:
        return _unavailable(problem)
    except OperationalError:  # of the reaper then
        raise
    except Exception as problem:
        log.exception("reply could not be made ready", reply_id=reply.pk)
        return Delivery(Outcome.NOT_TRANSMITTED, detail=f"{type(problem).__name__}: {problem}")


def reap_expired_leases() -> int:
    """Take over what dead workers left: queued again before the look, unknown after it."""
    expired = OutboundReply.objects.filter(status=Status.SENDING, lease_until__lt=Now())
    again = expired.filter(phase=Phase.CLAIMED).update(
        status=Status.QUEUED, attempt_id=None, lease_until=None, phase=""
    )
    # Keeps its attempt id: the worker may have been slow only, and still knows the answer.
    lost = expired.filter(phase=Phase.WIRE).update(
        status=Status.UNKNOWN, lease_until=None, detail="Its worker died while it was sent."
    )
    return again + lost


def _claimed(reply_id: int, now: datetime) -> OutboundReply | None:
    attempt_id = uuid.uuid4()
    is_due = Q(pk=reply_id, status=Status.QUEUED, next_try_at__lte=now)
    taken = OutboundReply.objects.filter(is_due).update(
        status=Status.SENDING,
        phase=Phase.CLAIMED,
        attempt_id=attempt_id,
        lease_until=Now() + CLAIM_LEASE,
    )
    if not taken:
        return None
    related = OutboundReply.objects.select_related(
        "alias__account",
        "alias__domain__account",
        "alias__domain__policy",
        "inbound__message__lead",
        "message__lead",
    )
    return related.defer("inbound__raw", "inbound__search_words").get(pk=reply_id)


@transaction.atomic
def _passes(reply: OutboundReply) -> bool:
    """The last look: whether the person may still be answered, and the attempt is still ours.
    When True, it counts as on the wire. Who in Cc has opted out meanwhile is taken out of
    `reply.cc` for this attempt."""
    addresses = addresses_of(reply.inbound, reply.recipient)
    hold_addresses(sorted({*addresses, *reply.cc}))
    mine = _still_mine(reply).filter(status=Status.SENDING, lease_until__gt=Now())
    if refusal := objection(addresses):
        mine.update(status=Status.FAILED, lease_until=None, detail=refusal[:_LONGEST_DETAIL])
        return False
    _leave_out(reply)
    now = clock.now()
    return bool(mine.update(phase=Phase.WIRE, lease_until=Now() + WIRE_LEASE, sent_at=now))


def _leave_out(reply: OutboundReply) -> None:
    refusals = {one: objection([one]) for one in reply.cc}
    reply.cc = [one for one, refusal in refusals.items() if not refusal]
    reply.cc_detail = " ".join(filter(None, refusals.values()))


def _delivered(reply: OutboundReply, transport: Transport, passed: _Passed) -> Delivery:
    if time.monotonic() > passed.too_late:
        return Delivery(Outcome.NOT_TRANSMITTED, detail="It was not on its way soon enough.")
    try:
        return transport.deliver(passed.mail)
    except TransportUnavailableError as problem:
        return _unavailable(problem)
    except Exception as problem:
        # How far it came nobody knows, so it may have been delivered.
        log.exception("reply was not delivered", reply_id=reply.pk)
        return Delivery(Outcome.UNKNOWN, detail=f"{type(problem).__name__}: {problem}")


def _unavailable(problem: TransportUnavailableError) -> Delivery:
    return Delivery(
        Outcome.NOT_TRANSMITTED,
        detail=str(problem),
        is_account_problem=problem.is_account_problem,
    )


def _write_down(reply: OutboundReply, delivery: Delivery) -> None:
    """What the server said, if the attempt is still the reply's: a worker that comes late finds
    it `unknown` and settles that, and finds nothing where somebody has settled it by hand."""
    became = _outcome(reply, delivery)
    cc_detail = "\n".join(filter(None, [reply.cc_detail, *delivery.turned_away]))
    log.info("reply", reply_id=reply.pk, outcome=delivery.outcome.value, code=delivery.code)
    through_outages(
        lambda: (
            _still_mine(reply)
            .filter(status__in=[Status.SENDING, Status.UNKNOWN])
            .update(
                lease_until=None,
                reply_code=delivery.code,
                detail=delivery.detail[:_LONGEST_DETAIL],
                cc_detail=cc_detail[:_LONGEST_DETAIL],
                **became,
            )
        )
    )


def _outcome(reply: OutboundReply, delivery: Delivery) -> dict[str, Any]:
    if delivery.is_accepted:
        return {"status": Status.SENT}
    if delivery.outcome is Outcome.UNKNOWN:
        return {"status": Status.UNKNOWN}
    final = delivery.outcome in _FINAL or delivery.is_account_problem
    if final or reply.retries >= MAX_RETRIES:
        return {"status": Status.FAILED, "sent_at": None}
    return {
        "status": Status.QUEUED,
        "sent_at": None,
        "phase": "",
        "retries": F("retries") + 1,
        "next_try_at": clock.now() + FIRST_BACKOFF * BACKOFF_FACTOR**reply.retries,
    }


def _still_mine(reply: OutboundReply) -> Any:
    return OutboundReply.objects.filter(pk=reply.pk, attempt_id=reply.attempt_id)
