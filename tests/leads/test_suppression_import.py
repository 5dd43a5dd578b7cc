"""Files of addresses and domains for the suppression list."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.db import connection, transaction

from leads import suppression
from leads.inspecting import FileRefused
from leads.models import Lead, Suppression
from leads.suppression import hold_addresses, is_suppressed
from leads.suppression_import import SuppressionImport, import_suppressions
from tests.factories import LeadFactory
from tests.leads.files import workbook
from tests.threads import in_threads

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


@pytest.mark.django_db(transaction=True)
def test_a_sender_that_holds_an_address_of_the_list_waits_in_no_circle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the domain's lock first and then the address's, as their keys are sorted."""
    domain = next(name for name in (f"zon{n}.nl" for n in range(99)) if _domain_goes_first(name))
    address = f"jan@{domain}"
    LeadFactory(email=address)
    importer_holds = threading.Event()
    works = iter(["import", "sender"])

    def hold_and_let_the_sender_come(values: Sequence[str]) -> None:
        hold(values)
        importer_holds.set()
        _await_somebody_waiting()

    def work() -> bool:
        if next(works) == "import":
            return imported(tmp_path, f"{address}\n{domain}\n").added == 2
        importer_holds.wait(10)
        with transaction.atomic():
            hold_addresses([address])
            return is_suppressed(address)

    hold = suppression.hold_for_writing
    monkeypatch.setattr(suppression, "hold_for_writing", hold_and_let_the_sender_come)

    assert in_threads(2, work) == [True, True]
    assert Lead.objects.get().status == Lead.Status.SUPPRESSED


def _await_somebody_waiting() -> None:
    ends = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < ends:
            cursor.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.rowcount:
                return
    pytest.fail("nobody waits for the importer's locks")


def _domain_goes_first(domain: str) -> bool:
    return suppression._lock_key(domain) < suppression._lock_key(f"jan@{domain}")
