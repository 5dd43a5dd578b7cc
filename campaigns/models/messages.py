from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from campaigns.models.campaigns import Campaign, Enrollment
from campaigns.models.domains import SenderAlias, SendingDomain
from campaigns.models.flows import FlowStep
from campaigns.querysets import MessageQuerySet
from leads.models import Lead
from templates_app.models import TemplateVersion


class Message(models.Model):
    """One mail of one flow to one lead: the ledger of what is planned, under way and gone.

    `queued → sending → sent | failed | unknown`; `bounced` later; `canceled` from queued.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"  # claimed by one attempt
        SENT = "sent"  # a server took it
        FAILED = "failed"  # refused for good, or could not be composed
        UNKNOWN = "unknown"  # handed over, answer never seen; never sent again by itself
        BOUNCED = "bounced"
        CANCELED = "canceled"

    OPEN = (Status.QUEUED, Status.SENDING)
    # Nothing more happens to these by themselves.
    FINAL = (Status.SENT, Status.FAILED, Status.BOUNCED, Status.CANCELED)

    class Phase(models.TextChoices):
        CLAIMED = "claimed"  # nothing has left: a dead attempt is simply repeated
        WIRE = "wire"  # passed the gate: a dead attempt may have been delivered

    # No index of their own: each has one below that begins with it, or nobody looks from there.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    step = models.ForeignKey(FlowStep, on_delete=models.PROTECT, related_name="+", db_index=False)
    lead = models.ForeignKey(
        Lead, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    domain = models.ForeignKey(
        SendingDomain, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    alias = models.ForeignKey(
        SenderAlias, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    template_version = models.ForeignKey(
        TemplateVersion, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mail_number = models.PositiveSmallIntegerField()

    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    # The planned slot, UTC.
    scheduled_at = models.DateTimeField()
    # Not to leave before: the campaign's start, later the offset from the real sending of the
    # mail before. None: the mail before has not been sent yet.
    not_before = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)  # business time of the gate
    # Fixed before the first attempt and the same on every one (RFC 5322 §3.6.4), without <>.
    smtp_message_id = models.CharField(max_length=255, unique=True)
    # The address the mail went to, as it was then.
    recipient = models.EmailField(max_length=254, blank=True)

    # The attempt under way. The lease runs on the database's clock.
    attempt_id = models.UUIDField(null=True, blank=True)
    phase = models.CharField(max_length=7, choices=Phase, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # How often a server refused it for the time being or could not be reached.
    retries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=1000, blank=True)

    # The first time each happened.
    opened_at = models.DateTimeField(null=True, blank=True)  # by a person
    machine_opened_at = models.DateTimeField(null=True, blank=True)
    clicked_at = models.DateTimeField(null=True, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)

    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    objects = MessageQuerySet.as_manager()

    if TYPE_CHECKING:
        campaign_id: int
        enrollment_id: int
        step_id: int
        lead_id: int
        domain_id: int
        alias_id: int
        template_version_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "step"], name="message_once_per_step"),
            models.CheckConstraint(
                name="message_under_way_has_an_attempt",
                condition=~Q(status="sending")
                | Q(attempt_id__isnull=False, lease_until__isnull=False),
            ),
            models.CheckConstraint(
                name="message_accepted_has_a_time",
                # `bounced` may lack it: a server can refuse the address while we send.
                condition=~Q(status="sent") | Q(sent_at__isnull=False),
            ),
        ]
        indexes = [
            # dispatch.domains_due() and claiming.claim_due(): the next mails of each domain.
            models.Index(
                fields=["domain", "scheduled_at", "id"],
                name="message_queued",
                condition=Q(status="queued"),
            ),
            # claiming.reap_expired_leases() and throttle.slots_under_way(): the few on their way.
            # Not by their lease: as long as no index has it, passing the gate writes in none.
            models.Index(
                fields=["domain"], name="message_under_way", condition=Q(status="sending")
            ),
            # lifecycle.complete_finished(), and the messages of a campaign by status.
            models.Index(fields=["campaign", "status", "scheduled_at"], name="message_by_status"),
            models.Index(fields=["campaign", "scheduled_at", "id"], name="message_by_campaign"),
            # A lead's history, newest first.
            models.Index(fields=["lead", "-scheduled_at"], name="message_by_lead"),
        ]

    def __str__(self) -> str:
        return f"mail {self.mail_number} to {self.lead}"


class MessageContent(models.Model):
    """What was really sent, kept for `SENT_CONTENT_RETENTION_DAYS` so that a person can read
    it and a resend is the same mail."""

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, primary_key=True, related_name="content"
    )
    sender = models.CharField(max_length=400)
    subject = models.CharField(max_length=998)
    html = models.TextField()
    text = models.TextField()
    headers = models.JSONField(default=dict)
    # Content-ID → image key.
    inline_images = models.JSONField(default=dict)
    report_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    class Meta:
        indexes = [
            # mailsuite.tasks.housekeeping() forgets old content.
            models.Index(fields=["created_at"], name="message_content_age"),
        ]

    def __str__(self) -> str:
        return self.subject


class SendAttempt(models.Model):
    """One try at one message, kept for ever: what was tried when, and how it ended."""

    class Outcome(models.TextChoices):
        UNDER_WAY = "under_way"
        ACCEPTED = "accepted"
        DEFERRED = "deferred"  # a 4xx reply
        REFUSED = "refused"  # a 5xx reply
        NOT_TRANSMITTED = "not_transmitted"  # no connection, or lost before the body
        UNKNOWN = "unknown"  # lost after the body
        WITHHELD = "withheld"  # the gate said no
        NOT_COMPOSED = "not_composed"
        ABANDONED = "abandoned"  # its worker died before the gate

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts")
    # For the day's count and the order of gates, without a join.
    domain = models.ForeignKey(
        SendingDomain, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    attempt_id = models.UUIDField(unique=True)
    outcome = models.CharField(max_length=15, choices=Outcome, default=Outcome.UNDER_WAY)
    started_at = models.DateTimeField()  # business time
    gated_at = models.DateTimeField(null=True, blank=True)  # business time
    # The same in real time, by the database's clock, under the lock on the address.
    passed_at = models.DateTimeField(null=True, blank=True)
    # The slot that the gate let it into; the message's own may be planned anew later.
    scheduled_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)  # business time
    reply_code = models.PositiveSmallIntegerField(null=True, blank=True)
    detail = models.CharField(max_length=1000, blank=True)
    worker = models.CharField(max_length=200, blank=True)
    # What a provider calls the mail; its webhooks speak of it by this id.
    provider_message_id = models.CharField(max_length=255, blank=True, default="", db_default="")

    class Meta:
        ordering = ["message", "id"]
        indexes = [
            # throttle: the gates of a domain on a day; objections: those of a campaign with a limit
            # of its own; check_integrity: gates of a domain in order.
            models.Index(
                fields=["domain", "gated_at"],
                name="attempt_gated",
                condition=Q(gated_at__isnull=False),
            ),
            # tracking.webhooks: the mail that a provider's event is about.
            models.Index(
                fields=["provider_message_id"],
                name="attempt_by_provider_id",
                condition=~Q(provider_message_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} ({self.message_id})"

    if TYPE_CHECKING:
        message_id: int


class TrackedLink(models.Model):
    """A web address that stood in a sent mail. The click redirect goes to these only."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="links")
    url = models.TextField()
    # blake2b of the url: a long url does not fit a unique index.
    url_digest = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "url_digest"], name="link_once"),
        ]

    def __str__(self) -> str:
        return self.url


