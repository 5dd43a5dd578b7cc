"""The first page of the admin: how it goes today, and what needs somebody.

A function for each part, with as many queries for a million messages as for none. Who may not
see campaigns gets the plain list of what there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from campaigns import backlog
from campaigns.domain_checks.stored import failed_checks
from campaigns.kpis import Counts, totals
from campaigns.models import Campaign, Enrollment
from leads.models import LeadImport
from mailsuite import charts
from mailsuite.lib import clock
from tracking.mailboxes import condition
from tracking.models import InboundMail, OutboundReply, ProviderEvent, StuckMail

CAMPAIGNS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Running:
    """A campaign under way."""

    name: str
    status: str
    url: str
    domains: str
    counts: Counts

    @property
    def to_send(self) -> int:
        return self.counts.planned - self.counts.canceled

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.counts.sent / self.to_send)) if self.to_send else 0

    @property
    def open_rate(self) -> str:
        return f"{self.counts.rate('opened'):.0%}"


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that will not mend itself: what, how many, and where to do it ("" for a person
    who may not)."""

    title: str
    count: int
    hint: str
    icon: str
    url: str


def add_to_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's DASHBOARD_CALLBACK."""
    if not request.user.has_perm("campaigns.view_campaign"):
        return context
    now = clock.now()
    domains = backlog.domains_today(now)
    days = charts.last_days(now)
    return context | {
        "is_dashboard": True,
        "now": now,
        "running": running_campaigns(),
        "domains": domains,
        "attention": [
            *paused_domains(domains),
            *failing_mailboxes(now, may_open=request.user.has_perm("tracking.view_mailbox")),
            *what_waits_in_inbox(now, may_open=request.user.has_perm("tracking.view_inboundmail")),
            *what_needs_somebody(now),
        ],
        "chart": charts.chart(days),
        "chart_options": charts.OPTIONS,
        "tiles": tiles(days, domains, now),
        "tick_age": backlog.last_tick_age(),
    }


def running_campaigns() -> list[Running]:
    """The newest campaigns that hold domains, with what came of them so far."""
    campaigns = list(
        Campaign.objects.holding_domains()
        .prefetch_related("campaign_domains__domain")
        .order_by("-launched_at", "-pk")[:CAMPAIGNS_SHOWN]
    )
    counts = totals(campaign.pk for campaign in campaigns)
    return [
        Running(
            name=campaign.name,
            status=campaign.status,
            url=reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
            domains=", ".join(row.domain.name for row in campaign.campaign_domains.all()),
            counts=counts[campaign.pk],
        )
        for campaign in campaigns
    ]


def what_needs_somebody(now: datetime) -> list[Attention]:
    found = [*_what_sending_needs(now), *_what_intake_needs(now)]
    return [attention for attention in found if attention.count]


def _what_sending_needs(now: datetime) -> list[Attention]:
    messages, enrollments, checks = (
        reverse(f"admin:campaigns_{name}_changelist")
        for name in ("message", "enrollment", "domaincheck")
    )
    held = Enrollment.objects.held().filter(
        Q(campaign__status__in=Campaign.HOLDING)
        | Q(campaign__status=Campaign.Status.COMPLETED, campaign__finished_at__gte=_lately(now))
    )
    return [
        Attention(
            "Mails of unknown fate",
            backlog.needing_decision(now).count(),
            f"No proof came in {settings.UNKNOWN_ATTENTION_HOURS} hours. Say whether they arrived.",
            "help",
            f"{messages}?status__exact=unknown",
        ),
        Attention(
            "Overdue mails",
            backlog.overdue(now).count(),
            "Their slot is long past. Are the workers running, is a connection refused?",
            "schedule",
            f"{messages}?status__exact=queued",
        ),
        Attention(
            "Leads held back",
            held.count(),
            "A variable that their mail prints has no value.",
            "person_alert",
            f"{enrollments}?status__exact=held",
        ),
        Attention(
            "Failed DNS checks",
            failed_checks().count(),
            "Receivers may refuse the mails of these domains. Each says what its record lacks.",
            "dns",
            f"{checks}?verdict__exact=failed&domain__is_active__exact=1",
        ),
    ]


