"""Files of addresses and domains for the suppression list."""

from __future__ import annotations

from pathlib import Path

import pytest

from leads.inspecting import FileRefused
from leads.models import Suppression
from leads.suppression_import import SuppressionImport, import_suppressions
from tests.leads.files import workbook

pytestmark = pytest.mark.django_db

MANUAL = Suppression.Reason.MANUAL


def imported(tmp_path: Path, text: str, **options: str) -> SuppressionImport:
    path = tmp_path / "list.csv"
    path.write_text(text)
    return import_suppressions(path, reason=MANUAL, **options)


def entries() -> set[tuple[str, str]]:
    return set(Suppression.objects.values_list("scope", "value"))


def test_addresses_and_domains_are_told_apart(tmp_path: Path) -> None:
    text = "E-mail;Naam\nJan@Zon.nl;Jan\nmaan.nl;\n@ster.nl;\n*@zee.nl;\n"

    done = imported(tmp_path, text, note="old system")

    assert (done.added, done.known, done.refusals) == (4, 0, [])
    assert entries() == {
        ("address", "jan@zon.nl"),
        ("domain", "maan.nl"),
        ("domain", "ster.nl"),
        ("domain", "zee.nl"),
    }
    assert set(Suppression.objects.values_list("note", flat=True)) == {"old system"}


def test_a_list_without_headings_is_taken_from_its_first_line(tmp_path: Path) -> None:
    done = imported(tmp_path, "jan@zon.nl\npiet@zon.nl\njan@zon.nl\n")

    assert (done.added, done.known) == (2, 1)


def test_the_only_column_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    assert imported(tmp_path, "Afmeldingen\njan@zon.nl\n").added == 1


def test_a_column_can_be_named(tmp_path: Path) -> None:
    done = imported(tmp_path, "Nr;Weg\n1;jan@zon.nl\n", column="Weg")

    assert done.added == 1


def test_a_workbook_is_taken_too(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", [["E-mail"], ["jan@zon.nl"]])

    assert import_suppressions(path, reason=MANUAL).added == 1


def test_a_row_that_is_neither_is_refused_by_its_number(tmp_path: Path) -> None:
    done = imported(tmp_path, "E-mail\njan@zon.nl\nnobody at all\n")

    assert done.added == 1
    assert [(one.number, one.value) for one in done.refusals] == [(3, "nobody at all")]


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("Nr;Weg\n1;jan@zon.nl\n", {}, "No column is known to hold the e-mail addresses."),
        ("Nr;Weg\n1;jan@zon.nl\n", {"column": "X"}, "The file has no column 'X'."),
        ("", {}, "The file is empty."),
        ('E-mail\njan@zon.nl\n"never closed\n', {}, "A quotation mark that opens in row 3"),
    ],
)
def test_a_file_that_can_not_be_used_is_refused_whole(
    tmp_path: Path, text: str, options: dict[str, str], words: str
) -> None:
    with pytest.raises(FileRefused) as caught:
        imported(tmp_path, text, **options)

    assert caught.value.message.startswith(words)
    assert not entries()
