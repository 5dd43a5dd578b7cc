from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from leads.querysets import SuppressionQuerySet
from mailsuite.lib import clock
from mailsuite.lib.crypto import pseudonym


class Suppression(models.Model):
    """An address or a whole e-mail domain that gets no mail from anybody here, ever.

    Written through `leads.suppression` only, which takes the lock that the sender takes too.
    """

    class Scope(models.TextChoices):
        ADDRESS = "address"
        DOMAIN = "domain"

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed"
        BOUNCED = "bounced"
        COMPLAINT = "complaint"
        MANUAL = "manual"
        ERASED = "erased"

    scope = models.CharField(max_length=7, choices=Scope, default=Scope.ADDRESS)
    # A normalised address or domain; for erased people a pseudonym of the address.
    value = models.CharField(max_length=320)
    reason = models.CharField(max_length=12, choices=Reason)
    note = models.CharField(max_length=500, blank=True)
    # Business time, for people see it beside the days of mails: since when it has its reason.
    created_at = models.DateTimeField(default=clock.now, editable=False, db_default=Now())
    # By the database's clock, as what has passed the gate: the two are held against each other.
    entered_at = models.DateTimeField(editable=False, db_default=Now())

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            # Also the index that the gate, the importer and the audience read.
            models.UniqueConstraint(fields=["scope", "value"], name="suppression_once"),
        ]

    def __str__(self) -> str:
        return self.value

    @staticmethod
    def erased_value(address: str) -> str:
        """What stands in `value` for a person whose address may not be kept."""
        return f"erased:{pseudonym(address)}"

    @property
    def is_address(self) -> bool:
        return self.scope == self.Scope.ADDRESS
