from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from templates_app.models import Template


class Flow(models.Model):
    """A chain of mails with waits between them, reusable by any number of campaigns.

    Its steps live in versions: a running campaign keeps the version it was launched with.
    """

    name = models.CharField(max_length=200, unique=True)
    description = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FlowVersion(models.Model):
    """The steps of a flow at one time. A campaign that was made of one template (with or
    without a follow-up) has a version of its own, which belongs to no flow."""

    flow = models.ForeignKey(
        Flow, on_delete=models.CASCADE, null=True, blank=True, related_name="versions"
    )
    number = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["flow", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["flow", "number"], name="flow_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.flow} v{self.number}" if self.flow else f"single campaign {self.pk}"


class FlowStep(models.Model):
    """Send a mail, or wait. Waits add up until the next mail."""

    class Kind(models.TextChoices):
        SEND = "send"
        WAIT = "wait"

    class DelayUnit(models.TextChoices):
        WORKDAYS = "workdays"  # as the sending domain's policy counts them
        DAYS = "days"  # of the calendar
        HOURS = "hours"  # elapsed

    version = models.ForeignKey(FlowVersion, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    kind = models.CharField(max_length=4, choices=Kind)

    # A mail: its place among the mails, what it says, who it is from.
    mail_number = models.PositiveSmallIntegerField(null=True, blank=True)
    template = models.ForeignKey(
        Template, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    alias_name = models.SlugField(
        max_length=64, blank=True, help_text="Sender alias; empty for the domain's first one."
    )
    attach_report = models.BooleanField(default=False)

    # A wait.
    delay = models.PositiveSmallIntegerField(null=True, blank=True)
    delay_unit = models.CharField(max_length=8, choices=DelayUnit, blank=True)

    if TYPE_CHECKING:
        version_id: int
        template_id: int | None

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="step_position_once"),
            models.UniqueConstraint(fields=["version", "mail_number"], name="step_mail_once"),
            models.CheckConstraint(
                name="step_is_a_mail_or_a_wait",
                condition=(
                    Q(kind="send", mail_number__gte=1, template__isnull=False, delay=None)
                    | Q(kind="wait", mail_number=None, template=None, delay__gte=1)
                ),
            ),
        ]

    def __str__(self) -> str:
        if self.kind == self.Kind.WAIT:
            return f"wait {self.delay} {self.delay_unit}"
        return f"mail {self.mail_number}"
