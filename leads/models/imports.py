from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models


class LeadImport(models.Model):
    """One file of leads on its way in: what was asked, how far it is, what came of it."""

    class Mode(models.TextChoices):
        SKIP = "skip"  # an address that exists already is left as it is
        UPDATE = "update"  # its fields are filled from the file; never its status
        ERROR = "error"  # any duplicate refuses the whole file

    class Status(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        COMPLETED = "completed"
        FAILED = "failed"

    # Deleted IMPORT_FILE_RETENTION_DAYS after the import was finished.
    file = models.FileField(upload_to="imports/%Y/%m")
    filename = models.CharField(max_length=255)
    list_name = models.CharField(max_length=100)
    mode = models.CharField(max_length=6, choices=Mode, default=Mode.SKIP)
    # Heading in the file → field of a lead, "vars.<key>", or "" to ignore it: what was corrected
    # of the guess; of a completed import, or dry run, every column.
    mapping = models.JSONField(default=dict, blank=True)
    # How the file is to be read where the guess was wrong: encoding, delimiter, sheet.
    options = models.JSONField(default=dict, blank=True)
    dry_run = models.BooleanField(default=False)

    status = models.CharField(max_length=9, choices=Status, default=Status.PENDING)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(null=True)
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    # What the person should know though nothing was refused: a guessed encoding, renamed vars.
    notes = models.JSONField(default=list, blank=True)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.filename} into {self.list_name}"

    @property
    def path(self) -> Path | None:
        """Where the file is; None when it is not kept any more."""
        path = Path(self.file.path) if self.file else None
        return path if path is not None and path.is_file() else None


class ImportRefusal(models.Model):
    """One row of the file that was not taken, or not taken whole, and why."""

    class Outcome(models.TextChoices):
        REFUSED = "refused"  # can't be a lead as it stands
        SKIPPED = "skipped"  # is a lead already that must not change, or stands twice in the file
        WARNING = "warning"  # was taken; a cell was left out, or the lead will get no mail

    outcome = models.CharField(max_length=7, choices=Outcome, default=Outcome.REFUSED)
    lead_import = models.ForeignKey(LeadImport, on_delete=models.CASCADE, related_name="refusals")
    # As the person sees it in the sheet: the heading is row 1.
    row_number = models.PositiveIntegerField()
    column = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["row_number", "id"]
        indexes = [
            models.Index(fields=["lead_import", "row_number"], name="import_refusal_by_row"),
        ]

    def __str__(self) -> str:
        return f"row {self.row_number}: {self.reason}"
