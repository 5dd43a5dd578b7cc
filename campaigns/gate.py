"""The gate: the last look before the wire, and the only place where a slot is taken.

Everything that may forbid a mail is read here under locks that whoever changes it takes
too. So once a suppression, a stop, a reply or a pause has committed, no mail passes any
more; and a mail that passed before was on its way before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now

from campaigns import objections, throttle
from campaigns.decisions import Decision, Verdict
from campaigns.kept_content import keep
from campaigns.models import Message, SendAttempt, SendingDomain
from campaigns.reconnecting import through_outages
from campaigns.standing import Departure, Standing, lock_standing
from campaigns.transport.connection import COMMAND_TIMEOUT_SECONDS
from mailsuite.lib import clock
from mailsuite.lib.statements import Statement, run_together

log = structlog.get_logger(__name__)

# Of a domain without a pause this many pass at once. So many at most are left `unknown` by a
# worker that is killed.
AT_ONCE = 10

# What has passed must be on its way by then, or it does not leave at all (see sending).
HANDOVER = timedelta(seconds=60)

# MAIL, RCPT and DATA each take their time, then the server thinks about the whole mail.
WIRE_LEASE = HANDOVER + timedelta(
    seconds=4 * COMMAND_TIMEOUT_SECONDS + settings.SMTP_TIMEOUT_SECONDS
)


def wait_at_gate(departures: Sequence[Departure]) -> list[Decision]:
    """pass_gate() now, and once more if all that is in the way is a throttle that opens within
    PATIENCE."""
    decisions = pass_gate(departures)
    (opens_at, *others) = {decision.opens_at for decision in decisions}
    now = clock.now()
    if others or opens_at is None or not now < opens_at <= now + throttle.PATIENCE:
        return decisions
    clock.wait(opens_at - now)
    return pass_gate(departures)


def pass_gate(departures: Sequence[Departure]) -> list[Decision]:
    """Decide on messages of one domain, in the order in which they would leave, at the business
    time when their turn comes. `departures` is not empty.

    Of those that PASSED the slots are taken, the messages are in phase `wire`, their content is
    stored, and all that is committed. Raises OperationalError where the database stays away;
    the reaper then finds the messages as they were left.
    """
    try:
        return _decide(departures)
    except OperationalError:
        # Killed in a deadlock, or gone; and the answer to the COMMIT may be all that was lost. Not
        # to look would leave mails as `unknown` that never left, or let more pass than may.
        log.warning("gate without an answer", exc_info=True)
        connection.close()
        return through_outages(lambda: _found_passed(departures) or _decide(departures))


def _found_passed(departures: Sequence[Departure]) -> list[Decision]:
    """The decisions as they were committed; [] where none passed."""
    passed = _have_passed(departures)
    if not passed:
        return []
    return [
        Decision(Verdict.PASSED if departure.claim.message_id in passed else Verdict.LOST)
        for departure in departures
    ]


def _have_passed(departures: Sequence[Departure]) -> set[int]:
    """The ids of those on the wire by what is committed, and still in their time."""
    on_the_wire = Message.objects.filter(
        attempt_id__in=[departure.claim.attempt_id for departure in departures],
        status=Message.Status.SENDING,
        phase=Message.Phase.WIRE,
        lease_until__gt=Now(),
    )
    return set(on_the_wire.values_list("pk", flat=True))


@transaction.atomic
def _decide(departures: Sequence[Departure]) -> list[Decision]:
    standing, domain = lock_standing(departures)
    # Read only now: who waited for another gate to finish must not go by the time before.
    now = clock.now()
    decisions = _throttled(_unthrottled(departures, standing, now), domain, now)
    passed = [
        departure
        for departure, decision in zip(departures, decisions, strict=True)
        if decision.verdict is Verdict.PASSED
    ]
    if passed:
        _take_to_wire(passed, now)
    return decisions


def _unthrottled(
    departures: Sequence[Departure], standing: Mapping[int, Standing], now: datetime
) -> list[Decision]:
    """The decisions with the throttle left aside."""
    for_now = objections.ForNow(now)
    decisions = []
    for departure in departures:
        found = standing.get(departure.claim.message_id)
        if found is None:
            decisions.append(Decision(Verdict.LOST))
            continue
        decisions.append(
            objections.for_good(found) or for_now.objection(found) or Decision(Verdict.PASSED)
        )
    return decisions


def _throttled(
    decisions: Sequence[Decision], domain: SendingDomain, now: datetime
) -> list[Decision]:
    """The same, with those that the throttle stops; the first ones go first."""
    wanted = sum(decision.verdict is Verdict.PASSED for decision in decisions)
    free = throttle.take_slots(domain, wanted, now) if wanted else 0
    closed = Decision(
        Verdict.NOT_YET, "the domain's throttle is closed", opens_at=domain.next_allowed_at
    )
    throttled = []
    for decision in decisions:
        passes = decision.verdict is Verdict.PASSED
        throttled.append(closed if passes and not free else decision)
        free -= passes and free > 0
    return throttled


def _take_to_wire(departures: Sequence[Departure], now: datetime) -> None:
    mails = {departure.claim.message_id: departure.mail for departure in departures}
    run_together(
        Statement(
            "take_to_wire",
            f"WITH wire AS (UPDATE {Message._meta.db_table} AS message"  # noqa: S608
            " SET phase = 'wire', recipient = mail.recipient,"
            " lease_until = now() + make_interval(secs => %s)"
            " FROM unnest(%s::bigint[], %s::text[]) AS mail (message_id, recipient)"
            " WHERE message.id = mail.message_id"
            " RETURNING message.attempt_id, message.scheduled_at) "
            f"UPDATE {SendAttempt._meta.db_table} AS attempt"
            " SET gated_at = %s, passed_at = clock_timestamp(), scheduled_at = wire.scheduled_at"
            " FROM wire WHERE attempt.attempt_id = wire.attempt_id",
            [
                WIRE_LEASE.total_seconds(),
                list(mails),
                [mail.recipient for mail in mails.values()],
                now,
            ],
        )
    )
    keep(mails)
