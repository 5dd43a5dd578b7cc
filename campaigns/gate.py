"""The gate: the last look before the wire, and the only place where a slot is taken.

Everything that may forbid a mail is read here under locks that whoever changes it takes
too. So once a suppression, a stop, a reply or a pause has committed, no mail passes any
more; and a mail that passed before was on its way before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now

from campaigns import objections, throttle
from campaigns.claiming import Claim
from campaigns.decisions import Decision, Verdict
from campaigns.kept_content import keep
from campaigns.mail import ComposedMail
from campaigns.models import Campaign, Enrollment, Message, SendAttempt, SendingDomain
from campaigns.reconnecting import through_outages
from campaigns.transport.smtp import COMMAND_TIMEOUT_SECONDS
from leads.models import Lead
from leads.suppression import hold_addresses, suppressed_among
from mailsuite.lib import clock

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


@dataclass(frozen=True, slots=True)
class Departure:
    """A claimed message with the mail that was composed of it, ready to leave."""

    claim: Claim
    mail: ComposedMail


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
    hold_addresses([departure.mail.recipient for departure in departures])
    messages, domain = _locked([departure.claim for departure in departures])
    # Read only now: who waited for another gate to finish must not go by the time before.
    now = clock.now()
    decisions = _throttled(_unthrottled(departures, messages, now), domain, now)
    passed = [
        departure
        for departure, decision in zip(departures, decisions, strict=True)
        if decision.verdict is Verdict.PASSED
    ]
    if passed:
        _take_to_wire(passed, now)
    return decisions


def _locked(claims: Sequence[Claim]) -> tuple[dict[int, Message], SendingDomain]:
    """Id → message, for those that are still these claims', and their domain; all that may
    forbid them is locked, and read as it is then: shared where many gates read it, for this one
    alone where the slot is taken."""
    found = Message.objects.filter(pk__in=[claim.message_id for claim in claims]).values_list(
        "campaign_id", "lead_id", "enrollment_id", "domain_id"
    )
    campaign_ids, lead_ids, enrollment_ids, domain_ids = map(set, zip(*found, strict=True))
    campaigns = _share_locked(Campaign, campaign_ids)
    leads = _share_locked(Lead, lead_ids)
    enrollments = _share_locked(Enrollment, enrollment_ids)
    ours = Message.objects.raw(
        "SELECT id, campaign_id, lead_id, enrollment_id, domain_id, scheduled_at, "  # noqa: S608
        f"not_before FROM {Message._meta.db_table} "
        "WHERE attempt_id = ANY(%s) AND status = 'sending' AND phase = 'claimed' "
        "AND lease_until > now() ORDER BY id FOR NO KEY UPDATE",
        [[claim.attempt_id for claim in claims]],
    )
    messages = {message.pk: message for message in ours}
    domain = (
        SendingDomain.objects.select_related("policy")
        .select_for_update(no_key=True, of=("self",))
        .get(pk__in=domain_ids)
    )
    for message in messages.values():
        message.campaign = campaigns[message.campaign_id]
        message.lead = leads[message.lead_id]
        message.enrollment = enrollments[message.enrollment_id]
        message.domain = domain
    return messages, domain


def _unthrottled(
    departures: Sequence[Departure], messages: Mapping[int, Message], now: datetime
) -> list[Decision]:
    """The decisions with the throttle left aside."""
    suppressed = suppressed_among([departure.mail.recipient for departure in departures])
    for_now = objections.ForNow(now)
    decisions = []
    for departure in departures:
        message = messages.get(departure.claim.message_id)
        if message is None:
            decisions.append(Decision(Verdict.LOST))
            continue
        is_suppressed = departure.mail.recipient in suppressed
        decisions.append(
            objections.for_good(message, is_suppressed=is_suppressed)
            or for_now.objection(message)
            or Decision(Verdict.PASSED)
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
    with connection.cursor() as cursor:
        cursor.execute(
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
    keep(mails)


Shared = TypeVar("Shared", Campaign, Lead, Enrollment)

# What objections ask; the rest stays in the database.
_ASKED = {
    Campaign: "id, status, daily_limit, send_days, send_from, send_until",
    Lead: "id, status, stopped_at, deleted_at",
    Enrollment: "id, status, end_reason",
}


def _share_locked(model: type[Shared], ids: Collection[int]) -> dict[int, Shared]:
    """The rows by id. Any number of gates at once; whoever changes them waits for these, and
    they for it."""
    rows = model.objects.raw(
        f"SELECT {_ASKED[model]} FROM {model._meta.db_table} "  # noqa: S608
        "WHERE id = ANY(%s) ORDER BY id FOR SHARE",
        [list(ids)],
    )
    return {row.pk: row for row in rows}
