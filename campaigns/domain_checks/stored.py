"""The answers that are kept."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from campaigns.models import DomainCheck, SendingDomain


def forget_checks(
    domain: SendingDomain, kinds: Iterable[DomainCheck.Kind] = DomainCheck.Kind
) -> None:
    """They were of another name or selector."""
    DomainCheck.objects.filter(domain=domain, kind__in=list(kinds)).delete()


def failed_checks() -> QuerySet[DomainCheck]:
    """Those of the domains in use whose last answer was that something is wrong."""
    failed = DomainCheck.objects.filter(verdict=DomainCheck.Verdict.FAILED, domain__is_active=True)
    return failed.select_related("domain").order_by("domain__name", "kind")
