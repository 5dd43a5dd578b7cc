"""Celery's side of imports. All state is in the database; a task carries an id."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from leads import import_runs
from leads.import_claims import abandoned, claimed
from leads.models import LeadImport
from mailsuite.lib.errors import Refusal

logger = logging.getLogger(__name__)

# A pending import that no worker took by then lost its task (Redis was emptied, say).
FORGOTTEN_AFTER = timedelta(minutes=2)

_CRASHED = (
    "Something went wrong on our side; it has been logged. Nothing was imported; run it again."
)
_LOST = "The worker was ended while it imported. Nothing was imported; run it again."


@shared_task
def run_import(import_id: int) -> None:
    """Import one file. Called twice, the second call finds nothing to do."""
    with claimed(import_id) as claim:
        if claim is None:
            return
        lead_import = LeadImport.objects.get(pk=import_id)
        try:
            import_runs.run(lead_import, claim.show_progress)
        except Refusal as refusal:
            import_runs.fail(LeadImport.objects.get(pk=import_id), refusal)
        except Exception:
            import_runs.fail(LeadImport.objects.get(pk=import_id), _CRASHED)
            raise


@shared_task
def tend_imports() -> None:
    """Hand out the imports whose task was lost; fail those whose worker died."""
    pending = LeadImport.objects.filter(
        status=LeadImport.Status.PENDING, created_at__lt=Now() - FORGOTTEN_AFTER
    )
    for import_id in pending.values_list("pk", flat=True):
        run_import.delay(import_id)
    running = LeadImport.objects.filter(status=LeadImport.Status.RUNNING)
    for import_id in running.values_list("pk", flat=True):
        with abandoned(import_id) as lost:
            if lost is not None:
                import_runs.fail(lost, _LOST)


def run_again(lead_import: LeadImport) -> None:
    """Run a completed dry run for real, or an import that failed once more as it was.

    Raises Conflict for every other import. What the import itself refuses becomes its status.
    """
    failed = lead_import.status == LeadImport.Status.FAILED
    import_runs.reset(lead_import, dry_run=lead_import.dry_run and failed)
    start(lead_import)


def start(lead_import: LeadImport) -> None:
    """Get a pending import going: at once if it is small."""
    if (lead_import.rows_total or 0) > import_runs.ROWS_AT_ONCE:
        hand_out(lead_import)
        return
    try:
        import_runs.run(lead_import)
    except Refusal as refusal:
        lead_import.refresh_from_db()
        import_runs.fail(lead_import, refusal)


def hand_out(lead_import: LeadImport) -> None:
    """Give a pending import to a worker once it is committed. Without Redis it stays pending,
    until `tend_imports` finds it."""

    def send() -> None:
        try:
            run_import.apply_async(args=(lead_import.pk,), retry=False)
        except OperationalError:
            logger.exception("Import %s waits: its task could not be sent", lead_import.pk)

    transaction.on_commit(send)
