"""The web domain of a lead's website: what "one lead per web domain" counts by."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import idna

# What nearly every row holds; the rest takes the way through urlsplit and IDNA.
_UNREMARKABLE = re.compile(
    r"(?:https?://)?(?:www\.)?"
    r"(?P<host>(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,63})"
    r"(?::\d{1,5})?(?:[/?#]\S*)?",
    re.ASCII | re.IGNORECASE,
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.ASCII | re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})", re.ASCII)
_MAX_HOST_LENGTH = 253
_MAX_LABEL_LENGTH = 63


class InvalidUrl(ValueError):
    """No website can be found there. The message tells people why."""


def web_domain(url: str) -> str:
    """The host of `url`, lower case, in ASCII (IDNA), without `www.` and port.

    A bare `hotelzon.nl` will do. Raises InvalidUrl for what names no public host: other schemes
    than http, numeric addresses, plain words.
    """
    match = _UNREMARKABLE.fullmatch(url)
    if match and _has_sane_lengths(match["host"]) and "--" not in match["host"]:
        return match["host"].lower()
    host = _host(url.strip())
    if len(host) > _MAX_HOST_LENGTH:  # IDNA takes time in the square of the length
        raise _invalid(url)
    try:
        ascii_host = idna.encode(host, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise _invalid(url) from error
    if not _HOST.fullmatch(ascii_host):
        raise _invalid(url)
    return ascii_host.removeprefix("www.") if ascii_host.count(".") > 1 else ascii_host


def _host(url: str) -> str:
    has_scheme = _SCHEME.match(url) is not None
    if has_scheme and not url.lower().startswith(("http://", "https://")):
        raise _invalid(url)
    try:
        parts = urlsplit(url if has_scheme else f"//{url.lstrip('/')}")
        host = parts.hostname or ""
    except ValueError as error:  # a bracket of an IPv6 address left open, and the like
        raise _invalid(url) from error
    if parts.username is not None or re.search(r"\s", url):
        raise _invalid(url)
    return host.rstrip(".")


def _has_sane_lengths(host: str) -> bool:
    if len(host) <= _MAX_LABEL_LENGTH:
        return True
    return len(host) <= _MAX_HOST_LENGTH and max(map(len, host.split("."))) <= _MAX_LABEL_LENGTH


def _invalid(url: str) -> InvalidUrl:
    shown = url if len(url) <= 80 else f"{url[:80]}…"
    return InvalidUrl(f"'{shown}' is not a web address such as www.hotelzon.nl.")
