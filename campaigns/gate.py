"""The gate: the last look before the wire, and the only place where a slot is taken.

Everything that may forbid a mail is read here under locks that whoever changes it takes
too. So once a suppression, a stop, a reply or a pause has committed, no mail passes any
more; and a mail that passed before was on its way before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from campaigns.calendars import sending_calendar
from campaigns.claiming import Claim, held_by
from campaigns.kept_content import keep
from campaigns.mail import ComposedMail
from campaigns.models import (
    Campaign,
    Enrollment,
    Message,
    SendAttempt,
    SendingDomain,
)
from campaigns.reconnecting import through_outages
from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.errors import NoSendingDayError
from campaigns.transport.smtp import COMMAND_TIMEOUT_SECONDS
from leads.models import Lead
from leads.suppression import hold_address, is_suppressed
from mailsuite.lib import clock
from mailsuite.lib.errors import Refusal

log = structlog.get_logger(__name__)

# How long a sender stands in front of a throttle that is about to open. Ticks come in step
# with it (a minute, twenty minutes): without this, each would be a hair too early, and a
# domain would lose a minute a mail.
PATIENCE = timedelta(seconds=5)

# MAIL, RCPT and DATA each take their time, then the server thinks about the whole mail.
WIRE_LEASE = timedelta(seconds=4 * COMMAND_TIMEOUT_SECONDS + settings.SMTP_TIMEOUT_SECONDS)


class Verdict(Enum):
    PASSED = "passed"
    LOST = "the claim was lost to another worker"
    # Back to the queue: it may leave later.
    NOT_YET = "not yet"
    # Never: the message is canceled and the flow ended.
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    why: str = ""
    # With NEVER: why the enrollment ends.
    end_reason: Enrollment.EndReason | None = None
    # With NOT_YET: when the throttle opens, where that is all that is in the way.
    opens_at: datetime | None = None
    # With NOT_YET: there is no use in asking again before this.
    not_before: datetime | None = None


def wait_at_gate(claim: Claim, mail: ComposedMail) -> Decision:
    """pass_gate() now, and once more if the throttle opens within PATIENCE."""
    decision = pass_gate(claim, mail)
    now = clock.now()
    if decision.opens_at is None or not now < decision.opens_at <= now + PATIENCE:
        return decision
    clock.wait(decision.opens_at - now)
    return pass_gate(claim, mail)


def pass_gate(claim: Claim, mail: ComposedMail) -> Decision:
    """Decide on a claimed, composed message, at the business time when its turn comes.

    When it answers PASSED, the slot is taken, the message is in phase `wire`, its content
    is stored, and all that is committed. Raises OperationalError where the database went away
    before that; the reaper then finds the message as it was left.
    """
    try:
        return _decide(claim, mail)
    except OperationalError:
        # The answer to the COMMIT may be all that was lost. Not to look would leave a mail as
        # `unknown` that never left; to take it for a failure would let another one pass.
        log.warning("gate without an answer", attempt_id=str(claim.attempt_id), exc_info=True)
        connection.close()
        if not through_outages(lambda: _has_passed(claim)):
            raise
        return Decision(Verdict.PASSED)


def _has_passed(claim: Claim) -> bool:
    """Whether the attempt is on the wire by what is committed, and still in its time."""
    return Message.objects.filter(
        **held_by(claim),
        status=Message.Status.SENDING,
        phase=Message.Phase.WIRE,
        lease_until__gt=Now(),
    ).exists()


def _decide(claim: Claim, mail: ComposedMail) -> Decision:
    with transaction.atomic():
        hold_address(mail.recipient)
        message = _locked(claim)
        if message is None:
            return Decision(Verdict.LOST)
        # Read only now: who waited for another gate to finish must not go by the time before.
        now = clock.now()
        decision = (
            _forbidden_for_good(message, mail)
            or _forbidden_for_now(message, now)
            or _take_slot(message, now)
        )
        if decision.verdict is Verdict.PASSED:
            _take_to_wire(claim, message, mail, now)
        return decision


def _locked(claim: Claim) -> Message | None:
    """The message while it is this claim's, with all that may forbid it locked: shared where
    many gates read it, for this one alone where the slot is taken."""
    found = (
        Message.objects.filter(pk=claim.message_id)
        .values_list("campaign_id", "lead_id", "enrollment_id", "domain_id")
        .first()
    )
    if found is None:
        return None
    campaign_id, lead_id, enrollment_id, domain_id = found
    _share_lock(Campaign, campaign_id)
    _share_lock(Lead, lead_id)
    _share_lock(Enrollment, enrollment_id)
    ours = Message.objects.filter(
        **held_by(claim), status=Message.Status.SENDING, lease_until__gt=Now()
    )
    if not ours.select_for_update(no_key=True).exists():
        return None
    SendingDomain.objects.select_for_update(no_key=True).only("pk").get(pk=domain_id)
    return Message.objects.select_related("campaign", "enrollment", "lead", "domain__policy").get(
        pk=claim.message_id
    )


def _forbidden_for_good(message: Message, mail: ComposedMail) -> Decision | None:
    lead, reasons = message.lead, Enrollment.EndReason
    if message.enrollment.status != Enrollment.Status.ACTIVE:
        return Decision(Verdict.NEVER, f"the flow has ended: {message.enrollment.end_reason}")
    if message.campaign.status == Campaign.Status.STOPPED:
        return Decision(Verdict.NEVER, "the campaign was stopped", reasons.CAMPAIGN_STOPPED)
    if lead.deleted_at is not None:
        return Decision(Verdict.NEVER, "the lead was deleted", reasons.DELETED)
    if lead.stopped_at is not None:
        return Decision(Verdict.NEVER, "the lead was stopped", reasons.STOPPED)
    if lead.status == Lead.Status.BOUNCED:
        return Decision(Verdict.NEVER, "the lead's address bounced", reasons.BOUNCED)
    if lead.status == Lead.Status.SUPPRESSED or is_suppressed(mail.recipient):
        return Decision(Verdict.NEVER, "the address is suppressed", reasons.SUPPRESSED)
    return None


def _forbidden_for_now(message: Message, now: datetime) -> Decision | None:
    campaign = message.campaign
    if campaign.status != Campaign.Status.RUNNING:
        return Decision(Verdict.NOT_YET, f"the campaign is {campaign.status}")
    if message.not_before is None or message.not_before > now:
        return Decision(Verdict.NOT_YET, "the mail before it is not long enough ago")
    try:
        calendar = sending_calendar(message.domain.policy, campaign)
        return _outside_window(message, calendar, now) or _over_limit(message, calendar, now)
    except (Refusal, NoSendingDayError) as problem:  # the policy was changed under way
        return Decision(Verdict.NOT_YET, str(problem))


def _outside_window(message: Message, calendar: SendingCalendar, now: datetime) -> Decision | None:
    """The grace is for what had its slot in the window of the day and got delayed."""
    window = calendar.window(calendar.local_date(now))
    delayed = window is not None and message.scheduled_at < window.closes
    if calendar.is_open(now, delayed=delayed):
        return None
    opens = calendar.opening_after(now)
    return Decision(Verdict.NOT_YET, "outside the sending window", not_before=opens)


def _over_limit(message: Message, calendar: SendingCalendar, now: datetime) -> Decision | None:
    limit = message.campaign.daily_limit
    if limit is None or _sent_by_campaign_today(message, now) < limit:
        return None
    tomorrow = calendar.local_date(now) + timedelta(days=1)
    return Decision(
        Verdict.NOT_YET,
        "the campaign's daily limit is reached",
        not_before=calendar.sending_day(tomorrow)[1].opens,
    )


def _sent_by_campaign_today(message: Message, now: datetime) -> int:
    """Gates passed today by the campaign, over all its domains.

    Two domains count at the same moment under shared locks only; the lock on the campaign
    taken here makes the second wait and see the first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [_LIMIT_LOCK, message.campaign_id % 2**31]
        )
    starts = _local_midnight(message.domain, now)
    return SendAttempt.objects.filter(
        message__campaign=message.campaign_id,
        domain__in=message.campaign.campaign_domains.values("domain"),
        gated_at__gte=starts,
    ).count()


