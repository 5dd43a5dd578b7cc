"""The filters and tests of templates: a closed list, each with a bounded result.

Jinja2's own `center`, `indent`, `format`, `join`, `wordwrap` … can turn a few characters into
gigabytes and are left out; so is `safe`, which would let a lead's data write HTML.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from urllib.parse import quote

from jinja2 import filters as jinja
from markupsafe import Markup, escape

MAX_TEXT = 100_000


def default(value: object, default_value: object = "", boolean: bool = True) -> object:
    """`default_value` where there is no value. An empty cell is none, whatever `boolean` says:
    in Jinja2 it would be one, and the mail would show the blank."""
    return default_value if is_blank(value) else value


def is_blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def is_present(value: object) -> bool:
    return not is_blank(value)


def replace(value: object, old: str, new: str) -> str:
    """Every `old` made `new`; refuses a result beyond MAX_TEXT, which chains could reach."""
    text = str(value)
    if len(text) + text.count(old) * (len(new) - len(old)) > MAX_TEXT:
        raise ValueError("replace makes the text too long")
    return text.replace(old, new)


def truncate(value: object, length: int = 255, killwords: bool = False, end: str = "…") -> str:
    """At most `length` characters; cut at a word where there is one, unless `killwords`."""
    text = str(value)
    if len(text) <= length:
        return text
    cut = text[: max(length - len(end), 0)]
    return (cut if killwords else cut.rsplit(" ", 1)[0]) + end


def to_int(value: object, default: int = 0) -> int:
    """A whole number from text, cut at the decimal point or comma; `default` where it is none."""
    return int(to_float(value, default))


def to_float(value: object, default: float = 0.0) -> float:
    """A number from text with a decimal point or comma; `default` where it is none."""
    try:
        number = float(str(value).replace(",", "."))
    except ValueError:
        return default
    return number if math.isfinite(number) else default


def round_to(value: object, precision: int = 0) -> float:
    """Rounded to 0 … 6 digits after the point; a whole number loses its point."""
    rounded = round(to_float(value), min(max(precision, 0), 6))
    return int(rounded) if rounded.is_integer() else rounded


def urlencode(value: object) -> str:
    return quote(str(value), safe="")


def html_escape(value: object) -> Markup:
    return escape(value)


def _of_text(method: Callable[[str], str]) -> Callable[[object], str]:
    return lambda value: method(str(value))


FILTERS: dict[str, Callable[..., object]] = {
    "default": default,
    "d": default,
    "upper": _of_text(str.upper),
    "lower": _of_text(str.lower),
    "capitalize": _of_text(str.capitalize),
    "title": lambda value: jinja.do_title(str(value)),
    "trim": _of_text(str.strip),
    "first": lambda value: str(value)[:1],
    "length": lambda value: len(str(value)),
    "replace": replace,
    "truncate": truncate,
    "int": to_int,
    "float": to_float,
    "round": round_to,
    "urlencode": urlencode,
    "escape": html_escape,
    "e": html_escape,
}
# Filters whose result is a number: only these may be compared by size or subtracted.
NUMERIC_FILTERS = frozenset({"int", "float", "round", "length"})

TESTS: dict[str, Callable[..., bool]] = {
    "defined": is_present,
    "undefined": is_blank,
    "none": is_blank,
}
