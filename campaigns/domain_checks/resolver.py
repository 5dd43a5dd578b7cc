"""Asking the DNS, and keeping "there is none" apart from "nobody answered".

checkdmarc reports both as a record that was not found. So the resolver that it is given notes the
first question that got no answer; whoever asked then knows that the verdict is worth nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import dns.exception
import dns.nameserver
import dns.rcode
import dns.resolver
from django.conf import settings

# Of one question, over all servers and tries.
ANSWER_SECONDS = 5.0
# Of one check, with all that its record leads to.
CHECK_SECONDS = 20.0
# A datagram that got lost is sent again.
TRY_SECONDS = 2.0

# Answers both, that the name or the record does not exist.
_THERE_IS_NONE = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)


class NobodyAnswered(dns.exception.DNSException):
    """The DNS did not say whether there is a record."""

    def __init__(self, words: str) -> None:
        super().__init__(words)  # type: ignore[no-untyped-call]


class NotingResolver(dns.resolver.Resolver):
    """Asks until the first question that nobody answers; `trouble` says what that was."""

    trouble: str | None = None

    def __init__(
        self, servers: Sequence[tuple[str, int]] = (), seconds: float = ANSWER_SECONDS
    ) -> None:
        """`servers` are addresses with their ports; none: those of this machine. Raises
        NobodyAnswered where that has none."""
        try:
            super().__init__(configure=not servers)
        except dns.resolver.NoResolverConfiguration as problem:
            raise NobodyAnswered("this machine names no DNS server: set DNS_SERVERS") from problem
        if servers:
            self.nameservers = [dns.nameserver.Do53Nameserver(*server) for server in servers]
        self.timeout, self.lifetime = min(TRY_SECONDS, seconds), seconds
        self._ends = time.monotonic() + CHECK_SECONDS

    def resolve(self, qname: Any, rdtype: Any = "A", *args: Any, **options: Any) -> Any:
        """Raises NXDOMAIN and NoAnswer as ever, NobodyAnswered for everything else."""
        if rdtype == "SPF":
            # The type was abandoned (RFC 7208 §3.1) and some servers choke on it.
            raise dns.resolver.NoAnswer
        if self.trouble is None and time.monotonic() > self._ends:
            self.trouble = f"no end after {CHECK_SECONDS:.0f} seconds, at {qname} {rdtype}"
        if self.trouble is not None:
            raise NobodyAnswered(self.trouble)
        try:
            return super().resolve(qname, rdtype, *args, **options)
        except _THERE_IS_NONE:
            raise
        except (dns.exception.DNSException, OSError) as problem:
            self.trouble = _in_words(qname, rdtype, problem)
            raise NobodyAnswered(self.trouble) from problem


def our_resolver() -> NotingResolver:
    return NotingResolver(settings.DNS_SERVERS)


def deaf_resolver() -> NotingResolver:
    """Asks nobody anything."""
    resolver = NotingResolver([("192.0.2.1", 53)])
    resolver.trouble = "not asked"
    return resolver


def _in_words(qname: object, rdtype: object, problem: Exception) -> str:
    if isinstance(problem, dns.resolver.LifetimeTimeout):
        return f"no answer in time to {qname} {rdtype}"
    if isinstance(problem, dns.resolver.NoNameservers):
        said = {_said(error) for error in problem.kwargs.get("errors", [])}
        return f"no answer to {qname} {rdtype}, but {' and '.join(sorted(said)) or 'nothing'}"
    return f"{qname} {rdtype}: {problem}"


def _said(error: tuple[Any, ...]) -> str:
    """dnspython's entry for one server: what it answered, or the exception in its place."""
    *_, exception, response = error
    return dns.rcode.to_text(response.rcode()) if response is not None else str(exception)
