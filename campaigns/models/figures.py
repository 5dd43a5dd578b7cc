from __future__ import annotations

from django.db import models

from campaigns.models.campaigns import Campaign
from campaigns.models.flows import FlowStep


class DailyFigures(models.Model):
    """What happened in a campaign on one day, per mail of its flow.

    Sums over these few rows are the KPIs, the timeline and the funnel, so a page costs the
    same for a thousand messages as for a million. Counts messages, not events: a mail opened
    five times by a person is one `opened`, in the day of the first.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="figures")
    step = models.ForeignKey(FlowStep, on_delete=models.PROTECT, related_name="+")
    # Local to the time zone of the message's sending domain.
    day = models.DateField()
    planned = models.PositiveIntegerField(default=0)
    canceled = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    # Mails that a machine opened, whether or not a person did too.
    machine_opened = models.PositiveIntegerField(default=0)
    clicked = models.PositiveIntegerField(default=0)
    replied = models.PositiveIntegerField(default=0)
    bounced = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    unsubscribed = models.PositiveIntegerField(default=0)
    complained = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "daily figures"
        ordering = ["campaign", "day", "step"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "step", "day"], name="figures_once"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}, {self.day}"
