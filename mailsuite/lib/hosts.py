"""Which servers are near enough to be spoken to in clear."""

from __future__ import annotations

from ipaddress import ip_address

# Names that the public DNS does not have (RFC 6761 §6.3, RFC 6762 §3, ICANN's .internal).
_NEAR = (".localhost", ".local", ".internal")


def is_near(host: str) -> bool:
    """On this machine or in a network of one's own, as far as its name tells: a loopback or
    private address (RFC 1918, RFC 4193), or a name that the public DNS does not have, as one
    without a dot (the services of a compose file). Nobody is asked."""
    name = host.strip().rstrip(".").lower()
    try:
        address = ip_address(name)
    except ValueError:
        return bool(name) and ("." not in name or name.endswith(_NEAR))
    return address.is_loopback or address.is_private


IN_CLEAR = (
    "The password would go over the Internet in clear: take TLS or STARTTLS. Without, only a "
    "server near by is spoken to: a private address, or a name without a dot."
)
