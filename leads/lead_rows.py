"""A row of text under a mapping → the values of a lead, or why the row is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from unicodedata import category

from leads.addresses import InvalidAddress, normalised_address
from leads.columns import FULL_NAME, IGNORE, VARS_PREFIX, ColumnMapping
from leads.tables import Row
from leads.web_domains import InvalidUrl, web_domain

# The lengths of the fields of models.Lead, in characters.
FIELD_LENGTHS = {
    "first_name": 100,
    "last_name": 100,
    "title": 100,
    "company": 200,
    "city": 100,
    "country": 100,
    "url": 500,
    "source": 100,
    "tier": 50,
    "stage": 50,
    "image_key": 200,
}
_TAG_LENGTH = 50
_LARGEST_SCORE = 2**31 - 1
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,10}(?:\.0+)?", re.ASCII)


class Remark(NamedTuple):
    """What is wrong with one cell. `column` is its heading, "" for the row as a whole."""

    number: int
    column: str
    value: str
    reason: str


class LeadRow(NamedTuple):
    """The values of one lead. Empty text, None and () mean: the row says nothing about it."""

    number: int
    email: str
    vars: dict[str, str]  # only those that are filled
    first_name: str = ""
    last_name: str = ""
    title: str = ""
    company: str = ""
    city: str = ""
    country: str = ""
    url: str = ""
    domain: str = ""
    source: str = ""
    tier: str = ""
    stage: str = ""
    image_key: str = ""
    score: int | None = None
    tags: tuple[str, ...] = ()
    warnings: tuple[Remark, ...] = ()


class RowReader:
    """Reads the rows of one table under one mapping. Construct once, call for each row."""

    def __init__(self, headings: Sequence[str], mapping: ColumnMapping) -> None:
        self._headings = headings
        self._texts: list[tuple[int, str, int]] = []
        self._vars: list[tuple[int, str]] = []
        self._readers: list[tuple[int, Callable[[str], dict[str, Any]]]] = []
        for index, heading in enumerate(headings):
            target = mapping.targets[heading]
            if target == "email":
                self._email = index
            elif target in _READERS:
                self._readers.append((index, _READERS[target]))
            elif target in FIELD_LENGTHS:
                self._texts.append((index, target, FIELD_LENGTHS[target]))
            elif target != IGNORE:
                self._vars.append((index, target.removeprefix(VARS_PREFIX)))

    def __call__(self, row: Row) -> LeadRow | Remark:
        """The lead, with warnings for the cells that were left out; or why the row is refused.

        A bad address refuses the row, and so does a text that does not fit: cut off it would
        put half a name in a mail. A website, score or tag that makes no sense loses that cell.
        """
        number, cells, problem = row
        if problem:
            return Remark(number, "", "", problem)
        try:
            email = normalised_address(cells[self._email])
        except InvalidAddress as error:
            return self._remark(row, self._email, str(error))
        values: dict[str, Any] = {}
        warnings: list[Remark] = []
        for index, reader in self._readers:
            if cells[index]:
                try:
                    values.update(reader(cells[index]))
                except ValueError as error:
                    warnings.append(self._remark(row, index, str(error)))
        for index, field, longest in self._texts:
            if text := cells[index]:
                values[field] = text = text if text.isprintable() else _one_line(text)
                if len(text) > longest:
                    return self._remark(row, index, _too_long(text, longest))
        variables = {key: cells[index] for index, key in self._vars if shows(cells[index])}
        return LeadRow(number, email, variables, **values, warnings=tuple(warnings))

    def _remark(self, row: Row, index: int, reason: str) -> Remark:
        return Remark(row.number, self._headings[index], row.cells[index], reason)


def shows(text: str) -> bool:
    """Whether a reader would see anything of `text`: blanks and signs of no width are nothing."""
    if text.isprintable():
        return bool(text.strip())
    return any(sign.isprintable() and not sign.isspace() for sign in text)


def _website(text: str) -> dict[str, Any]:
    text = _one_line(text)
    try:
        domain = web_domain(text)
    except InvalidUrl as error:
        raise ValueError(f"{error} The website was left empty.") from error
    if len(text) > FIELD_LENGTHS["url"]:
        raise ValueError(f"{_too_long(text, FIELD_LENGTHS['url'])} The website was left empty.")
    return {"url": text, "domain": domain}


def _names(text: str) -> dict[str, Any]:
    """ "Jan van der Berg" and "van der Berg, Jan" → Jan, van der Berg."""
    text = _one_line(text)
    last, comma, first = text.partition(",")
    if not comma:
        first, _, last = text.partition(" ")
    names = {"first_name": first.strip(), "last_name": last.strip()}
    for field, name in names.items():
        if len(name) > FIELD_LENGTHS[field]:
            raise ValueError(f"{_too_long(name, FIELD_LENGTHS[field])} The name was left empty.")
    return names


def _score(text: str) -> dict[str, Any]:
    if not _WHOLE_NUMBER.fullmatch(text) or abs(score := int(float(text))) > _LARGEST_SCORE:
        raise ValueError(f"'{text[:40]}' is not a whole number. The score was left out.")
    return {"score": score}


def _tags(text: str) -> dict[str, Any]:
    """Tags divided by commas, semicolons or bars, each once, in their order."""
    tags = tuple(dict.fromkeys(filter(None, map(_one_line, re.split(r"[,;|\n]", text)))))
    if any(len(tag) > _TAG_LENGTH for tag in tags):
        raise ValueError(
            f"A tag has more than {_TAG_LENGTH} characters. Divide tags by commas. "
            "The tags were left out."
        )
    return {"tags": tags}


def _one_line(text: str) -> str:
    """`text` as the API would take it (check_one_line): line breaks and other controls become
    blanks, as it may come to stand in a mail's header; signs that nobody sees, such as those that
    turn the direction of writing round, go."""
    if not text.isprintable():
        text = "".join(
            sign if sign.isprintable() else " " if sign.isspace() or category(sign) == "Cc" else ""
            for sign in text
        )
    return " ".join(text.split())


def _too_long(text: str, longest: int) -> str:
    return f"The text has {len(text)} characters; at most {longest} fit. Shorten it."


_READERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "url": _website,
    FULL_NAME: _names,
    "score": _score,
    "tags": _tags,
}
