"""Campaigns as the API shows them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.api.serializers.flows import StepItem
from campaigns.api.serializers.forecasts import HeldLeadItem
from campaigns.held import held_leads, held_reasons
from campaigns.kpis import CampaignFigures, Counts
from campaigns.models import Audience, Campaign
from mailsuite.lib.api.fields import Choice, Moment, WallClock
from mailsuite.lib.api.query import Query

SORTABLE = ["created_at", "launched_at", "name", "status"]
_RATES = {
    "open_rate": "opened",
    "click_rate": "clicked",
    "reply_rate": "replied",
    "bounce_rate": "bounced",
    "unsubscribe_rate": "unsubscribed",
}


class CampaignQuery(Query):
    status = Choice(["active", *Campaign.Status.values], required=False)
    search = serializers.CharField(required=False, max_length=200, help_text="Part of the name.")
    domain = serializers.CharField(
        required=False, max_length=253, help_text="Name of a sending domain."
    )
    created_from = Moment(required=False, help_text="This moment or later.")
    created_to = Moment(required=False, help_text="Before this moment.")
    sort_by = Choice(SORTABLE, default="created_at")
    sort_order = Choice(["asc", "desc"], default="desc")


class Kpis(serializers.Serializer):
    """Rates are parts of the mails sent, 0.0 to 1.0. Opens and clicks are those of people.

    `bounce_rate` is a part of the mails tried: sent, or refused at once for their address.
    """

    total_planned = serializers.IntegerField()
    total_sent = serializers.IntegerField()
    total_opened = serializers.IntegerField()
    open_rate = serializers.FloatField()
    total_clicked = serializers.IntegerField()
    click_rate = serializers.FloatField()
    total_replied = serializers.IntegerField()
    reply_rate = serializers.FloatField()
    total_bounced = serializers.IntegerField()
    bounce_rate = serializers.FloatField()
    total_unsubscribed = serializers.IntegerField()
    unsubscribe_rate = serializers.FloatField()
    total_complained = serializers.IntegerField()
    total_failed = serializers.IntegerField()
    total_canceled = serializers.IntegerField()
    total_machine_opened = serializers.IntegerField()


class CampaignKpis(Kpis):
    avg_tempo_per_hour = serializers.FloatField(
        help_text="Mails per hour of sending window, over the days on which some were sent."
    )


class TimelineDay(serializers.Serializer):
    date = serializers.DateField()
    sent = serializers.IntegerField()
    opened = serializers.IntegerField()
    clicked = serializers.IntegerField()
    replied = serializers.IntegerField()
    bounced = serializers.IntegerField()
    failed = serializers.IntegerField()
    unsubscribed = serializers.IntegerField()


class FunnelStage(Kpis):
    mail_number = serializers.IntegerField()
    template_name = serializers.CharField()


class CampaignItem(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    status = Choice(Campaign.Status.choices)
    created_at = serializers.DateTimeField()
    launched_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.CharField(
        allow_blank=True,
        help_text="Why it ended, and how many held leads wait for review. Empty while it runs.",
    )
    domains_used = serializers.SerializerMethodField()
    audience_count = serializers.SerializerMethodField(help_text="Leads that it was launched for.")
    kpis = serializers.SerializerMethodField()

    def get_domains_used(self, campaign: Campaign) -> list[str]:
        return [row.domain.name for row in campaign.campaign_domains.all()]

    def get_audience_count(self, campaign: Campaign) -> int:
        return campaign.audience.enrolled_count

    @extend_schema_field(Kpis)
    def get_kpis(self, campaign: Campaign) -> dict[str, Any]:
        return kpi_values(self.context["totals"][campaign.pk])


class AudienceItem(serializers.Serializer):
    mode = Choice(Audience.Mode.choices)
    lead_ids = serializers.SerializerMethodField(
        help_text="For mode leads, while it is a draft; null after the launch."
    )
    list_name = serializers.CharField(allow_blank=True)
    filters = serializers.DictField()
    exclude_suppressed = serializers.BooleanField()
    exclude_recent_days = serializers.IntegerField()
    one_per_domain = serializers.BooleanField()
    taken_at = serializers.DateTimeField(allow_null=True, help_text="null: not launched yet.")
    matched_count = serializers.IntegerField(help_text="Excluded ones among them.")
    enrolled_count = serializers.IntegerField(help_text="Held ones among them.")
    held_count = serializers.IntegerField(
        help_text="Need review: a variable has no value. As of the launch or the last review."
    )
    excluded = serializers.DictField(child=serializers.IntegerField(), help_text="By reason.")

    def get_lead_ids(self, audience: Audience) -> list[str] | None:
        return None if audience.taken_at else [str(pk) for pk in audience.lead_ids]


class ScheduleItem(serializers.Serializer):
    start_mode = Choice(Campaign.StartMode.choices)
    start_at = serializers.DateTimeField(allow_null=True)


class FollowupItem(serializers.Serializer):
    enabled = serializers.BooleanField(source="followup_enabled")
    days = serializers.IntegerField(source="followup_days")
    attach_report = serializers.BooleanField(source="followup_attach_report")
    template_id = serializers.CharField(source="followup_template_id", allow_null=True)


class LimitsItem(serializers.Serializer):
    daily_limit = serializers.IntegerField(allow_null=True)
    send_days = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    send_from = WallClock(allow_null=True)
    send_until = WallClock(allow_null=True)


class TrackingItem(serializers.Serializer):
    opens = serializers.BooleanField(source="track_opens")
    clicks = serializers.BooleanField(source="track_clicks")


class CampaignDetail(CampaignItem):
    updated_at = serializers.DateTimeField()
    paused_at = serializers.DateTimeField(allow_null=True)
    template_id = serializers.CharField(allow_null=True)
    flow_id = serializers.CharField(allow_null=True)
    flow_version_id = serializers.CharField(allow_null=True, help_text="Pinned at the launch.")
    steps = serializers.SerializerMethodField(
        help_text="Of a draft, those that a launch would take now."
    )
    audience = AudienceItem()
    held = serializers.SerializerMethodField(
        help_text="At most 1000 leads that need review, as of the launch or the last review."
    )
    held_reasons = serializers.SerializerMethodField(
        help_text="What is missing: how many held leads lack it."
    )
    schedule = ScheduleItem(source="*")
    followup = FollowupItem(source="*")
    limits = LimitsItem(source="*")
    tracking = TrackingItem(source="*")
    stop_colleagues = serializers.BooleanField()
    timeline = serializers.SerializerMethodField(
        help_text="Local days on which something happened."
    )
    funnel = serializers.SerializerMethodField(help_text="A stage for each mail of the flow.")

    @property
    def _figures(self) -> CampaignFigures:
        figures: CampaignFigures = self.context["figures"]
        return figures

    @extend_schema_field(CampaignKpis)
    def get_kpis(self, campaign: Campaign) -> dict[str, Any]:
        tempo = self._figures.avg_tempo_per_hour
        return {**kpi_values(self._figures.total), "avg_tempo_per_hour": tempo}

    @extend_schema_field(StepItem(many=True))
    def get_steps(self, campaign: Campaign) -> Any:
        return StepItem(self.context["steps"], many=True).data

    @extend_schema_field(HeldLeadItem(many=True))
    def get_held(self, campaign: Campaign) -> Any:
        held = held_leads(campaign) if campaign.audience.held_count else ()
        return HeldLeadItem(held, many=True).data

    def get_held_reasons(self, campaign: Campaign) -> dict[str, int]:
        return held_reasons(campaign) if campaign.audience.held_count else {}

    @extend_schema_field(TimelineDay(many=True))
    def get_timeline(self, campaign: Campaign) -> list[dict[str, Any]]:
        counters = [name for name in TimelineDay().get_fields() if name != "date"]
        return [
            {"date": day.date, **{name: getattr(day.counts, name) for name in counters}}
            for day in self._figures.timeline
        ]

    @extend_schema_field(FunnelStage(many=True))
    def get_funnel(self, campaign: Campaign) -> list[dict[str, Any]]:
        return [
            {
                "mail_number": stage.mail_number,
                "template_name": stage.template_name,
                **kpi_values(stage.counts),
            }
            for stage in self._figures.funnel
        ]


def kpi_values(counts: Counts) -> dict[str, Any]:
    totals = [name for name in Kpis().get_fields() if name not in _RATES]
    return {
        **{name: getattr(counts, name.removeprefix("total_")) for name in totals},
        **{name: counts.rate(counter) for name, counter in _RATES.items()},
    }
