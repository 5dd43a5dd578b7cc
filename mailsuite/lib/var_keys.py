"""The names of a lead's own columns: what a sheet calls "Aantal kamers", a template writes as
`vars.aantal_kamers`. Importing and reading templates go by this one rule."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_GUESSED_LENGTH = 45  # leaves room for a number behind it
_KEY = re.compile(r"[a-z_][a-z0-9_]{0,49}", re.ASCII)
# A template would find the dict's own method under these: {{ vars.items }}.
_METHODS = frozenset(dir(dict))


def is_var_key(key: str) -> bool:
    """Whether a lead can have a value for `vars.<key>`."""
    return _KEY.fullmatch(key) is not None and key not in _METHODS


def var_key(heading: str) -> str:
    """A name that a template can write: `Aantal kamers (totaal)` → `aantal_kamers_totaal`."""
    key = _plain(heading) or "column"
    if key[0].isdigit():
        key = f"column_{key}"
    return key[:_GUESSED_LENGTH].strip("_")


def _plain(heading: str) -> str:
    letters = unicodedata.normalize("NFKD", heading.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")


def why_no_key(name: str) -> str:
    """What is wrong with `name`, for which is_var_key does not hold, and the key that was meant:
    that of the column which an import makes of this heading."""
    heading = name.removeprefix("vars.")
    # A heading without any letter or digit becomes a key that nobody has meant.
    meant = f"; {free_key(heading)} can" if _plain(heading) else ""
    return (
        f"'{name[:100]}' can't be the name of a var{meant}. They have at most 50 small letters, "
        "digits and underscores."
    )


def free_key(heading: str, taken: Collection[str] = ()) -> str:
    """The key of a column with this heading: `var_key`, numbered where it can be none or is one
    of those `taken`."""
    key = candidate = var_key(heading)
    count = 1
    while candidate in taken or not is_var_key(candidate):
        count += 1
        candidate = f"{key}_{count}"
    return candidate
