from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from campaigns.models import SendingAccount
from mailsuite.lib.crypto import SecretField


class ProviderWebhook(models.Model):
    """Who may tell us what became of the mails of an account: the provider that knows `secret`,
    and signs with its keys where it has some."""

    account = models.OneToOneField(
        SendingAccount, on_delete=models.CASCADE, primary_key=True, related_name="webhook"
    )
    # The password in our addresses. Shown once, when it is made.
    secret = SecretField()
    secret_since = models.DateTimeField()  # business time
    # The provider's own, to check its signatures with; "": none is asked for.
    tracking_key = SecretField(blank=True)
    inbound_key = SecretField(blank=True)

    if TYPE_CHECKING:
        account_id: int

    class Meta:
        ordering = ["account"]

    def __str__(self) -> str:
        return f"webhook of {self.account}"


class ProviderEvent(models.Model):
    """One event as a provider told it, stored while the provider waited and kept for some weeks:
    told again in that time, it is not stored again. What it says is taken in a moment later."""

    class Purpose(models.TextChoices):
        TRACKING = "tracking"  # what became of a mail of ours
        INBOUND = "inbound"  # a mail that came in

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        NOT_OURS = "not_ours"  # about a mail that we did not send, as by another program
        REFUSED = "refused"  # too old to be believed
        FAILED = "failed"  # cannot be read, or was tried in vain

    account = models.ForeignKey(
        SendingAccount, on_delete=models.CASCADE, related_name="provider_events"
    )
    purpose = models.CharField(max_length=8, choices=Purpose)
    # The provider's own name for it, or what it says, as 64 hexadecimal digits.
    key = models.CharField(max_length=64)
    content_type = models.CharField(max_length=255)
    # Those that say something of the event, names in lower case.
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    received_at = models.DateTimeField()  # business time

    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()  # business time
    # What came of it, in words for people.
    outcome = models.CharField(max_length=500, blank=True)

    if TYPE_CHECKING:
        account_id: int

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            # storing: each event once, however often it is told.
            models.UniqueConstraint(
                fields=["account", "purpose", "key"], name="provider_event_once"
            ),
        ]
        indexes = [
            # processing: what is next.
            models.Index(
                fields=["next_try_at", "id"],
                name="provider_event_waiting",
                condition=Q(state="waiting"),
            ),
            # Forgetting the old ones; the list of the admin.
            models.Index(fields=["-received_at", "-id"], name="provider_event_age"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} event of {self.account}"