def _what_intake_needs(now: datetime) -> list[Attention]:
    """Files, mails and events that came to us and could not be taken in."""
    lately = _lately(now)
    failed = LeadImport.objects.filter(status=LeadImport.Status.FAILED, created_at__gte=lately)
    untold = ProviderEvent.objects.filter(state=ProviderEvent.State.FAILED, received_at__gte=lately)
    given_up = StuckMail.objects.filter(next_try_at=None)
    return [
        Attention(
            "Failed imports",
            failed.count(),
            "Nothing of the file was taken. Its page says why.",
            "upload_file",
            f"{reverse('admin:leads_leadimport_changelist')}?status__exact=failed",
        ),
        Attention(
            "Mails that stuck",
            given_up.count(),
            "They came to a mailbox and could not be read. Look at them there, or try again.",
            "report",
            reverse("admin:tracking_stuckmail_changelist"),
        ),
        Attention(
            "Provider events that failed",
            untold.count(),
            "What a provider told could not be read. Each says why, and can be tried again.",
            "webhook",
            f"{reverse('admin:tracking_providerevent_changelist')}?state__exact=failed",
        ),
    ]


def _lately(now: datetime) -> datetime:
    """As far back as the charts go."""
    return now - timedelta(days=charts.DAYS)


def what_waits_in_inbox(now: datetime, *, may_open: bool) -> list[Attention]:
    replies = OutboundReply.objects.filter(
        status__in=[OutboundReply.Status.FAILED, OutboundReply.Status.UNKNOWN],
        written_at__gte=_lately(now),
    )
    inbox, ours = (
        reverse(f"admin:tracking_{name}_changelist") if may_open else ""
        for name in ("inboundmail", "outboundreply")
    )
    waiting = InboundMail.objects.count_waiting()
    found = [
        Attention(
            "Mails to review",
            waiting["to_review"],
            "Each asks something of a person, and says what. Do it, then settle it.",
            "rate_review",
            inbox and f"{inbox}?box=review",
        ),
        Attention(
            "Unmatched mails",
            waiting["unmatched"],
            "They name no mail of ours, so nothing has followed. Say what they answer, or settle.",
            "question_mark",
            inbox and f"{inbox}?box=unmatched",
        ),
        Attention(
            "Replies that did not arrive",
            replies.count(),
            "Somebody here wrote them. Send them again, or say that they arrived.",
            "reply",
            ours,
        ),
    ]
    return [attention for attention in found if attention.count]


def paused_domains(domains: list[backlog.DomainToday]) -> list[Attention]:
    paused = [domain for domain in domains if domain.pause_reason is not None]
    if not paused:
        return []
    reasons = "; ".join(f"{domain.name}: {domain.pause_reason}" for domain in paused)
    return [
        Attention(
            "Domains that do not send",
            len(paused),
            reasons,
            "pause_circle",
            reverse("admin:campaigns_sendingdomain_changelist"),
        )
    ]


def failing_mailboxes(now: datetime, *, may_open: bool) -> list[Attention]:
    """Answers and bounces that nobody reads: flows go on that they should have ended."""
    failing = condition.failing(now).values_list("name", "last_problem")
    if not failing:
        return []
    reasons = "; ".join(f"{name}: {problem}" for name, problem in failing)
    url = reverse("admin:tracking_mailbox_changelist") if may_open else ""
    return [Attention("Mailboxes that cannot be read", len(failing), reasons, "inbox", url)]


def tiles(
    days: list[charts.Day], domains: list[backlog.DomainToday], now: datetime
) -> list[dict[str, Any]]:
    due = backlog.due(now)
    lag = now - due.oldest_at if due.oldest_at else timedelta(0)
    week = days[-7:]
    sent, opened = sum(day.sent for day in week), sum(day.opened for day in week)
    sending = [domain for domain in domains if domain.pause_reason is None]
    return [
        {
            "title": "Sent today",
            "figure": sum(domain.sent for domain in domains),
            "note": f"of {sum(domain.cap for domain in sending)} allowed",
        },
        {
            "title": "Due now",
            "figure": due.count,
            "note": f"the first since {int(lag.total_seconds() // 60)} min"
            if due.count
            else "nothing waits",
        },
        {
            "title": "Sent in 7 days",
            "figure": sent,
            "note": f"{sum(day.clicked for day in week)} clicked",
        },
        {
            "title": "Opened by people",
            "figure": f"{opened / sent:.0%}" if sent else "–",
            "note": f"{opened} in 7 days",
        },
    ]
