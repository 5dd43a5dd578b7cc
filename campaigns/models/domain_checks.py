from __future__ import annotations

from django.db import models

from campaigns.models.domains import SendingDomain


class DomainCheck(models.Model):
    """What the DNS answered last about SPF, DKIM or DMARC of a sending domain.

    A DNS that does not answer says nothing about the domain: it leaves the last answer as it is,
    and `trouble` tells of it. Times are business time.
    """

    class Kind(models.TextChoices):
        SPF = "spf", "SPF"
        DKIM = "dkim", "DKIM"
        DMARC = "dmarc", "DMARC"

    class Verdict(models.TextChoices):
        PASSED = "passed"
        WEAK = "weak"  # receivers take it, and it protects less than it might
        FAILED = "failed"
        UNKNOWN = "unknown"  # the DNS has not answered yet, or there is nothing to ask it for

    domain = models.ForeignKey(
        SendingDomain, on_delete=models.CASCADE, related_name="checks", db_index=False
    )
    kind = models.CharField(max_length=5, choices=Kind)
    verdict = models.CharField(max_length=7, choices=Verdict)
    record = models.TextField(blank=True)  # as it was found
    problem = models.TextField(blank=True)  # what is wrong with it
    remedy = models.TextField(blank=True)  # how to mend that
    answered_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField()
    # Why the last try got no answer; empty: it got one.
    trouble = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["domain", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["domain", "kind"], name="check_once_per_domain"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.domain}: {self.verdict}"
