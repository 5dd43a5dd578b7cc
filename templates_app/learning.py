"""What thousands of mails share is worked out once: a page is inlined, sanitised and made into
text with marks in place of the values, and the next lead's values go where the marks came out.

It equals the long way byte for byte, or is not done at all. Wherever a mark does not come out as
it went in (in a style sheet, a comment, a class, outside quotes), the page has no shape.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from templates_app.sanitising import InlinedPage, cleaned, inlined
from templates_app.shape_text import text_pattern
from templates_app.shapes import Address, Shape
from templates_app.slots import CLOSE, OPEN, Pattern, Slotted, slot
from templates_app.values import RenderFailed

SHAPES = 128
# Of a page with a shape. What is larger is rare and would fill the memory.
MAX_SKELETON = 100_000  # characters
MAX_VALUES = 1_000

# A mark as the parser writes it: what is escaped in text may stand as it is in an attribute.
_MARK = re.compile(f"{OPEN}([0-9]+) &amp;(?:&lt;|<){CLOSE}")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
# Where the first letters of a value could complete a tag or a character reference.
_UNFINISHED = re.compile(rf"(?:<[/!?]?\w*|&#?\w*){OPEN}")
_TITLE = re.compile(r"<title>([^<]*)</title>")
_STYLE = re.compile(r"<style.*?(?:</style|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"(<[^<>]*>)")
_ADDRESS = re.compile(f' (href|src)="([^"]*{OPEN}[^"]*)"')
# The sanitiser lets it through wherever it lets an address through.
_STAND_IN = "https://slot.invalid/{open}#{number}{close}"
_STOOD_IN = re.compile(f' (?:href|src)="https://slot\\.invalid/{OPEN}#([0-9]+){CLOSE}"')
_LABEL = re.compile(r' (?:alt|title)="[^"]*"')


class _Memory:
    """What this process knows of a page: whether it has met it, and its shape once it is learnt."""

    __slots__ = ("is_learnt", "is_met", "shape")

    def __init__(self) -> None:
        self.is_met = self.is_learnt = False
        self.shape: Shape | None = None


@lru_cache(maxsize=SHAPES)
def _memory(skeleton: str, count: int) -> _Memory:
    return _Memory()


def shape_of(page: Slotted) -> Shape | None:
    """The shape of a page, from its second mail on: learning costs some mails, and a template of
    many conditions may have a shape for each lead. None where the long way has to be taken."""
    if len(page.skeleton) > MAX_SKELETON or len(page.values) > MAX_VALUES:
        return None
    memory = _memory(page.skeleton, len(page.values))
    if memory.is_met and not memory.is_learnt:
        memory.shape = learn(page.skeleton, len(page.values))
        memory.is_learnt = True
    memory.is_met = True
    return memory.shape


def forget() -> None:
    """Learn all shapes anew: for tests and measurements."""
    _memory.cache_clear()


def learn(skeleton: str, count: int) -> Shape | None:
    """The shape of a page with `count` marks; None where it has none."""
    if not _has_marks_only(skeleton, count) or _UNFINISHED.search(skeleton):
        return None
    try:
        page = inlined(skeleton)
    except RenderFailed:
        return None
    if OPEN in _TITLE.sub("", page.head):
        return None
    body, addresses = _set_apart(page.body, count)
    html = Pattern.of(_with_slots(cleaned(page._replace(body=body)), count))
    shape = Shape(html, None, tuple(addresses))
    if not _is_complete(shape, page, count) or _is_styled_by_values(shape, skeleton, count):
        return None
    return replace(shape, text=text_pattern(shape, 2 * count))


def _has_marks_only(skeleton: str, count: int) -> bool:
    """Whether its private characters are `count` marks: a template may have its own, too."""
    found = [int(n) for n in _MARK.findall(skeleton)]
    return found == list(range(count)) and not _PRIVATE.search(_MARK.sub("", skeleton))


def _set_apart(body: str, count: int) -> tuple[str, list[Address]]:
    """The body with a plain address for each that has values in it, and those in their order."""
    addresses: list[Address] = []

    def stand_in(match: re.Match[str]) -> str:
        written = _MARK.sub(lambda mark: slot(count + int(mark[1])), match[2])
        addresses.append(Address(match[1], Pattern.of(written)))
        address = _STAND_IN.format(open=OPEN, number=2 * count + len(addresses) - 1, close=CLOSE)
        return f' {match[1]}="{address}"'

    return _ADDRESS.sub(stand_in, body), addresses


def _with_slots(html: str, count: int) -> str:
    """A finished page with a slot for each mark between the tags, in a label, or in an address."""
    tokens = _TAG.split(html)
    tokens[::2] = [_MARK.sub(lambda mark: slot(int(mark[1])), text) for text in tokens[::2]]
    tokens[1::2] = [_tag_with_slots(tag, count) if OPEN in tag else tag for tag in tokens[1::2]]
    return "".join(tokens)


def _tag_with_slots(tag: str, count: int) -> str:
    def label(match: re.Match[str]) -> str:
        return _MARK.sub(lambda mark: slot(count + int(mark[1])), match[0])

    return _LABEL.sub(label, _STOOD_IN.sub(lambda address: slot(int(address[1])), tag))


def _is_complete(shape: Shape, page: InlinedPage, count: int) -> bool:
    """Whether each value is at a known place. What stands in the title only is in no mail."""
    patterns = [shape.html, *(address.written for address in shape.addresses)]
    used = {n for pattern in patterns for n in pattern.numbers}
    values = {n % count for n in used if n < 2 * count}
    titles = {int(n) for title in _TITLE.findall(page.head) for n in _MARK.findall(title)}
    all_addresses = set(range(2 * count, 2 * count + len(shape.addresses)))
    return (
        values | titles == set(range(count))
        and all_addresses <= used
        and all(pattern.is_whole for pattern in patterns)
    )


def _is_styled_by_values(shape: Shape, skeleton: str, count: int) -> bool:
    """Whether a style sheet may ask for attributes (a[href^=…]) that have values in them."""
    in_tags = shape.addresses or any(n >= count for n in shape.html.numbers)
    return bool(in_tags) and any("[" in style for style in _STYLE.findall(skeleton))
