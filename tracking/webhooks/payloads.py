"""Reading JSON that strangers wrote: what is not there, or is of another type, is nothing."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from mailsuite.lib.storable import storable


def dig(value: Any, *path: str | int) -> Any:
    """What stands at `path`; None where there is no such place."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def text(value: Any, *path: str | int) -> str:
    """The text or number that stands at `path`, as text that can be stored; else ""."""
    found = dig(value, *path)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    return storable(str(found))


def moment(value: Any, *path: str | int) -> datetime | None:
    """The time that stands at `path`, in the form of ISO 8601 or in seconds since 1970, in UTC."""
    found = text(value, *path)
    try:
        if found.replace(".", "", 1).isdecimal():
            return datetime.fromtimestamp(float(found), UTC)
        at = datetime.fromisoformat(found)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def digest(*words: str) -> str:
    """64 characters that stand for these words in this order."""
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def digest_of(value: Any) -> str:
    """The same for a JSON value, whatever the order of its names."""
    return digest(json.dumps(value, sort_keys=True))
