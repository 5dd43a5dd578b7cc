"""Halting a sending domain by hand, and letting it go on."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, F, Value, When

from campaigns.models import SendingDomain, SendingPolicy
from mailsuite.lib.errors import Conflict


def pause_domain(domain: SendingDomain, reason: str, now: datetime) -> None:
    """Let nothing leave from `domain`; its mails keep their place. Raises Conflict.

    One conditional UPDATE, which the gate's own waits for: once it has committed, no mail passes.
    """
    paused = SendingDomain.objects.filter(pk=domain.pk, paused_at=None).update(
        paused_at=now, pause_reason=reason[:500]
    )
    if not paused:
        raise Conflict(f"{domain} is paused already.", code="wrong_status")


def resume_domain(domain: SendingDomain, now: datetime) -> None:
    """Go on. What missed its slot is planned anew and leaves at the usual pace. Raises Conflict.

    Where the guardrails paused it, a person has seen what became of the mails so far: from `now`
    on they look at the mails that leave after it only, and again from the fiftieth on. Behind any
    other pause the record stays, for nobody has been shown it.
    """
    seen = Case(When(paused_by_guardrails=True, then=Value(now)), default=F("judged_since"))
    resumed = SendingDomain.objects.filter(pk=domain.pk, paused_at__isnull=False).update(
        paused_at=None,
        pause_reason="",
        paused_by_guardrails=False,
        resumed_at=now,
        judged_since=seen,
        needs_replanning=True,
    )
    if not resumed:
        raise Conflict(f"{domain} is not paused.", code="wrong_status")


def plan_domains_of(policy: SendingPolicy) -> None:
    """The policy was changed: what is planned by it is planned anew at the next roll-over."""
    SendingDomain.objects.filter(policy=policy).update(needs_replanning=True)


def plan_domain(domain: SendingDomain) -> None:
    """It was taken out of use or into it: the same for this one."""
    SendingDomain.objects.filter(pk=domain.pk).update(needs_replanning=True)


def plan_by_other_policy(domain: SendingDomain, now: datetime) -> None:
    """It was given another policy at the business time `now`: the same."""
    SendingDomain.objects.filter(pk=domain.pk).update(needs_replanning=True, policy_since=now)
