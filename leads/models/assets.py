from __future__ import annotations

from django.db import models

from leads.models.leads import Lead


class ImageAsset(models.Model):
    """A picture for mails, found by its key: a lead's own (`lead.image_key`) or a static one."""

    key = models.CharField(max_length=200, unique=True)
    file = models.ImageField(upload_to="images/%Y/%m", width_field="width", height_field="height")
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class Report(models.Model):
    """The one document made for a lead, which a follow-up may carry as an attachment."""

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, related_name="report")
    file = models.FileField(upload_to="reports/%Y/%m")
    # The name that the recipient sees.
    filename = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.filename} for {self.lead}"
