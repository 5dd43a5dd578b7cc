"""Who is asking: the user agent and the network address of a public request."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

_USER_AGENT_LENGTH = 500  # of the columns that keep it


@dataclass(frozen=True, slots=True)
class Visitor:
    """`ip_address` is None where it is not known (a socket of the same machine)."""

    method: str
    user_agent: str
    ip_address: str | None


def visitor_of(request: HttpRequest) -> Visitor:
    user_agent = request.META.get("HTTP_USER_AGENT", "").replace("\x00", "")
    return Visitor(
        method=request.method or "",
        user_agent=user_agent[:_USER_AGENT_LENGTH],
        ip_address=client_address(
            request.META.get("REMOTE_ADDR", ""),
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            proxies=settings.PROXY_COUNT,
        ),
    )


def client_address(peer: str, forwarded_for: str, *, proxies: int) -> str | None:
    """The visitor's address, seen through `proxies` proxies of our own.

    Each of them appended the address that it was called from, so only the last `proxies`
    entries of X-Forwarded-For are ours; what stands left of them the visitor may have made up.
    """
    if proxies == 0:
        return _address(peer)
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    if len(hops) < proxies:  # came in past the proxies
        return _address(peer)
    return _address(hops[-proxies])


def _address(text: str) -> str | None:
    """The address in canonical form; some proxies write its port behind it."""
    for candidate in (text, text.rpartition(":")[0].strip("[]")):
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return None
