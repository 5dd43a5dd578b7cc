"""manage.py import_leads."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from leads.models import Lead, LeadImport
from tests.factories import LeadFactory
from tests.leads.files import workbook

pytestmark = pytest.mark.django_db

GOOD = "email;Firma;Notitie\njan@zon.nl;Zon;x\nnobody;=1+1;y\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_text(GOOD)
    return path


def run(path: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("import_leads", str(path), "--list", "hotels", *options, stdout=out)
    return out.getvalue()


def status_and_words(path: Path, *options: str) -> tuple[int, str]:
    with pytest.raises(CommandError) as caught:
        run(path, *options)
    return caught.value.returncode, str(caught.value)


def test_a_file_is_imported_and_the_figures_are_shown(csv: Path) -> None:
    shown = run(csv)

    assert Lead.objects.get().list_name == "hotels"
    assert "leads.csv into hotels" in shown
    assert "Row 3, column 'email' (refused): 'nobody' is not an e-mail address" in shown
    done = LeadImport.objects.get()
    assert (done.status, done.filename, done.created_count) == ("completed", "leads.csv", 1)


def test_a_workbook_is_imported(tmp_path: Path) -> None:
    path = workbook(tmp_path / "leads.xlsx", [["E-mail", "Kamers"], ["jan@zon.nl", 12]])

    run(path)

    assert Lead.objects.get().vars == {"kamers": "12"}


def test_columns_can_be_mapped_by_hand(csv: Path) -> None:
    run(csv, "--map", "Firma=company", "--map", "Notitie=")

    lead = Lead.objects.get()
    assert (lead.company, lead.vars) == ("Zon", {})


def test_a_dry_run_writes_no_lead(csv: Path) -> None:
    assert "dry run, nothing was written" in run(csv, "--dry-run")
    assert not Lead.objects.exists()


def test_refused_rows_are_written_to_a_file_that_can_be_imported_again(
    csv: Path, tmp_path: Path
) -> None:
    errors = tmp_path / "errors.csv"

    run(csv, "--errors", str(errors))

    lines = errors.read_text("utf-8-sig").splitlines()
    assert lines[0] == (
        "Import row;Import outcome;Import column;Import value;Import reason;email;Firma;Notitie"
    )
    assert lines[1].startswith("3;refused;email;nobody;'nobody' is not")
    assert lines[1].endswith(";nobody;'=1+1;y")
    errors.write_text(errors.read_text("utf-8-sig").replace(";nobody;'=", ";piet@zon.nl;'="))
    run(errors)
    assert Lead.objects.get(email="piet@zon.nl").vars == {"notitie": "y"}


def test_mode_error_ends_with_status_1_and_lists_the_duplicates(csv: Path, tmp_path: Path) -> None:
    LeadFactory(email="jan@zon.nl")
    errors = tmp_path / "errors.csv"

    status, words = status_and_words(csv, "--mode", "error", "--errors", str(errors))

    assert status == 1
    assert words.endswith("row 2: jan@zon.nl: This address is a lead already.")
    assert len(errors.read_text("utf-8-sig").splitlines()) == 3
    assert LeadImport.objects.get().status == "failed"


@pytest.mark.parametrize(
    ("content", "options", "status", "words"),
    [
        (GOOD, ["--list", " "], 2, "--list needs a name"),
        (GOOD, ["--map", "Firma"], 2, "--map 'Firma' is not HEADING=TARGET."),
        (GOOD, ["--map", "Nope=company"], 1, "The file has no column 'Nope'."),
        (GOOD, ["--map", "Firma=shoe"], 1, "Column 'Firma' can't go to 'shoe'."),
        (GOOD, ["--errors", "/nowhere/x.csv"], 2, "--errors: /nowhere/x.csv can't be written."),
        (GOOD, ["--encoding", "latin"], 1, "'latin' is no encoding that is known here."),
        ("", [], 1, "The file is empty."),
        ("Firma\nZon\n", [], 1, "No column is known to hold the e-mail addresses."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    csv: Path, settings, content: str, options: list[str], status: int, words: str
) -> None:
    csv.write_text(content)

    ended, said = status_and_words(csv, *options)

    assert (ended, said[: len(words)]) == (status, words)
    assert not Lead.objects.exists()
    assert not LeadImport.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert status_and_words(tmp_path / "none.csv")[0] == 2