class MessageEvent(models.Model):
    """Something that happened to a message. Written by `events.record_event` only, which moves
    message, enrollment and figures in the same transaction."""

    class Kind(models.TextChoices):
        SENT = "sent"
        OPENED = "opened"
        CLICKED = "clicked"
        REPLIED = "replied"
        AUTO_REPLIED = "auto_replied"  # a machine did, in somebody's name; counts nowhere
        BOUNCED = "bounced"
        FAILED = "failed"
        UNSUBSCRIBED = "unsubscribed"
        COMPLAINED = "complained"

    class Actor(models.TextChoices):
        HUMAN = "human"
        PROXY = "proxy"  # a mail provider's image cache
        SCANNER = "scanner"  # a security gateway
        UNKNOWN = "unknown"

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    kind = models.CharField(max_length=12, choices=Kind)
    actor = models.CharField(max_length=7, choices=Actor, default=Actor.UNKNOWN)
    at = models.DateTimeField()  # business time
    # When we got to know of it, where that was later; business time.
    learned_at = models.DateTimeField(null=True, blank=True)
    # Names the thing it came from; a second event of the same source has no effect.
    source_id = models.CharField(max_length=200)
    link = models.ForeignKey(
        TrackedLink, on_delete=models.SET_NULL, null=True, blank=True, db_index=False
    )
    user_agent = models.CharField(max_length=500, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    if TYPE_CHECKING:
        message_id: int

    class Meta:
        ordering = ["message", "at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["source_id"], name="event_once_per_source"),
        ]
        indexes = [
            # The history of a message.
            models.Index(fields=["message", "kind"], name="event_by_message"),
            # The clicks of a link; most events have none.
            models.Index(fields=["link"], name="event_by_link", condition=Q(link__isnull=False)),
            # guardrails: the bounces and complaints of the last days.
            models.Index(
                fields=["at"],
                name="event_against_domain",
                condition=Q(kind__in=["bounced", "complained"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.message_id})"
