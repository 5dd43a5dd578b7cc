from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import Any, TextIO

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from leads.import_console import progress_of, show_result
from leads.import_reports import write_remarks, write_report
from leads.import_runs import import_now
from leads.importer import DuplicatesFound
from leads.inspecting import inspect
from leads.models import LeadImport
from leads.tables import ReadOptions, UnreadableFile
from mailsuite.lib.errors import Refusal

_WRONG_USAGE = 2
_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|"}
_LONGEST_LIST_NAME = 100


class Command(BaseCommand):
    help = (
        "Import leads from an Excel workbook (.xlsx) or a CSV file, all or none. Exit status: 0 "
        "when the file was imported (single rows may have been refused, see --errors), 1 when the "
        "file was refused and nothing written, 2 when the command was given wrongly."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("file", type=Path, metavar="FILE")
        add("--list", required=True, dest="list_name", metavar="NAME", help="their list")
        add(
            "--mode",
            choices=LeadImport.Mode.values,
            default=LeadImport.Mode.SKIP.value,
            help="an address that is a lead already: skip it (default), update its fields, or "
            "take it as an error and import nothing",
        )
        add(
            "--map",
            action="append",
            default=[],
            metavar="HEADING=TARGET",
            help="where a column goes, in place of the guess: a field such as company, vars.<name>,"
            " or nothing to leave it out; can be given several times",
        )
        add("--encoding", help="of a CSV file, where the guess is wrong")
        add("--delimiter", help="of a CSV file, where the guess is wrong: , ; | or tab")
        add("--sheet", help="of a workbook; otherwise the first one that has cells")
        add("--dry-run", action="store_true", help="count, and write nothing")
        add("--errors", type=Path, metavar="FILE.csv", help="write rows not taken, and why, there")

    def handle(self, *args: object, **options: Any) -> None:
        _check_usage(options)
        path, errors = options["file"], options["errors"]
        reading = ReadOptions(
            options["encoding"],
            _DELIMITERS.get(options["delimiter"], options["delimiter"]),
            options["sheet"],
        )
        try:
            done = _import(path, reading, options)
        except DuplicatesFound as error:
            remarks = sorted(error.remarks, key=attrgetter("number"))
            _write(errors, lambda out: write_remarks(remarks, path, reading, out))
            rows = "\n".join(f"{row}: {why}" for row, why in error.fields.items())
            raise CommandError(f"{error.message}\n{rows}") from error
        except Refusal as error:
            raise CommandError(error.message) from error
        show_result(done, Console(file=self.stdout, highlight=False))  # type: ignore[arg-type]
        _write(errors, lambda out: write_report(done, out))


def _check_usage(options: dict[str, Any]) -> None:
    name, errors = options["list_name"].strip(), options["errors"]
    if not options["file"].is_file():
        raise CommandError(f"There is no file {options['file']}.", returncode=_WRONG_USAGE)
    if not name or len(name) > _LONGEST_LIST_NAME or not name.isprintable():
        raise CommandError(
            f"--list needs a name of 1 to {_LONGEST_LIST_NAME} characters.", returncode=_WRONG_USAGE
        )
    if errors is not None and (errors.is_dir() or not errors.absolute().parent.is_dir()):
        raise CommandError(f"--errors: {errors} can't be written.", returncode=_WRONG_USAGE)


def _import(path: Path, reading: ReadOptions, options: dict[str, Any]) -> LeadImport:
    rows = _rows_expected(path, reading)
    with path.open("rb") as file, progress_of(path.name, rows) as progress:
        return import_now(
            File(file, name=path.name),
            progress=progress,
            filename=path.name,
            list_name=options["list_name"].strip(),
            mode=options["mode"],
            mapping=_corrections(options["map"]),
            options=reading,
            dry_run=options["dry_run"],
        )


def _rows_expected(path: Path, reading: ReadOptions) -> int:
    try:
        return inspect(path, reading).rows_expected
    except UnreadableFile:
        return 0  # the import itself will say why


def _corrections(given: list[str]) -> dict[str, str]:
    """["Firma=company"] → {"Firma": "company"}; the last = divides, as headings may have one."""
    corrections = {}
    for pair in given:
        heading, equals, target = pair.rpartition("=")
        if not equals or not heading.strip():
            raise CommandError(
                f"--map {pair!r} is not HEADING=TARGET. For example: --map 'Firma=company', "
                "--map 'Kamers=vars.rooms', --map 'Notitie='.",
                returncode=_WRONG_USAGE,
            )
        corrections[heading.strip()] = target.strip()
    return corrections


def _write(path: Path | None, write: Callable[[TextIO], int]) -> None:
    if path is not None:
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            write(out)
