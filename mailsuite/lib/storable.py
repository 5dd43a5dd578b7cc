"""Text that JSON can spell and PostgreSQL can't store: NUL and lone surrogates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def unstorable(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Where such texts stand in a parsed JSON value ("audience.filters", "" for the whole), and
    what is wrong, in words."""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            yield place, _problem("The text")
    elif isinstance(value, dict):
        for key, inner in value.items():
            if _UNSTORABLE.search(key):
                yield place, _problem("A name in it")
            else:
                yield from unstorable(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from unstorable(inner, f"{place}.{index}" if place else str(index))


def _problem(what: str) -> str:
    return (
        f"{what} has a character that can't be stored (NUL or half of a surrogate pair). "
        "Take it out."
    )


def storable(text: str) -> str:
    """The same text with U+FFFD in place of what can't be stored; for words of strangers, which
    nobody can be asked to mend."""
    return _UNSTORABLE.sub("\ufffd", text)
