"""Sending domains as the API shows them. They are set up by operations, in the admin."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.models import SendingDomain
from mailsuite.lib import clock
from mailsuite.lib.api.fields import Choice, WallClock
from mailsuite.lib.api.query import Query


class DomainQuery(Query):
    is_free = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Only those (not) serving one."
    )


class PolicyItem(serializers.Serializer):
    """When and how fast a domain sends. No campaign can change it."""

    name = serializers.CharField()
    timezone = serializers.CharField()
    send_days = serializers.ListField(
        child=serializers.IntegerField(), help_text="1 = Monday … 7 = Sunday."
    )
    window_start = WallClock()
    window_end = WallClock()
    grace_until = WallClock()
    interval_minutes = serializers.IntegerField()
    daily_cap = serializers.IntegerField()
    holiday_country = serializers.CharField(allow_blank=True)


class AliasItem(serializers.Serializer):
    id = serializers.CharField(help_text="What previews and test mails take as alias_id.")
    name = serializers.CharField()
    sender_name = serializers.CharField()
    address = serializers.CharField()


class CampaignRef(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    status = serializers.CharField()


class DomainItem(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    state = serializers.SerializerMethodField()
    pause_reason = serializers.CharField(allow_blank=True)
    policy = PolicyItem()
    aliases = AliasItem(many=True)
    default_flow_id = serializers.CharField(allow_null=True)
    sent_today = serializers.SerializerMethodField()
    next_allowed_at = serializers.DateTimeField(allow_null=True)
    busy_with = serializers.SerializerMethodField(
        help_text="The campaign that it serves; null: free for a new one."
    )

    @extend_schema_field(Choice(["active", "paused", "off"]))
    def get_state(self, domain: SendingDomain) -> str:
        if not domain.is_active:
            return "off"
        return "paused" if domain.paused_at else "active"

    @extend_schema_field(CampaignRef(allow_null=True))
    def get_busy_with(self, domain: SendingDomain) -> dict[str, str] | None:
        holder = self.context["holders"].get(domain.pk)
        return None if holder is None else CampaignRef(holder).data

    def get_sent_today(self, domain: SendingDomain) -> int:
        today = clock.now().astimezone(domain.policy.zone).date()
        return domain.sent_today if domain.sent_on == today else 0
