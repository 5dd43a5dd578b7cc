"""The life of an import: asked for, run at once or by a worker, run again, lost and found.

    pending → running → completed
                      → failed → pending (run again)
    a dry run that completed → pending (run for real)

Leads, refusals, counts and the status `completed` are one transaction, so an import that did
not complete has written nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import transaction

from leads.columns import MappingError, map_columns
from leads.import_remarks import RowRemark
from leads.importer import DuplicatesFound, ImportResult, Progress, import_leads, unwatched
from leads.inspecting import FileRefused, inspect, limits, on_disk
from leads.models import ImportRefusal, LeadImport
from leads.parsing import open_table
from leads.tables import ReadOptions, UnreadableFile
from mailsuite.lib import clock
from mailsuite.lib.copying import copy_rows
from mailsuite.lib.errors import Conflict, Refusal

# A file of so many rows takes about half a second: its answer is waited for.
ROWS_AT_ONCE = 2_000

Mode, Status = LeadImport.Mode, LeadImport.Status


def store_import(
    file: File,
    *,
    filename: str,
    list_name: str,
    mode: str = Mode.SKIP,
    mapping: Mapping[str, str] | None = None,
    options: ReadOptions | None = None,
    dry_run: bool = False,
    may_lack_mapping: bool = False,
    by: User | None = None,
) -> LeadImport:
    """Keep a file to be imported; it is opened and its columns are mapped, no more.

    Raises FileRefused where that fails; nothing is kept then. With `may_lack_mapping`, a file
    whose columns nobody knows is kept for a person to map.
    """
    options = options or ReadOptions()
    try:
        with on_disk(file) as path:
            found = inspect(path, options, mapping)
    except UnreadableFile as error:
        raise FileRefused(error) from error
    if found.mapping_error and not may_lack_mapping:
        raise FileRefused(MappingError(found.mapping_error))
    lead_import = LeadImport(
        filename=filename[:255],
        list_name=list_name,
        mode=mode,
        mapping=dict(mapping or {}),
        options={name: value for name in _OPTIONS if (value := getattr(options, name))},
        dry_run=dry_run,
        rows_total=found.rows_expected,
        created_by=by,
    )
    lead_import.file.save(f"leads{Path(filename).suffix[:10]}", file, save=True)
    return lead_import


def import_now(
    file: File, *, most_rows: int | None = None, progress: Progress = unwatched, **fields: Any
) -> LeadImport:
    """Store and run in one go: afterwards the import is completed, or has never been there.

    A file of more than `most_rows` rows is only stored: it stays pending, for a worker.
    `fields` are those of `store_import`. Raises FileRefused; and DuplicatesFound, whose
    `lead_import` is kept as failed, with all that it has to say about the rows.
    """
    lead_import: LeadImport | None = None
    duplicates: DuplicatesFound | None = None
    try:
        with transaction.atomic():
            lead_import = store_import(file, **fields)
            if most_rows is None or (lead_import.rows_total or 0) <= most_rows:
                duplicates = _run_or_fail(lead_import, progress)
    except BaseException:
        if lead_import is not None:
            lead_import.file.delete(save=False)
        raise
    if duplicates is not None:
        raise duplicates
    return lead_import


def _run_or_fail(lead_import: LeadImport, progress: Progress) -> DuplicatesFound | None:
    try:
        run(lead_import, progress)
    except DuplicatesFound as duplicates:
        fail(lead_import, duplicates)
        duplicates.lead_import = lead_import
        return duplicates
    return None


@transaction.atomic
def run(lead_import: LeadImport, progress: Progress = unwatched) -> None:
    """Import the file and store what came of it, and where its columns went. Raises what
    `import_leads` refuses; then nothing has been written, and `fail` writes down why."""
    lead_import.started_at = lead_import.started_at or clock.now()
    try:
        with open_table(Path(lead_import.file.path), read_options(lead_import), limits()) as table:
            mapping = map_columns(table.headings, table.unnamed, lead_import.mapping)
            result = import_leads(
                table,
                mapping,
                list_name=lead_import.list_name,
                mode=Mode(lead_import.mode),
                dry_run=lead_import.dry_run,
                progress=progress,
            )
    except (UnreadableFile, MappingError) as error:
        raise FileRefused(error) from error
    lead_import.mapping = dict(mapping.targets)
    _store_result(lead_import, result)


@transaction.atomic
def fail(lead_import: LeadImport, error: Refusal | str) -> None:
    """Write down that, and why, nothing was imported."""
    lead_import.status = Status.FAILED
    lead_import.error = error if isinstance(error, str) else error.message
    lead_import.finished_at = clock.now()
    if isinstance(error, DuplicatesFound):
        lead_import.refused_count = error.refused
        _store_remarks(lead_import, error.remarks)
    lead_import.save()


@transaction.atomic
def reset(lead_import: LeadImport, **changes: Any) -> None:
    """Make it pending again, with these fields changed: after a failure, or after a dry run. Its
    notes are kept as long as its mapping is.

    Raises Conflict for every other import, which would bring nothing new; and where its file is
    not kept any more.
    """
    now = LeadImport.objects.select_for_update().get(pk=lead_import.pk)
    if now.status != Status.FAILED and not (now.status == Status.COMPLETED and now.dry_run):
        raise Conflict(
            f"This import is {now.status}. Only one that failed, or a dry run, can be run "
            "again; upload the file once more for another import."
        )
    if now.path is None:
        raise Conflict(
            "The file of this import is not kept any more. Upload it once more.", code="file_gone"
        )
    lead_import.refusals.all().delete()
    if changes.get("mapping", lead_import.mapping) != lead_import.mapping:
        lead_import.notes = []
    for name, value in {**_UNTOUCHED, **changes}.items():
        setattr(lead_import, name, value)
    lead_import.save()


def read_options(lead_import: LeadImport) -> ReadOptions:
    return ReadOptions(**lead_import.options)


_OPTIONS = ("encoding", "delimiter", "sheet")
_UNTOUCHED = {
    "status": Status.PENDING,
    "rows_done": 0,
    "created_count": 0,
    "updated_count": 0,
    "skipped_count": 0,
    "refused_count": 0,
    "error": "",
    "started_at": None,
    "finished_at": None,
}


def _store_result(lead_import: LeadImport, result: ImportResult) -> None:
    lead_import.status = Status.COMPLETED
    lead_import.finished_at = clock.now()
    lead_import.rows_done = lead_import.rows_total = result.rows
    lead_import.created_count = result.created
    lead_import.updated_count = result.updated
    lead_import.skipped_count = result.skipped
    lead_import.refused_count = result.refused
    # What a dry run decided for the person is by now its mapping, and gives no note again.
    lead_import.notes = list(dict.fromkeys([*lead_import.notes, *result.notes]))
    lead_import.save()
    _store_remarks(lead_import, result.remarks)


def _store_remarks(lead_import: LeadImport, remarks: Iterable[RowRemark]) -> None:
    columns = ("lead_import_id", "outcome", "row_number", "column", "value", "reason")
    copy_rows(ImportRefusal, columns, ((lead_import.pk, *remark) for remark in remarks))
