"""Checking a sending domain, and keeping what was found.

Imported where it is called: the libraries that ask the DNS take 20 MB and some tenths of a second,
which only the process that checks should pay.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from campaigns.domain_checks.answers import Answer, Verdict
from campaigns.domain_checks.dkim import check_dkim
from campaigns.domain_checks.dmarc import check_dmarc
from campaigns.domain_checks.resolver import NobodyAnswered, NotingResolver, our_resolver
from campaigns.domain_checks.spf import check_spf
from campaigns.models import DomainCheck, SendingDomain

log = structlog.get_logger(__name__)

Kind = DomainCheck.Kind

_NO_SELECTOR = Answer(
    Verdict.UNKNOWN,
    problem="No DKIM selector is entered, so nobody knows where its key stands.",
    remedy="Enter the selector that your mail provider signs with on the page of the domain.",
)


def check_domain(
    domain: SendingDomain,
    now: datetime,
    *,
    make_resolver: Callable[[], NotingResolver] = our_resolver,
) -> list[DomainCheck]:
    """Ask the DNS about SPF, DKIM and DMARC of `domain`, and store the answers.

    Each takes CHECK_SECONDS at the most. To be called outside of any transaction: it waits for
    servers of strangers.
    """
    ask: dict[DomainCheck.Kind, Callable[[NotingResolver], Answer]] = {
        Kind.SPF: lambda resolver: check_spf(domain.name, resolver),
        Kind.DKIM: lambda resolver: check_dkim(domain.name, domain.dkim_selector, resolver),
        Kind.DMARC: lambda resolver: check_dmarc(domain.name, resolver),
    }
    if not domain.dkim_selector:
        ask[Kind.DKIM] = lambda _: _NO_SELECTOR
    return [_check(domain, kind, question, now, make_resolver) for kind, question in ask.items()]


def _check(
    domain: SendingDomain,
    kind: DomainCheck.Kind,
    question: Callable[[NotingResolver], Answer],
    now: datetime,
    make_resolver: Callable[[], NotingResolver],
) -> DomainCheck:
    try:
        resolver = make_resolver()
        answer = question(resolver)
        trouble = resolver.trouble
    except NobodyAnswered as problem:
        trouble = str(problem)
    if trouble is not None:
        return _store_trouble(domain, kind, trouble, now)
    return _store(domain, kind, answer, now)


def _store(
    domain: SendingDomain, kind: DomainCheck.Kind, answer: Answer, now: datetime
) -> DomainCheck:
    values: dict[str, Any] = {
        "verdict": answer.verdict,
        "record": answer.record.replace("\0", ""),
        "problem": answer.problem.replace("\0", ""),
        "remedy": answer.remedy,
        "answered_at": None if answer is _NO_SELECTOR else now,
        "tried_at": now,
        "trouble": "",
    }
    if answer.verdict is Verdict.FAILED:
        log.warning(
            "domain check failed",
            domain=domain.name,
            check=kind.value,
            problem=answer.problem,
            remedy=answer.remedy,
        )
    check, _ = DomainCheck.objects.update_or_create(domain=domain, kind=kind, defaults=values)
    return check


def _store_trouble(
    domain: SendingDomain, kind: DomainCheck.Kind, trouble: str, now: datetime
) -> DomainCheck:
    """The last answer stands."""
    log.info("domain not checked", domain=domain.name, check=kind.value, trouble=trouble)
    values = {"tried_at": now, "trouble": trouble[:500]}
    check, _ = DomainCheck.objects.update_or_create(
        domain=domain,
        kind=kind,
        defaults=values,
        create_defaults=values | {"verdict": Verdict.UNKNOWN},
    )
    return check
