"""Rows of a file → leads, in one transaction: all of them or none.

An import never brings back who opted out, complained, bounced, was stopped or deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import transaction

from leads.columns import ColumnMapping
from leads.import_remarks import Outcome, RemarkLog
from leads.import_staging import Staging, Unmailable
from leads.lead_rows import LeadRow, Remark, RowReader
from leads.models import Lead, LeadImport
from leads.tables import NO_ROWS, Table
from mailsuite.lib.errors import Conflict

BATCH_ROWS = 5_000
_SHOWN = 20

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came of a file. Every row with text counts once, in one of the four figures.

    `remarks` tells of each row that was refused, or skipped because of what happened to its
    lead, or taken with a warning. A row that was skipped because its address exists already,
    as the mode asks for, gets no remark.
    """

    created: int
    updated: int
    skipped: int
    refused: int
    remarks: RemarkLog
    notes: tuple[str, ...]

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.skipped + self.refused


class DuplicatesFound(Conflict):
    """Mode `error`: no lead was written, because rows hold addresses that are leads already or
    stand twice in the file. `remarks` names all of them, `fields` the first. `lead_import` is
    the failed import that keeps the remarks, where there is one."""

    code = "duplicates"
    keeps_record = True
    lead_import: LeadImport | None = None

    def __init__(self, count: int, first: dict[str, str], remarks: RemarkLog) -> None:
        self.remarks = remarks
        self.refused = remarks.counts[Outcome.REFUSED]
        rows = "1 row holds" if count == 1 else f"{count:,} rows hold"
        super().__init__(
            f"Nothing was imported: {rows} an address that is a lead already or stands twice in "
            "the file. Take them out, or choose the mode skip or update.",
            fields=first,
        )


def unwatched(rows_done: int) -> None:
    """Nobody follows the progress."""


def import_leads(
    table: Table,
    mapping: ColumnMapping,
    *,
    list_name: str,
    mode: LeadImport.Mode = LeadImport.Mode.SKIP,
    dry_run: bool = False,
    progress: Progress = unwatched,
) -> ImportResult:
    """Import the rows of an open table. A dry run does the same, and takes it back.

    `progress` is called with the number of rows read, about every 5,000 rows; it may not use the
    connection of the import, on which rows are under way by then. Raises
    DuplicatesFound, and UnreadableFile where the file breaks off half-way; then nothing has been
    written.
    """
    reading = _Reading(table, mapping, mode)
    with transaction.atomic():
        staging = Staging()
        staging.fill(_watched(reading, progress))
        progress(reading.rows_done)
        erased = staging.erased()
        created = staging.insert(list_name)
        existing = reading.rows_kept - len(erased) - created
        if mode == LeadImport.Mode.ERROR:
            _refuse_duplicates(reading, staging.existing() if existing else [])
        updates = mode == LeadImport.Mode.UPDATE and existing > 0
        updated = staging.update(list_name) if updates else 0
        _remark_on_people(reading, erased, staging.unmailable(), updates=updates)
        staging.drop()
        progress(reading.rows_done)
        if dry_run:
            transaction.set_rollback(True)
    return ImportResult(
        created=created,
        updated=updated,
        skipped=reading.duplicates + existing - updated,
        refused=reading.refused + len(erased),
        remarks=reading.log,
        notes=(*table.notes, *mapping.notes, *([] if reading.rows_done else [NO_ROWS])),
    )


class _Reading:
    """Goes through a table once: yields the rows to keep, counts all and notes what is amiss."""

    def __init__(self, table: Table, mapping: ColumnMapping, mode: LeadImport.Mode) -> None:
        self.log = RemarkLog()
        self.rows_done = self.rows_kept = self.refused = self.duplicates = 0
        self.first_duplicates: dict[str, str] = {}
        self._column = next(h for h, target in mapping.targets.items() if target == "email")
        self._rows = table.rows
        self._read = RowReader(table.headings, mapping)
        refuses = mode == LeadImport.Mode.ERROR
        self._duplicate_is = Outcome.REFUSED if refuses else Outcome.SKIPPED

    def __iter__(self) -> Iterator[LeadRow]:
        first_rows: dict[str, int] = {}
        for row in self._rows:
            self.rows_done += 1
            lead = self._read(row)
            if isinstance(lead, Remark):
                self.refused += 1
                self.log.add(Outcome.REFUSED, lead)
            elif (first := first_rows.setdefault(lead.email, lead.number)) != lead.number:
                reason = f"The same address stands in row {first}, which is the one that counts."
                self.add_duplicate(lead.number, lead.email, reason)
            else:
                for warning in lead.warnings:
                    self.log.add(Outcome.WARNING, warning)
                self.rows_kept += 1
                yield lead

    def add_duplicate(self, number: int, email: str, reason: str) -> None:
        self.duplicates += 1
        if len(self.first_duplicates) < _SHOWN:
            self.first_duplicates[f"row {number}"] = f"{email}: {reason}"
        self.remark(self._duplicate_is, number, email, reason)

    def remark(self, outcome: Outcome, number: int, email: str, reason: str) -> None:
        """Log something about the address in a row."""
        self.log.add(outcome, Remark(number, self._column, email, reason))


def _watched(reading: _Reading, progress: Progress) -> Iterator[LeadRow]:
    """The rows to keep. They go straight on to the database, which works while we read."""
    for lead in reading:
        yield lead
        if reading.rows_kept % BATCH_ROWS == 0:
            progress(reading.rows_done)


def _refuse_duplicates(reading: _Reading, existing: list[tuple[int, str]]) -> None:
    for number, email in existing:
        reading.add_duplicate(number, email, "This address is a lead already.")
    if reading.duplicates:
        raise DuplicatesFound(reading.duplicates, reading.first_duplicates, reading.log)


def _remark_on_people(
    reading: _Reading, erased: list[int], unmailable: Iterator[Unmailable], *, updates: bool
) -> None:
    """Say which rows are about people who get no mail, and what was done with the row."""
    for number in erased:
        reason = "This person asked to be forgotten, so the address is not stored again."
        reading.remark(Outcome.REFUSED, number, "", reason)
    for row in unmailable:
        if row.is_new:
            outcome, done = Outcome.WARNING, "The lead was stored, and gets no mail."
        elif updates and not row.is_deleted:
            outcome, done = Outcome.WARNING, "Its fields were updated; it still gets no mail."
        else:
            outcome, done = Outcome.SKIPPED, "It was left as it is."
        reading.remark(outcome, row.number, row.email, f"{_why_unmailable(row)} {done}")


def _why_unmailable(row: Unmailable) -> str:
    if row.is_deleted:
        return "The lead with this address was deleted."
    if row.status == Lead.Status.BOUNCED:
        return "Mail to this address bounced."
    if row.status == Lead.Status.SUPPRESSED:
        return "This address opted out or is on the suppression list."
    return "The lead with this address was stopped."
