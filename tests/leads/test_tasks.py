"""Imports in the background: claimed once, followed, found again when a worker died."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from leads import import_runs, tasks
from leads.import_claims import abandoned, claimed
from leads.models import Lead, LeadImport
from mailsuite.lib.errors import Conflict
from tests.factories import LeadFactory, LeadImportFactory

in_the_open = pytest.mark.django_db(transaction=True)

GOOD = "email;company\njan@zon.nl;Zon\nnobody;X\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def stored(text: str = GOOD, **fields: object) -> LeadImport:
    return LeadImportFactory(file=ContentFile(text.encode(), name="leads.csv"), **fields)


@in_the_open
def test_a_pending_import_is_run_and_what_came_of_it_is_stored() -> None:
    lead_import = stored()

    tasks.run_import(lead_import.pk)

    lead_import.refresh_from_db()
    assert lead_import.status == "completed"
    assert (lead_import.created_count, lead_import.refused_count) == (1, 1)
    assert (lead_import.rows_done, lead_import.rows_total) == (2, 2)
    assert lead_import.started_at <= lead_import.finished_at
    (refusal,) = lead_import.refusals.all()
    assert (refusal.row_number, refusal.outcome, refusal.value) == (3, "refused", "nobody")


@in_the_open
def test_the_same_task_twice_imports_once() -> None:
    lead_import = stored()

    tasks.run_import(lead_import.pk)
    Lead.objects.all().delete()
    tasks.run_import(lead_import.pk)

    assert not Lead.objects.exists()


@in_the_open
def test_a_task_leaves_an_import_alone_that_another_worker_has() -> None:
    lead_import = stored()

    with claimed(lead_import.pk) as claim:
        assert claim is not None
        tasks.run_import(lead_import.pk)

    assert not Lead.objects.exists()


@in_the_open
def test_progress_is_seen_while_the_transaction_is_still_open() -> None:
    lead_import = stored("email\n" + "".join(f"lead{n}@zon.nl\n" for n in range(6_000)))
    seen = []

    def look(rows_done: int) -> None:
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT status, rows_done FROM leads_leadimport")
            row = cursor.fetchone()
            cursor.execute("SELECT count(*) FROM leads_lead")
            seen.append((*row, cursor.fetchone()[0]))
        other.close()

    with claimed(lead_import.pk) as claim:
        assert claim is not None

        def progress(rows_done: int) -> None:
            claim.show_progress(rows_done)
            look(rows_done)

        import_runs.run(LeadImport.objects.get(pk=lead_import.pk), progress)

    assert seen == [("running", 5_000, 0), ("running", 6_000, 0), ("running", 6_000, 0)]


@in_the_open
def test_a_file_that_breaks_off_fails_in_words_and_writes_nothing() -> None:
    lead_import = stored('email;company\njan@zon.nl;Zon\npiet@zon.nl;"never closed\n')

    tasks.run_import(lead_import.pk)

    lead_import.refresh_from_db()
    assert lead_import.status == "failed"
    assert lead_import.error.startswith("A quotation mark that opens in row 3 is never closed.")
    assert not Lead.objects.exists()


@in_the_open
def test_duplicates_under_mode_error_are_all_listed() -> None:
    LeadFactory(email="jan@zon.nl")
    lead_import = stored(mode="error")

    tasks.run_import(lead_import.pk)

    lead_import.refresh_from_db()
    assert (lead_import.status, lead_import.refused_count) == ("failed", 2)
    assert lead_import.error.startswith("Nothing was imported: 1 row holds an address")
    rows = sorted(lead_import.refusals.values_list("row_number", "reason"))
    assert rows[0] == (2, "This address is a lead already.")


@in_the_open
def test_an_unforeseen_error_fails_the_import_and_is_not_swallowed() -> None:
    lead_import = stored()

    crash = patch.object(import_runs, "import_leads", side_effect=RuntimeError("disk"))
    with crash, pytest.raises(RuntimeError):
        tasks.run_import(lead_import.pk)

    lead_import.refresh_from_db()
    assert (lead_import.status, "disk" in lead_import.error) == ("failed", False)


@in_the_open
def test_an_import_whose_worker_died_is_failed_and_can_be_run_again() -> None:
    lead_import = stored()
    with claimed(lead_import.pk):
        pass  # and the worker is gone, with its connection

    # The server learns a moment later that a connection was closed, and frees its lock then.
    ends = time.monotonic() + 10
    while lead_import.status != "failed" and time.monotonic() < ends:
        tasks.tend_imports()
        lead_import.refresh_from_db()

    assert lead_import.status == "failed"
    assert lead_import.error.startswith("The worker was ended while it imported.")

    tasks.run_again(lead_import)

    assert Lead.objects.count() == 1


@in_the_open
def test_an_import_whose_worker_lives_is_left_to_it() -> None:
    lead_import = stored()

    with claimed(lead_import.pk):
        with abandoned(lead_import.pk) as lost:
            assert lost is None
        tasks.tend_imports()
        lead_import.refresh_from_db()
        assert lead_import.status == "running"


@pytest.mark.django_db
def test_only_an_import_that_waits_too_long_is_handed_out_again() -> None:
    forgotten, fresh = stored(), stored()
    LeadImport.objects.filter(pk=forgotten.pk).update(
        created_at=timezone.now() - timedelta(minutes=3)
    )

    with patch.object(tasks.run_import, "delay") as delay:
        tasks.tend_imports()

    delay.assert_called_once_with(forgotten.pk)
    assert fresh.status == "pending"


@in_the_open
def test_without_redis_an_import_stays_pending() -> None:
    lead_import = stored()

    with patch.object(tasks.run_import, "apply_async", side_effect=OperationalError):
        tasks.hand_out(lead_import)

    lead_import.refresh_from_db()
    assert lead_import.status == "pending"


@pytest.mark.django_db
def test_a_dry_run_can_be_run_for_real_once() -> None:
    lead_import = stored(dry_run=True)
    tasks.start(lead_import)
    assert (lead_import.status, lead_import.created_count) == ("completed", 1)
    assert not Lead.objects.exists()

    tasks.run_again(lead_import)

    assert Lead.objects.count() == 1
    assert lead_import.refusals.count() == 1
    with pytest.raises(Conflict, match="This import is completed"):
        tasks.run_again(lead_import)


@pytest.mark.django_db
def test_a_long_file_is_left_to_a_worker(django_capture_on_commit_callbacks) -> None:
    lead_import = stored(rows_total=2_001)

    sending = patch.object(tasks.run_import, "apply_async")
    with sending as sent, django_capture_on_commit_callbacks(execute=True):
        tasks.start(lead_import)

    sent.assert_called_once_with(args=(lead_import.pk,), retry=False)
    assert not Lead.objects.exists()
