"""The ramp-up of a sending domain: how far it has come, and how it begins."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate

from campaigns.models import SendAttempt, SendingDomain


def days_of_sending(domain: SendingDomain, day: date) -> int:
    """On how many local days before `day` the domain has sent, for its ramp-up.

    Counted from the ledger and not from what the row said before: a clock that jumped a day ahead
    and back must raise nothing. Once the ramp is over there is nothing to count any more.
    """
    ramp = domain.ramp_before(day)
    if ramp is None:
        return domain.ramp_days
    is_later = domain.sent_on is not None and domain.sent_on <= day
    if is_later and ramp.is_over_after(domain.ramp_days):
        return domain.ramp_days
    gates = SendAttempt.objects.filter(domain=domain, gated_at__lt=_midnight(domain, day))
    if domain.ramp_since is not None:
        gates = gates.filter(gated_at__gte=_midnight(domain, domain.ramp_since))
    local_day = TruncDate("gated_at", tzinfo=domain.policy.zone)
    days: int = gates.aggregate(days=Count(local_day, distinct=True))["days"]
    return days


def _midnight(domain: SendingDomain, day: date) -> datetime:
    return datetime.combine(day, time.min, domain.policy.zone)


def change_ramp(domain: SendingDomain, now: datetime, *, begins: bool) -> None:
    """The fields of its ramp-up were changed at the business time `now`: its mails are planned
    anew, and what left before kept to other rules. One that `begins` counts its days of sending
    from today."""
    changes: dict[str, Any] = {"needs_replanning": True, "policy_since": now}
    if begins:
        today = now.astimezone(domain.policy.zone).date()
        changes |= {"ramp_since": today, "ramp_days": 0}
    SendingDomain.objects.filter(pk=domain.pk).update(**changes)
