"""A first look into a file of leads: what is in it, and where each column would go."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import TemporaryUploadedFile

from leads.columns import TARGETS, ColumnMapping, MappingError, map_columns
from leads.file_limits import FileLimits
from leads.parsing import DEFAULT_OPTIONS, open_table
from leads.tables import NO_ROWS, ReadOptions, Table, UnreadableFile
from mailsuite.lib.errors import Refusal

SAMPLE_ROWS = 5


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found. `targets` is heading → where it goes; `mapping_error` says why that can't
    be imported yet. `samples` are the first rows, each as long as the headings."""

    headings: tuple[str, ...]
    targets: Mapping[str, str]
    mapping_error: str
    notes: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    rows_expected: int
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: tuple[str, ...]
    known_targets: tuple[str, ...] = TARGETS

    @classmethod
    def of_nothing(cls) -> Inspection:
        """Of a file that can't be read any more."""
        return cls((), {}, "", (), (), 0, None, None, None, ())


def inspect(
    path: Path, options: ReadOptions = DEFAULT_OPTIONS, corrections: Mapping[str, str] | None = None
) -> Inspection:
    """Read the headings and the first rows. Raises UnreadableFile."""
    with open_table(path, options, limits()) as table:
        mapping, error = _mapped(table, corrections or {})
        samples = tuple(row.cells for row in islice(table.rows, SAMPLE_ROWS))
        return Inspection(
            headings=table.headings,
            targets=mapping,
            mapping_error=error,
            notes=table.notes if samples else (*table.notes, NO_ROWS),
            samples=samples,
            rows_expected=table.rows_expected,
            encoding=table.encoding,
            delimiter=table.delimiter,
            sheet=table.sheet,
            sheets=table.sheets,
        )


def limits() -> FileLimits:
    """How large a file may be in this installation."""
    return replace(
        FileLimits(), file_bytes=settings.IMPORT_MAX_BYTES, rows=settings.IMPORT_MAX_ROWS
    )


@contextmanager
def on_disk(file: File) -> Iterator[Path]:
    """The path of an uploaded file, for as long as the context lasts."""
    if isinstance(file, TemporaryUploadedFile):
        yield Path(file.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile() as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


class FileRefused(Refusal):
    """The file, or the mapping of its columns, can't be used; `fields` says which of them."""

    code = "file_refused"

    def __init__(self, error: UnreadableFile | MappingError) -> None:
        field = "mapping" if isinstance(error, MappingError) else "file"
        super().__init__(str(error), fields={field: str(error)})


def _mapped(table: Table, corrections: Mapping[str, str]) -> tuple[Mapping[str, str], str]:
    mapping: ColumnMapping
    try:
        mapping = map_columns(table.headings, table.unnamed, corrections)
    except MappingError as error:
        return {heading: corrections.get(heading, "") for heading in table.headings}, str(error)
    return mapping.targets, ""
