"""A page that thousands of mails share, ready to take one lead's values.

A value goes where it can only be text: between the tags and into alt and title, escaped; or into
the address of a link or picture, and then the sanitiser looks at the whole address again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import NamedTuple

from templates_app.sanitising import clean_address
from templates_app.slots import Pattern, is_one_line


class Page(NamedTuple):
    """A finished HTML part and the text made from it; None where that takes the long way."""

    html: str
    text: str | None


class Address(NamedTuple):
    """A ` href="…"` or ` src="…"` with values in it, escaped for an attribute."""

    attribute: str
    written: Pattern


@dataclass(frozen=True, slots=True)
class Shape:
    """A finished page with slots. With n values and m addresses the words for them are numbered
    0 … n-1 (values between the tags), n … 2n-1 (in attributes), 2n … 2n+m-1 (addresses)."""

    html: Pattern
    text: Pattern | None
    addresses: tuple[Address, ...]

    def fill(self, values: Sequence[str]) -> Page | None:
        """The page with the values (plain text) in place. None where an address is taken off:
        the sanitiser then puts the other attributes of its tag into another order."""
        shown = [escape(value, quote=False) for value in values]
        words = [*shown, *(word.replace('"', "&quot;") for word in shown)]
        addresses = [clean_address(name, written.fill(words)) for name, written in self.addresses]
        if not all(addresses):
            return None
        return Page(self.html.fill([*words, *addresses]), self._text(values, addresses))

    def _text(self, values: Sequence[str], addresses: Sequence[str]) -> str | None:
        links = [unescape(address.partition('"')[2][:-1]) for address in addresses]
        if self.text is None or not all(map(is_one_line, links)):
            return None
        return self.text.fill([*values, *values, *links])
