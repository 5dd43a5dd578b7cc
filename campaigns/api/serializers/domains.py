"""Sending domains as the API shows them. They are set up by operations, in the admin."""

from __future__ import annotations

from datetime import date

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.api.serializers.forecasts import RampUpItem
from campaigns.guardrails import LEAST_MAILS, WINDOW
from campaigns.models import DomainCheck, SendingDomain
from mailsuite.lib import clock
from mailsuite.lib.api.fields import Choice, WallClock
from mailsuite.lib.api.query import Query
from mailsuite.lib.api.strict import StrictSerializer

STATES = ["active", "paused", "off"]


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
    max_bounce_percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, help_text="From here on a domain is paused by itself."
    )
    max_complaint_percent = serializers.DecimalField(max_digits=5, decimal_places=2)
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


class CheckItem(serializers.Serializer):
    """What the DNS answered last. A DNS that did not answer changes nothing but `trouble`."""

    kind = Choice(DomainCheck.Kind.values)
    verdict = Choice(DomainCheck.Verdict.values)
    record = serializers.CharField(allow_blank=True, help_text="As it was found.")
    problem = serializers.CharField(allow_blank=True)
    remedy = serializers.CharField(allow_blank=True, help_text="How to mend the problem.")
    answered_at = serializers.DateTimeField(allow_null=True)
    tried_at = serializers.DateTimeField()
    trouble = serializers.CharField(
        allow_blank=True, help_text="Why the last try got no answer; empty: it got one."
    )


class RecordItem(serializers.Serializer):
    """What became of the domain's mails lately. The policy's limits are held against it."""

    days = serializers.SerializerMethodField()
    least_mails = serializers.SerializerMethodField(help_text="With fewer, nothing is judged.")
    mails = serializers.IntegerField(
        help_text="That left; not before it was last resumed from too many bounces or complaints."
    )
    bounced = serializers.IntegerField(help_text="For good.")
    complained = serializers.IntegerField()
    bounce_percent = serializers.FloatField()
    complaint_percent = serializers.FloatField()

    def get_days(self, _: object) -> int:
        return WINDOW.days

    def get_least_mails(self, _: object) -> int:
        return LEAST_MAILS


class DomainItem(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    state = serializers.SerializerMethodField()
    pause_reason = serializers.CharField(
        allow_blank=True, help_text="Of one that was paused by itself, with the way to go on."
    )
    checks = CheckItem(many=True)
    ramp_up = serializers.SerializerMethodField(help_text="null: it has its full number of mails.")
    policy = PolicyItem()
    aliases = AliasItem(many=True)
    default_flow_id = serializers.CharField(allow_null=True)
    sent_today = serializers.SerializerMethodField()
    cap_today = serializers.SerializerMethodField()
    next_allowed_at = serializers.DateTimeField(allow_null=True)
    busy_with = serializers.SerializerMethodField(
        help_text="The campaign that it serves; null: free for a new one."
    )

    @extend_schema_field(Choice(STATES))
    def get_state(self, domain: SendingDomain) -> str:
        if not domain.is_active:
            return "off"
        return "paused" if domain.paused_at else "active"

    @extend_schema_field(CampaignRef(allow_null=True))
    def get_busy_with(self, domain: SendingDomain) -> dict[str, str] | None:
        holder = self.context["holders"].get(domain.pk)
        return None if holder is None else CampaignRef(holder).data

    def get_sent_today(self, domain: SendingDomain) -> int:
        return domain.sent_today if domain.sent_on == _today(domain) else 0

    def get_cap_today(self, domain: SendingDomain) -> int:
        return domain.cap_on(_today(domain))

    @extend_schema_field(RampUpItem(allow_null=True))
    def get_ramp_up(self, domain: SendingDomain) -> dict[str, int] | None:
        ramp = domain.ramp_before(_today(domain))
        return None if ramp is None else RampUpItem(ramp).data


class DomainDetail(DomainItem):
    record = serializers.SerializerMethodField()

    @extend_schema_field(RecordItem)
    def get_record(self, _: SendingDomain) -> dict[str, float]:
        return RecordItem(self.context["record"]).data


class PauseCommand(StrictSerializer):
    reason = serializers.CharField(max_length=400, help_text="Shown to everybody.")


def _today(domain: SendingDomain) -> date:
    return clock.now().astimezone(domain.policy.zone).date()
