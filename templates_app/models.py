from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, QuerySet


class TemplateQuerySet(QuerySet["Template"]):
    def present(self) -> TemplateQuerySet:
        """Not deleted."""
        return self.filter(deleted_at=None)

    def with_current(self) -> TemplateQuerySet:
        return self.select_related("current_version")


class Template(models.Model):
    """A mail to be filled in per lead. Its text lives in versions, so that a campaign goes on
    sending what it was launched with while somebody edits the template."""

    name = models.CharField(max_length=200)
    description = models.CharField(max_length=500, blank=True)
    current_version = models.OneToOneField(
        "TemplateVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(deleted_at=None),
                name="template_name_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateVersion(models.Model):
    """One state of a template. Never changed after it is saved."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=998)  # RFC 5322 §2.1.1: a line's length
    html = models.TextField()
    # Empty: made from the HTML when the mail is composed.
    text = models.TextField(blank=True)
    # Names that must have a value for each lead ("lead.company", "vars.rooms"), read from
    # the syntax trees of all parts once, so that an audience is checked without rendering.
    required_variables = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    if TYPE_CHECKING:
        template_id: int

    class Meta:
        ordering = ["template", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.template} v{self.number}"
