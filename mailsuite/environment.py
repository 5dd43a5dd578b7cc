"""Values of the environment, parsed strictly: what can't be meant stops the start.

A slip of the pen in a setting would else show much later and somewhere else: a real mail that
was meant for a folder, a timeout of nothing. Every function here raises ImproperlyConfigured
with the name, the value and what is allowed. URLs are not repeated: they hold passwords.
"""

import zoneinfo
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

_SWITCH = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


class Environment(FileAwareMapping):
    """The environment; from the file NAME_FILE where that is set (Docker secrets).

    A name without a value, as a copied .env.example has it, is one that is not set: an empty
    key is no key. The newline at the end of a file is not part of its secret.
    """

    def __getitem__(self, name: str) -> str:
        value: str = super().__getitem__(name).strip()
        if not value:
            raise KeyError(name)
        return value


# Not cached, so that it always says what the environment does.
_given: Mapping[str, str] = Environment(cache=False)


def text(name: str, default: str | None = None) -> str:
    """Any text. Without a `default` it must be set."""
    value = _given.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set in the environment, and has no default.")
    return value


def several(name: str, default: list[str]) -> list[str]:
    """Texts with commas between them."""
    parts = [part.strip() for part in text(name, "").split(",")]
    return [part for part in parts if part] or default


def servers(name: str, port: int) -> list[tuple[str, int]]:
    """IP addresses with commas between them, each with a port where it is not `port`: 192.0.2.1,
    192.0.2.1:5353 or [2001:db8::1]:5353. Empty where it is not set."""
    found = []
    for given in several(name, []):
        try:
            parts = urlsplit(f"//{given}")
            found.append((str(ip_address(parts.hostname or given)), parts.port or port))
        except ValueError:
            allowed = f"IP addresses, with a port where it is not {port} (192.0.2.1:5353)"
            raise _refused(name, given, allowed) from None
    return found


def switch(name: str, default: bool) -> bool:
    given = text(name, "1" if default else "0")
    try:
        return _SWITCH[given.lower()]
    except KeyError:
        raise _refused(name, given, _listed(_SWITCH)) from None


def number(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number from `least` to `most`, both included."""
    given = text(name, str(default))
    try:
        value = int(given)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise _refused(name, given, f"a whole number from {least} to {most}")
    return value


def one_of(name: str, default: str, *allowed: str) -> str:
    given = text(name, default)
    if given not in allowed:
        raise _refused(name, given, _listed(allowed))
    return given


def zone(name: str, default: str) -> str:
    """The name of a time zone."""
    given = text(name, default)
    if given not in zoneinfo.available_timezones():
        raise _refused(name, given, "a name of the IANA database, as Europe/Amsterdam")
    return given


def url(name: str, default: str | None, *schemes: str) -> str:
    """An absolute URL that begins with one of `schemes`."""
    given = text(name, default)
    try:
        parts = urlsplit(given)
        # postgres:////folder/database is a socket: all of it is path.
        usable = parts.scheme in schemes and bool(parts.netloc or parts.path.startswith("//"))
    except ValueError:
        usable = False
    if not usable:
        raise _no_address(name, *schemes)
    return given


def database(name: str, default: str) -> dict[str, Any]:
    """Django's settings of the PostgreSQL that a URL leads to."""
    schemes = ("postgres", "postgresql")
    try:
        values: dict[str, Any] = environ.Env.db_url_config(url(name, default, *schemes))
    except ValueError:  # a port that is no number
        raise _no_address(name, *schemes) from None
    return values | {"ENGINE": "django.db.backends.postgresql"}


def _refused(name: str, given: str, allowed: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is {given!r}; set it to {allowed}, or unset it.")


def _no_address(name: str, *schemes: str) -> ImproperlyConfigured:
    allowed = _listed([f"{scheme}://…" for scheme in schemes])
    return ImproperlyConfigured(f"{name} is no address that can be used; set it to {allowed}.")


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
