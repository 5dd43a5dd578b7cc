"""The uploaded files of imports: they hold personal data, so they are not kept for ever."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from leads.models import LeadImport


def forget_old_files(age: timedelta) -> int:
    """Delete the files of imports that were finished longer ago than `age`; answer how many.

    The imports stay, with their figures and remarks; they can't be run again.
    """
    old = LeadImport.objects.filter(finished_at__lt=Now() - age).exclude(file="")
    return sum(_forget_file(import_id) for import_id in list(old.values_list("pk", flat=True)))


@transaction.atomic
def _forget_file(import_id: int) -> bool:
    # Locked: somebody may be about to run it again.
    still_finished = LeadImport.objects.select_for_update().filter(
        pk=import_id, finished_at__isnull=False
    )
    lead_import = still_finished.first()
    if lead_import is None:
        return False
    # The file first: if it goes wrong in between, the next time finds it gone and is content.
    lead_import.file.delete(save=False)
    LeadImport.objects.filter(pk=import_id).update(file="")
    return True
