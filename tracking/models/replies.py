from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.models import Message, SenderAlias
from tracking.models.inbound import InboundMail


class OutboundReply(models.Model):
    """What a person here wrote back, from the alias that was written to, and what became of it.

    `queued → sending → sent | failed | unknown`, like a message of a campaign and by the same
    rule: what may have been delivered is never sent again by itself. It belongs to no campaign's
    figures and takes no slot of the domain's throttle.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"  # claimed by one attempt
        SENT = "sent"  # a server took it
        FAILED = "failed"  # refused, given up, or the person has opted out meanwhile
        UNKNOWN = "unknown"  # handed over, answer never seen

    class Phase(models.TextChoices):
        CLAIMED = "claimed"  # nothing has left: a dead attempt is simply repeated
        WIRE = "wire"  # a dead attempt may have been delivered

    # The mail that it answers, and the message of ours that began it. Erased with them.
    inbound = models.ForeignKey(
        InboundMail, on_delete=models.CASCADE, related_name="replies", db_index=False
    )
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="replies")
    alias = models.ForeignKey(
        SenderAlias, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recipient = models.EmailField(max_length=254)
    # Whom else it goes to, of those whom the mail that it answers went to.
    cc = models.JSONField(default=list, blank=True)
    subject = models.CharField(max_length=500)
    text = models.TextField()  # as the person wrote it
    text_digest = models.CharField(max_length=64)
    # The alias's, as it was when this was written.
    signature_html = models.TextField(blank=True)
    # In-Reply-To and References, without <> and with blanks between them.
    in_reply_to = models.CharField(max_length=255, blank=True)
    references = models.TextField(blank=True)
    # Fixed before the first attempt and the same on every one (RFC 5322 §3.6.4), without <>.
    smtp_message_id = models.CharField(max_length=255, unique=True)

    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    written_at = models.DateTimeField()  # business time

    status = models.CharField(max_length=7, choices=Status, default=Status.QUEUED)
    # The attempt under way. The lease runs on the database's clock.
    attempt_id = models.UUIDField(null=True, blank=True)
    phase = models.CharField(max_length=7, choices=Phase, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    retries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()  # business time
    sent_at = models.DateTimeField(null=True, blank=True)  # business time of the last look
    # What the server said, or why it did not leave.
    reply_code = models.PositiveSmallIntegerField(null=True, blank=True)
    detail = models.CharField(max_length=1000, blank=True)
    # Who in Cc did not get it, and why. `status` is about the recipient alone.
    cc_detail = models.CharField(max_length=1000, blank=True)

    if TYPE_CHECKING:
        inbound_id: int
        message_id: int
        alias_id: int
        written_by_id: int | None

    class Meta:
        verbose_name = "reply of ours"
        verbose_name_plural = "replies of ours"
        ordering = ["-written_at", "-id"]
        constraints = [
            # answering: the same words to the same mail are one reply, however often submitted.
            models.UniqueConstraint(fields=["inbound", "text_digest"], name="reply_once"),
            models.CheckConstraint(
                name="reply_under_way_has_an_attempt",
                condition=~Q(status="sending")
                | Q(attempt_id__isnull=False, lease_until__isnull=False),
            ),
            models.CheckConstraint(
                name="reply_accepted_has_a_time",
                condition=~Q(status="sent") | Q(sent_at__isnull=False),
            ),
        ]
        indexes = [
            # sending: what is to leave next.
            models.Index(
                fields=["next_try_at", "id"], name="reply_queued", condition=Q(status="queued")
            ),
            # sending: what dead workers left.
            models.Index(fields=["lease_until"], name="reply_lease", condition=Q(status="sending")),
            # The list of the admin.
            models.Index(fields=["-written_at", "-id"], name="reply_newest"),
        ]

    def __str__(self) -> str:
        return f"reply to {self.recipient}"
