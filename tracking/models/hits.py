from __future__ import annotations

from django.db import models


class Hit(models.Model):
    """One request for a pixel, a link or an opt-out page, as it came in.

    Written while the visitor waits, so it costs one INSERT and locks nothing: `message_id` and
    `link_id` are plain numbers, because a foreign key would wait for whoever holds the message.
    `tracking.digest` turns hits into events within a minute and deletes them.
    """

    class Kind(models.TextChoices):
        OPENED = "opened"
        CLICKED = "clicked"
        # The opt-out page was shown. Never an event: it tells machines, which follow every
        # link, from people.
        VISITED = "visited"

    kind = models.CharField(max_length=7, choices=Kind)
    message_id = models.BigIntegerField()
    link_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()  # business time
    method = models.CharField(max_length=4)
    user_agent = models.CharField(max_length=500, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            # digest: the hits of one message; recording: how many of them wait.
            models.Index(fields=["message_id"], name="hit_by_message"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.message_id})"
