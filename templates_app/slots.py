"""A filled page taken apart: what it shares with the next lead's, and the values that differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import NamedTuple

from markupsafe import Markup, escape

# Private use; a page that has such characters of its own is not taken apart (shapes.learn).
OPEN, CLOSE = "\ue000", "\ue001"
_SLOT = re.compile(f"{OPEN}([0-9]+){CLOSE}")
_MARKUP = re.compile("[<>\"']")


class Slotted(NamedTuple):
    """`skeleton` has a mark for each of the `values`, which are plain text."""

    skeleton: str
    values: tuple[str, ...]


def mark(number: int) -> str:
    """Stands for a value in a skeleton. It has what a value may have and must not mean anything:
    a blank, an ampersand, a bracket. So it comes out of parser and sanitiser as it went in only
    where any value does."""
    return f"{OPEN}{number} &amp;&lt;{CLOSE}"


def slot(number: int) -> str:
    """Stands for a word in what `Pattern.of` reads."""
    return f"{OPEN}{number}{CLOSE}"


def cut(pieces: Sequence[str], markup: str) -> Slotted | None:
    """The pieces of a filled part (`CompiledPart.pieces`) with a mark for every value.

    `markup` is the sender's signature: it is printed like a value and is HTML. None where a value
    is not like all others (`plain_value`): such a mail is made the long way.
    """
    skeleton: list[str] = []
    page: list[str] = []
    values: list[str] = []
    for piece in pieces:
        if type(piece) is not Markup or not piece or piece == markup:
            skeleton.append(piece)
            page.append(piece)
            continue
        shown = str(piece)
        if shown.startswith("cid:") and page and page[-1].endswith("cid:"):
            shown = shown[4:]  # as rendering has it, for the same old templates
        value = plain_value(shown)
        if value is None:
            return None
        skeleton.append(mark(len(values)))
        page.append(shown)
        values.append(value)
    if "cid:cid:" in "".join(page):
        return None
    return Slotted("".join(skeleton), tuple(values))


def plain_value(escaped: str) -> str | None:
    """The text behind an escaped one; None unless it is one line of printable characters with
    single blanks inside, which reads the same wherever white space is dropped or kept."""
    if not is_one_line(escaped) or _MARKUP.search(escaped):
        return None
    if "&" not in escaped:
        return escaped
    value = unescape(escaped)
    return value if str(escape(value)) == escaped else None


def is_one_line(text: str) -> bool:
    return bool(text) and text.isprintable() and "  " not in text and " " not in (text[0], text[-1])


@dataclass(frozen=True, slots=True)
class Pattern:
    """Text with slots for words, each known by its number; a slot may come twice or never."""

    fixed: tuple[str, ...]
    numbers: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Pattern:
        parts = _SLOT.split(text)
        return cls(tuple(parts[::2]), tuple(map(int, parts[1::2])))

    @property
    def is_whole(self) -> bool:
        """Whether no mark is left that is none."""
        return not any(OPEN in text or CLOSE in text for text in self.fixed)

    def fill(self, words: Sequence[str]) -> str:
        pieces = [""] * (2 * len(self.numbers) + 1)
        pieces[::2] = self.fixed
        pieces[1::2] = [words[number] for number in self.numbers]
        return "".join(pieces)