def _take_slot(message: Message, now: datetime) -> Decision:
    """The throttle: one conditional UPDATE on the domain's row, or no mail.

    It holds for all workers, aliases and campaigns of the domain, because they all meet in
    this row. An opening further away than one interval was left by a clock that ran ahead
    and has been set right: it is brought back to one interval from now, and not ignored,
    since whoever is a moment behind another worker would take it for that.
    """
    domain, policy = message.domain, message.domain.policy
    interval = timedelta(minutes=policy.interval_minutes)
    row = SendingDomain.objects.filter(pk=domain.pk)
    row.filter(next_allowed_at__gt=now + interval + PATIENCE).update(next_allowed_at=now + interval)
    day = now.astimezone(policy.zone).date()
    row.exclude(sent_on=day).update(sent_on=day, sent_today=_gates_passed_today(domain, now))
    taken = row.filter(
        Q(next_allowed_at=None) | Q(next_allowed_at__lte=now),
        is_active=True,
        paused_at=None,
        sent_today__lt=policy.daily_cap,
    ).update(next_allowed_at=now + interval, sent_today=F("sent_today") + 1)
    if taken:
        return Decision(Verdict.PASSED)
    domain.refresh_from_db(fields=["next_allowed_at"])
    return Decision(
        Verdict.NOT_YET, "the domain's throttle is closed", opens_at=domain.next_allowed_at
    )


def _gates_passed_today(domain: SendingDomain, now: datetime) -> int:
    """Counted from the ledger whenever the day changes, so that a clock that jumped a day
    ahead and back does not open the cap a second time."""
    starts = _local_midnight(domain, now)
    return SendAttempt.objects.filter(
        domain=domain, gated_at__gte=starts, gated_at__lt=starts + timedelta(days=1)
    ).count()


def _take_to_wire(claim: Claim, message: Message, mail: ComposedMail, now: datetime) -> None:
    Message.objects.filter(pk=message.pk).update(
        phase=Message.Phase.WIRE, lease_until=Now() + WIRE_LEASE, recipient=mail.recipient
    )
    SendAttempt.objects.filter(attempt_id=claim.attempt_id).update(
        gated_at=now, scheduled_at=message.scheduled_at
    )
    keep(message.pk, mail)


def _share_lock(model: type[Campaign | Lead | Enrollment], pk: int) -> None:
    """Any number of gates at once; whoever changes the row waits for them, and they for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {model._meta.db_table} WHERE id = %s FOR SHARE",  # noqa: S608
            [pk],
        )


def _local_midnight(domain: SendingDomain, now: datetime) -> datetime:
    local = now.astimezone(domain.policy.zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


# Namespace of the advisory lock on a campaign's own daily limit.
_LIMIT_LOCK = 0x6C696D74
