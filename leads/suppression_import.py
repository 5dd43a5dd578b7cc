"""A file of addresses and domains → the suppression list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from leads.addresses import InvalidAddress, normalised_address
from leads.columns import MappingError, map_columns
from leads.inspecting import FileRefused, limits
from leads.lead_rows import Remark
from leads.models import Suppression
from leads.parsing import open_table
from leads.suppression import suppress_together
from leads.tables import ReadOptions, Row, Table, UnreadableFile
from leads.web_domains import InvalidUrl, web_domain

Scope = Suppression.Scope


@dataclass(frozen=True, slots=True)
class SuppressionImport:
    """How many entries are new, how many were on the list (or twice in the file), and the rows
    that hold neither an address nor a domain."""

    added: int
    known: int
    refusals: list[Remark] = field(default_factory=list)


def import_suppressions(
    path: Path,
    *,
    reason: Suppression.Reason,
    note: str = "",
    column: str = "",
    options: ReadOptions | None = None,
) -> SuppressionImport:
    """Put every address and domain of one column on the list, all or nothing.

    `column` is its heading; where it is not said it is the column of addresses, or the only
    one. A file without headings is fine. Raises FileRefused.
    """
    values: dict[Scope, set[str]] = {Scope.ADDRESS: set(), Scope.DOMAIN: set()}
    refusals: list[Remark] = []
    count = 0
    try:
        with open_table(path, options or ReadOptions(), limits()) as table:
            for number, heading, text in _cells(table, column):
                try:
                    scope, value = scope_and_value(text)
                except (InvalidAddress, InvalidUrl) as error:
                    refusals.append(Remark(number, heading, text, str(error)))
                    continue
                values[scope].add(value)
                count += 1
    except (UnreadableFile, MappingError) as error:
        raise FileRefused(error) from error
    added = suppress_together(values, reason=reason, note=note)
    return SuppressionImport(added=added, known=count - added, refusals=refusals)


def scope_and_value(text: str) -> tuple[Scope, str]:
    """`jan@zon.nl` is an address; `zon.nl`, `@zon.nl` and `*@zon.nl` are a domain.

    Raises InvalidAddress or InvalidUrl.
    """
    local, at, domain = text.strip().rpartition("@")
    if at and local in ("", "*"):
        return Scope.DOMAIN, web_domain(domain)
    if at:
        return Scope.ADDRESS, normalised_address(text)
    return Scope.DOMAIN, web_domain(text.strip())


def _cells(table: Table, column: str) -> Iterator[tuple[int, str, str]]:
    """Row number, heading and text of the filled cells of the column."""
    heading = _column(table, column)
    index = table.headings.index(heading)
    if _is_value(heading):  # the file has no headings
        yield 1, "", heading
        heading = ""
    rows: Iterator[Row] = table.rows
    for row in rows:
        if row.cells[index]:
            yield row.number, heading, row.cells[index]


def _column(table: Table, wanted: str) -> str:
    if wanted:
        if wanted not in table.headings:
            raise MappingError(
                f"The file has no column '{wanted}'. It has: {', '.join(table.headings)}."
            )
        return wanted
    values = [heading for heading in table.headings if _is_value(heading)]
    if len(table.headings) == 1 or len(values) == 1:
        return (values or list(table.headings))[0]
    targets = map_columns(table.headings, table.unnamed).targets
    return next(heading for heading, target in targets.items() if target == "email")


def _is_value(heading: str) -> bool:
    try:
        scope_and_value(heading)
    except (InvalidAddress, InvalidUrl):
        return False
    return True
