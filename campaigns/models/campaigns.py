from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from campaigns.models.domains import SendingDomain
from campaigns.models.flows import Flow, FlowVersion
from campaigns.querysets import CampaignQuerySet, EnrollmentQuerySet
from leads.models import Lead
from templates_app.models import Template


class Campaign(models.Model):
    """One outreach: what is sent (a template or a flow), to whom, from where, from when."""

    class Status(models.TextChoices):
        DRAFT = "draft"  # editable, holds no domain, has no messages
        RUNNING = "running"
        PAUSED = "paused"  # holds its domains; nothing leaves
        COMPLETED = "completed"  # every message is final; leads may wait for review
        STOPPED = "stopped"  # by a person; what had not left was canceled

    # These keep their sending domains busy.
    HOLDING = (Status.RUNNING, Status.PAUSED)

    class StartMode(models.TextChoices):
        NOW = "now"
        AT = "at"

    name = models.CharField(max_length=200)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)

    # What is sent: one of both, as it was asked for; `flow_version` is what it became.
    template = models.ForeignKey(
        Template, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    flow = models.ForeignKey(
        Flow, on_delete=models.PROTECT, null=True, blank=True, related_name="campaigns"
    )
    flow_version = models.ForeignKey(
        FlowVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="campaigns"
    )
    followup_enabled = models.BooleanField(default=False)
    followup_days = models.PositiveSmallIntegerField(default=3)  # workdays
    followup_attach_report = models.BooleanField(default=False)
    followup_template = models.ForeignKey(
        Template, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    start_mode = models.CharField(max_length=3, choices=StartMode, default=StartMode.NOW)
    start_at = models.DateTimeField(null=True, blank=True)

    # Limits narrower than the policy's (never wider); empty for the policy's own.
    daily_limit = models.PositiveIntegerField(null=True, blank=True)
    send_days = ArrayField(models.PositiveSmallIntegerField(), null=True, blank=True)
    send_from = models.TimeField(null=True, blank=True)
    send_until = models.TimeField(null=True, blank=True)

    track_opens = models.BooleanField(default=True)
    track_clicks = models.BooleanField(default=True)
    # A reply ends this campaign's flows to all leads with the same company e-mail domain.
    stop_colleagues = models.BooleanField(
        "stop at a colleague's reply",
        default=False,
        help_text="A reply also ends the flows to colleagues: leads whose address has the same "
        "domain, unless that is a public mail provider's.",
    )

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    launched_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # Why it ended or ended empty, and how many leads wait for review, in words for the marketer.
    outcome = models.CharField(max_length=500, blank=True)

    objects = CampaignQuerySet.as_manager()

    if TYPE_CHECKING:
        flow_version_id: int | None
        template_id: int | None

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            # The list of campaigns, filtered by status.
            models.Index(fields=["status", "-created_at"], name="campaign_by_status"),
        ]
        constraints = [
            models.CheckConstraint(
                name="campaign_beyond_draft_has_a_flow",
                condition=Q(status="draft") | Q(flow_version__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"unnamed campaign {self.pk}"

    @property
    def holds_domains(self) -> bool:
        return self.status in self.HOLDING


class CampaignDomain(models.Model):
    """A campaign's sending domain. While `is_held`, no other campaign can have the domain:
    the unique index refuses it, also to two launches at the same moment."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="campaign_domains"
    )
    domain = models.ForeignKey(SendingDomain, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    is_held = models.BooleanField(default=False)

    class Meta:
        ordering = ["campaign", "position"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "domain"], name="campaign_domain_once"),
            models.UniqueConstraint(
                fields=["domain"], condition=Q(is_held=True), name="domain_serves_one_campaign"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.domain} for {self.campaign}"


class Audience(models.Model):
    """Who a campaign is for: the rules, and the snapshot's figures. The leads that it chose
    are the campaign's enrollments."""

    class Mode(models.TextChoices):
        LEADS = "leads"  # those in lead_ids
        FILTER = "filter"  # a filter of the lead list
        LIST = "list"  # a whole list by its name
        ALL = "all"

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="audience")
    mode = models.CharField(max_length=7, choices=Mode, default=Mode.LEADS)
    lead_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    list_name = models.CharField(max_length=100, blank=True)
    # Parameters of the lead list ({"status": "active", "domain_tld": "nl"}).
    filters = models.JSONField(default=dict, blank=True)
    exclude_suppressed = models.BooleanField(default=True)
    exclude_recent_days = models.PositiveSmallIntegerField(default=14)  # 0: don't exclude
    one_per_domain = models.BooleanField(default=False)

    # The snapshot. None until the campaign is launched.
    taken_at = models.DateTimeField(null=True, blank=True)
    matched_count = models.PositiveIntegerField(default=0)
    enrolled_count = models.PositiveIntegerField(default=0)
    held_count = models.PositiveIntegerField(default=0)
    # Reason → how many ({"suppressed": 3, "mailed recently": 40}).
    excluded = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"audience of {self.campaign}"


class Enrollment(models.Model):
    """A lead's way through a campaign's flow, on one domain from start to end."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        HELD = "held"  # needs review: a variable that its template needs has no value
        COMPLETED = "completed"  # the whole flow was sent
        ENDED = "ended"  # before the end of the flow, for `end_reason`

    class EndReason(models.TextChoices):
        REPLIED = "replied"
        COMPANY_REPLIED = "company_replied"  # a colleague did
        UNSUBSCRIBED = "unsubscribed"
        BOUNCED = "bounced"
        COMPLAINED = "complained"
        SUPPRESSED = "suppressed"
        STOPPED = "stopped"  # the lead
        DELETED = "deleted"
        FAILED = "failed"  # a mail of the flow could not be sent
        CAMPAIGN_STOPPED = "campaign_stopped"

    # No index of its own: two below begin with it.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="enrollments", db_index=False
    )
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="enrollments")
    # Nobody looks from there.
    domain = models.ForeignKey(
        SendingDomain, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # First come, first served within the campaign.
    position = models.PositiveIntegerField()
    status = models.CharField(max_length=9, choices=Status, default=Status.ACTIVE)
    end_reason = models.CharField(max_length=16, choices=EndReason, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Nothing more leaves before (business time): the lead is away, or did not get the last mail.
    waits_until = models.DateTimeField(null=True, blank=True)
    waits_for = models.CharField(max_length=200, blank=True, default="", db_default="")
    # Of a held lead: the names without a value.
    missing_variables = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EnrollmentQuerySet.as_manager()

    if TYPE_CHECKING:
        campaign_id: int
        lead_id: int
        domain_id: int

    class Meta:
        ordering = ["campaign", "position"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "lead"], name="enrolled_once"),
            models.CheckConstraint(
                name="enrollment_ended_for_a_reason",
                condition=Q(status="ended") ^ Q(end_reason=""),
            ),
        ]
        indexes = [
            # dispatch.release_unmailable() joins the few unmailable leads to these.
            models.Index(
                fields=["lead"], name="enrollment_active_lead", condition=Q(status="active")
            ),
            # The campaign page: needs review, and completion.
            models.Index(fields=["campaign", "status"], name="enrollment_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.lead} in {self.campaign}"
