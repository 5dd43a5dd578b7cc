"""When a sending domain is paused by itself: too many of its mails bounce, or too many people
complain. To go on like that would cost it its name with the receivers.

Judged at the end of the very transaction that records a bounce or a complaint, under the lock on
the domain's row. Afterwards, a crash in between would let the domain send on until the next bounce;
without the lock, two bounces that are recorded at once would each see only their own, and neither
would find the limit reached. The gate takes its slots in the same row: once this has committed,
no mail passes. A task looks at all domains besides, for the rate also reaches the limit when the
fiftieth mail leaves, or when a person lowers the limit.

A domain that is paused for another reason is judged as well: what is learnt meanwhile joins the
reason, so that whoever resumes it knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from campaigns.models import MessageEvent, SendAttempt, SendingDomain
from mailsuite.lib.plurals import counted

log = structlog.get_logger(__name__)

WINDOW = timedelta(days=7)
# With fewer mails, one bounce would say more about a single lead than about the domain.
LEAST_MAILS = 50

_BAD_NEWS = (MessageEvent.Kind.BOUNCED, MessageEvent.Kind.COMPLAINED)
# A mail that left, whatever the server said then.
_LEFT = (
    SendAttempt.Outcome.ACCEPTED,
    SendAttempt.Outcome.REFUSED,
    SendAttempt.Outcome.UNKNOWN,
)


@dataclass(frozen=True, slots=True)
class Record:
    """Of a domain within WINDOW: how many mails left, how many of these bounced for good, of how
    many people complained meanwhile, be it about older mails."""

    mails: int
    bounced: int
    complained: int

    def percent(self, count: int) -> Decimal:
        return Decimal(100 * count) / self.mails if self.mails else Decimal(0)

    @property
    def bounce_percent(self) -> Decimal:
        return self.percent(self.bounced)

    @property
    def complaint_percent(self) -> Decimal:
        return self.percent(self.complained)


def counts_against_domain(event: MessageEvent) -> bool:
    """A soft bounce does not: the address may work tomorrow."""
    if event.kind == MessageEvent.Kind.BOUNCED:
        return bool(event.detail.get("hard"))
    return event.kind == MessageEvent.Kind.COMPLAINED


def judge(domain_id: int, now: datetime) -> str | None:
    """Pause the domain where its policy wants it, and answer why; None where it may go on.

    Within the transaction of what has just been recorded, as one of its last steps (lock order).
    Four statements at the most, whose cost follows the number of bounces and not that of mails.
    """
    domain = (
        SendingDomain.objects.select_related("policy")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=domain_id)
    )
    if domain.paused_by_guardrails:
        return None
    bounced, complained = _bad_news(domain, now)
    if not bounced and not complained:
        return None
    policy = domain.policy
    # With more mails than that, neither limit is reached.
    enough = max(
        LEAST_MAILS,
        int(100 * bounced / policy.max_bounce_percent),
        int(100 * complained / policy.max_complaint_percent),
    )
    record = Record(_mails(domain, now)[: enough + 1].count(), bounced, complained)
    reason = _reason_to_pause(domain, record)
    if reason is not None:
        _pause(domain, reason, now)
    return reason


def _pause(domain: SendingDomain, reason: str, now: datetime) -> None:
    """Where it is paused already, for the old reason and this one."""
    if domain.paused_at is not None:
        reason = f"{domain.pause_reason.rstrip('.')}. Besides: {reason}"
    domain.paused_at = domain.paused_at or now
    domain.pause_reason, domain.paused_by_guardrails = reason, True
    domain.save(update_fields=["paused_at", "pause_reason", "paused_by_guardrails"])
    log.warning("domain paused by itself", domain=domain.name, reason=reason)


def judge_all(now: datetime) -> int:
    """Judge every domain of which there is bad news, each in its own transaction; answer how many
    were paused."""
    suspects = (
        _recent_bad_news(now)
        .filter(message__domain__paused_by_guardrails=False)
        .order_by("message__domain_id")
        .values_list("message__domain_id", flat=True)
        .distinct()
    )
    paused = 0
    for domain_id in list(suspects):
        with transaction.atomic():
            paused += judge(domain_id, now) is not None
    return paused


def record_of(domain: SendingDomain, now: datetime) -> Record:
    """For people to look at, so all mails are counted."""
    bounced, complained = _bad_news(domain, now)
    return Record(_mails(domain, now).count(), bounced, complained)


def _recent_bad_news(now: datetime) -> QuerySet[MessageEvent]:
    """By the partial index `event_against_domain`, of bounces and complaints by time."""
    hard = Q(kind=MessageEvent.Kind.BOUNCED, detail__hard=True)
    return MessageEvent.objects.filter(kind__in=_BAD_NEWS, at__gte=now - WINDOW).filter(
        hard | Q(kind=MessageEvent.Kind.COMPLAINED)
    )


def _bad_news(domain: SendingDomain, now: datetime) -> tuple[int, int]:
    """How many of its mails bounced, and of how many people complained.

    Bounces are those of the very mails that they are held against. Complaints count by the day on
    which they come, as receivers count them: people mark a mail as spam when they get to read it.
    Neither is of a mail that left before a person has looked and let the domain go on.
    """
    counts = Q(kind=MessageEvent.Kind.COMPLAINED) | _left_since(_start(domain, now))
    events = _recent_bad_news(now).filter(counts, message__domain=domain)
    if domain.judged_since is not None:
        events = events.filter(_left_since(domain.judged_since))
    found = events.aggregate(
        bounced=Count("message", distinct=True, filter=Q(kind=MessageEvent.Kind.BOUNCED)),
        complained=Count("message", distinct=True, filter=Q(kind=MessageEvent.Kind.COMPLAINED)),
    )
    return found["bounced"], found["complained"]


def _left_since(moment: datetime) -> Q:
    """Of events: of a message with an attempt that passed the gate then or later."""
    attempts = SendAttempt.objects.filter(message=OuterRef("message"), gated_at__gte=moment)
    return Q(Exists(attempts))


def _mails(domain: SendingDomain, now: datetime) -> QuerySet[SendAttempt]:
    """By the partial index `attempt_gated`, of gates by domain and time."""
    return SendAttempt.objects.filter(
        domain=domain, gated_at__gte=_start(domain, now), outcome__in=_LEFT
    ).order_by()


def _start(domain: SendingDomain, now: datetime) -> datetime:
    """Mails that passed the gate before it are not judged."""
    since = now - WINDOW
    return since if domain.judged_since is None else max(since, domain.judged_since)


def _reason_to_pause(domain: SendingDomain, record: Record) -> str | None:
    policy, mails = domain.policy, counted(record.mails, "mail")
    if record.mails < LEAST_MAILS:
        return None
    reasons = []
    if record.bounce_percent >= policy.max_bounce_percent:
        reasons.append(
            f"{counted(record.bounced, 'hard bounce')} of {mails} in 7 days "
            f"({record.bounce_percent:.1f} %); from {policy.max_bounce_percent.normalize():f} % on "
            "a domain is paused. Find out where these addresses come from, and take their like out."
        )
    if record.complaint_percent >= policy.max_complaint_percent:
        reasons.append(
            f"{counted(record.complained, 'complaint')} in 7 days, in which {mails} left "
            f"({record.complaint_percent:.2f} %); from "
            f"{policy.max_complaint_percent.normalize():f} % on a domain is paused. Look at whom "
            "you write to, and what you say."
        )
    if not reasons:
        return None
    reasons.append(
        f"Then resume it, on its page in the admin or by POST /api/v1/domains/{domain.pk}/resume."
    )
    return " ".join(reasons)[:500]
