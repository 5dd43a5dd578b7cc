"""A file of leads into the database, against reading the file and a raw COPY of its rows.

The reference reads with the same libraries as mailsuite does, without its checks, and sends the
rows as they are stored to a table that is the leads' own in everything: computed columns,
constraints, indexes, triggers. What it takes into a table without all of these is in the detail.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pandas as pd
from django.core.files.base import File
from django.db import connection
from python_calamine import CalamineWorkbook

from benchmarks.database import execute
from benchmarks.lead_files import write_csv, write_workbook
from benchmarks.measurement import Measurement
from benchmarks.peak_memory import peak_mb_of_run
from benchmarks.timing import Medians, peak_memory_mb, seconds_of
from leads import workbook_process
from leads.file_limits import FileLimits
from leads.import_runs import run, store_import
from leads.models import Lead, LeadImport

ROWS, QUICK_ROWS = 100_000, 10_000
_TIMES = 3
_LEADS = Lead._meta.db_table
_COLUMNS = (
    "email, first_name, last_name, title, company, url, city, country, vars, score, domain, "
    "list_name, status, source, tier, stage, image_key, tags"
)
_SAME_FOR_ALL = ("Beurs", "active", "", "", "", "", "{}")
# The server's own vacuum would come at any time, on one side only: here it comes when asked.
_TABLES = f"""
CREATE TABLE same (LIKE {_LEADS} INCLUDING ALL);
CREATE TRIGGER note_change AFTER INSERT ON same
    FOR EACH STATEMENT EXECUTE FUNCTION leads_note_change();
CREATE TABLE bare (LIKE {_LEADS} INCLUDING DEFAULTS INCLUDING IDENTITY);
ALTER TABLE {_LEADS} SET (autovacuum_enabled = false);
ALTER TABLE same SET (autovacuum_enabled = false);
"""

Reader = Callable[[Path], Iterator[list[str]]]


def measure(variant: str, *, quick: bool) -> Iterator[Measurement]:
    """New leads; then the same addresses again, with three other values in every row."""
    rows = QUICK_ROWS if quick else ROWS
    write, read, memory_of_child = _FORMATS[variant]
    execute(_TABLES)
    before = peak_memory_mb()
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "first", Path(folder) / "second"
        write(first, rows, revision=0)
        write(second, rows, revision=1)
        works = {"new": (_new, first), "update": (_update, second)}
        # Memory is that of a round without the reference, which needs more than we do.
        peaks = {}
        for kind, (ours, file) in works.items():
            ours(file)
            peaks[kind] = peak_memory_mb() + memory_of_child(file)
        seconds = {kind: list[float]() for kind in works}
        references = {kind: list[float]() for kind in works}
        for _ in range(_TIMES):
            for kind, (ours, file) in works.items():
                seconds[kind].append(ours(file))
                references[kind].append(_copy(read, file, "same"))
        bare = _copy(read, first, "bare")
    for kind in works:
        medians = Medians(median(seconds[kind]), median(references[kind]), peaks[kind])
        detail = (
            f"{rows:,} rows of 10 columns; {medians.seconds / bare:.1f}× where the COPY goes "
            "into a table without key, computed columns, indexes and triggers; "
            f"{before:.0f} MB before the first row"
        )
        reference = "same parser, COPY into the same table"
        yield Measurement.of(
            "import", f"{variant}, {kind}", medians, reference=reference, detail=detail
        )


def _new(path: Path) -> float:
    execute(f"TRUNCATE {_LEADS} CASCADE")
    return _import(path)


def _update(path: Path) -> float:
    """Of the leads that `_new` has made, vacuumed as the server does with those that have been
    there for a while. To update them twice would take longer the second time."""
    execute(f"VACUUM ANALYZE {_LEADS}")
    return _import(path)


def _import(path: Path) -> float:
    lead_import = _store(path)
    execute("CHECKPOINT")
    return seconds_of(lambda: run(lead_import))


def _store(path: Path) -> LeadImport:
    with path.open("rb") as file:
        return store_import(
            File(file), filename=path.name, list_name="Beurs", mode=LeadImport.Mode.UPDATE
        )


def _copy(read: Reader, path: Path, table: str) -> float:
    statement = f"COPY {table} ({_COLUMNS}) FROM STDIN"

    def parse_and_copy() -> None:
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for *texts, rooms, score in read(path):
                domain = texts[5].split("/")[2].removeprefix("www.")
                copy.write_row(
                    (*texts, json.dumps({"aantal_kamers": rooms}), score, domain, *_SAME_FOR_ALL)
                )

    execute("CHECKPOINT")
    seconds = seconds_of(parse_and_copy)
    execute(f"TRUNCATE {table}")
    return seconds


def _read_csv(path: Path) -> Iterator[list[str]]:
    chunks = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, chunksize=5_000)
    for chunk in chunks:
        yield from chunk.to_numpy().tolist()


def _read_workbook(path: Path) -> Iterator[list[str]]:
    rows = iter(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows())
    next(rows)
    for *texts, rooms, score in rows:
        yield [*map(str, texts), f"{rooms:.0f}", f"{score:.0f}"]


def _memory_of_reader(path: Path) -> float:
    """Of the process that unpacks a workbook, in MB: it works beside ours."""
    limits = FileLimits()
    arguments = (str(path), "", str(limits.memory_bytes), str(limits.processor_seconds))
    return peak_mb_of_run([workbook_process.__file__, *arguments])


_FORMATS = {
    "xlsx": (write_workbook, _read_workbook, _memory_of_reader),
    "CSV": (write_csv, _read_csv, lambda _: 0.0),
}
