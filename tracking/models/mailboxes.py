from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from campaigns.models import SendingDomain
from mailsuite.lib import clock
from mailsuite.lib.crypto import SecretField
from mailsuite.lib.hosts import IN_CLEAR, is_near


def inbox_only() -> list[str]:
    return ["INBOX"]


def a_month_ago() -> date:
    """Answers to what was sent before the mailbox was connected, and not its whole past."""
    return clock.now().date() - timedelta(days=30)


class Mailbox(models.Model):
    """An IMAP account that answers and bounces come to: a domain's, or that of some aliases."""

    class Security(models.TextChoices):
        NONE = "none", "None (local server only)"
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", "TLS from the start"

    name = models.CharField(max_length=100, unique=True)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(
        default=993, validators=[MinValueValidator(1), MaxValueValidator(65_535)]
    )
    security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    username = models.CharField(max_length=254)
    secret = SecretField(blank=True)
    folders = ArrayField(
        models.CharField(max_length=255),
        default=inbox_only,
        help_text="Folders to read, as the server names them; spam folders hold bounces too.",
    )
    reads_junk = models.BooleanField(
        "read the junk folder",
        default=False,
        help_text="Whatever the server calls it. Answers end there too, among real spam.",
    )
    # By the calendar of the server, so a day earlier is read along (time zones).
    read_from = models.DateField(
        default=a_month_ago,
        null=True,
        blank=True,
        help_text="Mails that came before that day are left alone; empty: none are.",
    )
    # Whose mail comes here; for people to see, mails are tied to messages by what they say.
    domain = models.ForeignKey(
        SendingDomain, on_delete=models.PROTECT, null=True, blank=True, related_name="mailboxes"
    )
    is_active = models.BooleanField(default=True)

    # How reading goes. Business time.
    last_read_at = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    last_problem = models.CharField(max_length=500, blank=True, editable=False)
    # After a failed connection; None: at the next tick.
    next_read_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "mailboxes"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            self.host.encode("idna")
        except UnicodeError as error:
            raise ValidationError(
                {"host": f"{self.host!r} is no name of a server: {error}"}
            ) from error
        if self.security == self.Security.NONE and not is_near(self.host):
            raise ValidationError({"security": IN_CLEAR})
        if not any(folder.strip() for folder in self.folders or []):
            raise ValidationError({"folders": "Name at least one folder, usually INBOX."})


class MailboxFolder(models.Model):
    """How far a folder has been read. UIDs count within one UIDVALIDITY (RFC 9051 §2.3.1.1):
    where that changes, everything in the folder is new to us."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="folder_states")
    name = models.CharField(max_length=255)
    uid_validity = models.BigIntegerField(null=True, blank=True)
    last_uid = models.BigIntegerField(default=0)
    last_read_at = models.DateTimeField(null=True, blank=True)  # business time

    if TYPE_CHECKING:
        mailbox_id: int

    class Meta:
        ordering = ["mailbox", "name"]
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "name"], name="folder_once_per_mailbox"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.mailbox}"


class StuckMail(models.Model):
    """A mail that could not be read where it stood in the row. Those behind it went on; it is
    tried again for a while, then a person is shown it."""

    folder = models.ForeignKey(MailboxFolder, on_delete=models.CASCADE, related_name="stuck_mails")
    uid = models.BigIntegerField("UID")
    tries = models.PositiveSmallIntegerField(default=1)
    problem = models.CharField(max_length=500)
    since = models.DateTimeField()  # business time
    # Business time; None: given up, until a person asks for it.
    next_try_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        folder_id: int

    class Meta:
        ordering = ["folder", "uid"]
        constraints = [
            models.UniqueConstraint(fields=["folder", "uid"], name="stuck_once_per_folder"),
        ]

    def __str__(self) -> str:
        return f"mail {self.uid} in {self.folder}"
