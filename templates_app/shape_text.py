"""The text of a page that thousands of mails share, with slots for what differs."""

from __future__ import annotations

import re

from templates_app.shapes import Shape
from templates_app.slots import Pattern, slot
from templates_app.text_part import laid_out, tidy
from templates_app.values import RenderFailed

_LONGEST_TRIAL = 3_000_000  # characters made into text for one shape: a third of a second
# One for each word while it is tried out; of private use, like the marks of a skeleton.
_FIRST_LETTER = 0xE100
_LETTERS = re.compile("([\ue100-\uf8ff])\\1*")
_SIDE_BY_SIDE = re.compile(r"</t[dh]>\s*<t[dh]\b")


def text_pattern(shape: Shape, first_address: int) -> Pattern | None:
    """The text of a page, its words numbered as in the page; None where the length of a word may
    move what stands beside it."""
    letters = [chr(_FIRST_LETTER + n) for n in range(first_address + len(shape.addresses))]
    try:
        text = laid_out(_spelled(shape, letters))
        if _SIDE_BY_SIDE.search(_spelled(shape, letters)) and _is_moved(shape, letters, text):
            return None
    except RenderFailed:
        return None
    return Pattern.of(_LETTERS.sub(lambda run: slot(ord(run[1]) - _FIRST_LETTER), tidy(text)))


def _is_moved(shape: Shape, letters: list[str], text: str) -> bool:
    """Whether any word, grown longer than any line, moves its neighbours: the cells of a row are
    padded to the widest of their columns. Words move one another only if one moves by itself."""
    used = shape.html.numbers
    longer = 1 + max(map(len, text.split("\n")))
    page = _spelled(shape, letters)
    trial = len(page) + page.count("<td") * longer
    if len(set(used)) < len(used) or len(used) * trial > _LONGEST_TRIAL:
        return True
    for n in used:
        grown = [*letters[:n], letters[n] * longer, *letters[n + 1 :]]
        if _LETTERS.sub(r"\1", tidy(laid_out(_spelled(shape, grown)))) != tidy(text):
            return True
    return False


def _spelled(shape: Shape, words: list[str]) -> str:
    """The page with words of letters only, which need no escaping."""
    first = len(words) - len(shape.addresses)
    named = zip(shape.addresses, words[first:], strict=True)
    addresses = [f' {address.attribute}="{word}"' for address, word in named]
    return shape.html.fill([*words[:first], *addresses])
