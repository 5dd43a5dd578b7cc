from __future__ import annotations

from django.db import models


class Tick(models.Model):
    """One beat of the dispatcher. The row's key makes a doubled tick do nothing, and the last
    one tells whether the machinery is alive."""

    # Start of the tick's period, by the database's clock.
    at = models.DateTimeField(primary_key=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.at.isoformat()
