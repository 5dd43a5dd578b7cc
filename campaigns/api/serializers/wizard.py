"""What the wizard sends: one payload, which becomes a CampaignDraft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.bounds import DAILY_LIMIT, EXCLUDE_RECENT_DAYS, FOLLOWUP_DAYS
from campaigns.models import Audience, Campaign
from mailsuite.lib.api.fields import Choice, IdField, Moment, WallClock
from mailsuite.lib.api.query import Query
from mailsuite.lib.api.strict import NoFields, StrictSerializer

_POLICY = (
    "Belongs to the sending policy of the domain, which operations set in the admin; "
    "no campaign can change it. Leave it out. Narrower hours, days and a daily limit of the "
    "campaign go into `limits`."
)
POLICY_FIELDS = (
    "policy", "policy_id", "sending_policy", "timezone", "time_zone", "tz", "interval",
    "interval_minutes", "throttle", "throttle_minutes", "throttle_seconds", "rate", "rate_limit",
    "slot", "slots", "slot_minutes", "daily_cap", "cap", "max_per_day", "window", "window_start",
    "window_end", "sending_window", "send_window", "grace", "grace_until", "grace_minutes",
    "holidays", "holiday_country", "blackout_dates", "working_holidays", "workdays",
    "ramp", "ramp_up", "ramp_start", "ramp_step", "ramp_ceiling", "max_bounce_percent",
    "max_complaint_percent",
)  # fmt: skip


@extend_schema_field(
    {"oneOf": [{"type": "string", "maxLength": 253}, {"type": "integer", "minimum": 0}]}
)
class NameOrId(serializers.Field[str, Any, str, Any]):
    """A sending domain, by its name or its id."""

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, str) and len(data) <= 253:
            return data
        if isinstance(data, int) and not isinstance(data, bool) and data >= 0:
            return str(data)
        raise serializers.ValidationError("Name a sending domain, or give its id.", "invalid")

    def to_representation(self, value: str) -> str:
        return value


class AudienceCommand(StrictSerializer):
    """`lead_ids`, `list_name` and `filters` each belong to one mode and are refused beside another.
    A draft may lack its own; a launch, a dry run and the preflight ask for it."""

    mode = Choice(Audience.Mode.choices, required=False, help_text="all: everybody.")
    lead_ids = serializers.ListField(child=IdField(), required=False, help_text="For mode leads.")
    list_name = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="For mode list."
    )
    filters = serializers.DictField(
        required=False, help_text="For mode filter: parameters of the lead list."
    )
    exclude_suppressed = serializers.BooleanField(
        required=False, help_text="Suppressed addresses get no mail whatever this says."
    )
    exclude_recent_days = serializers.IntegerField(
        required=False,
        min_value=EXCLUDE_RECENT_DAYS.least,
        max_value=EXCLUDE_RECENT_DAYS.most,
        help_text="14 unless said; 0: don't exclude.",
    )
    one_per_domain = serializers.BooleanField(
        required=False, help_text="One lead per web domain, the first in line."
    )


class ScheduleCommand(StrictSerializer):
    start_mode = Choice(
        Campaign.StartMode.choices, required=False, help_text="at where start_at is given."
    )
    start_at = Moment(required=False, allow_null=True, help_text="Contradicts start_mode now.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("start_at") is not None:
            attrs.setdefault("start_mode", Campaign.StartMode.AT.value)
        return attrs


class FollowupCommand(StrictSerializer):
    enabled = serializers.BooleanField(required=False)
    days = serializers.IntegerField(
        required=False,
        min_value=FOLLOWUP_DAYS.least,
        max_value=FOLLOWUP_DAYS.most,
        help_text="Workdays behind the first mail.",
    )
    attach_report = serializers.BooleanField(required=False)
    template_id = IdField(
        required=False, allow_null=True, help_text="null: the template of the first mail."
    )


class LimitsCommand(StrictSerializer):
    """Narrower than the policy's, never wider. null: the policy's own."""

    daily_limit = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=DAILY_LIMIT.least,
        max_value=DAILY_LIMIT.most,
    )
    send_days = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=7),
        required=False,
        allow_null=True,
        min_length=1,
        max_length=7,
        help_text="1 = Monday … 7 = Sunday.",
    )
    send_from = WallClock(required=False, allow_null=True)
    send_until = WallClock(required=False, allow_null=True)


class TrackingCommand(StrictSerializer):
    opens = serializers.BooleanField(required=False)
    clicks = serializers.BooleanField(required=False)


class BareCommand(NoFields):
    """Nothing besides the address. Whoever tries to send the policy along is told so."""

    forbidden = dict.fromkeys(POLICY_FIELDS, _POLICY)


class CampaignChange(StrictSerializer):
    """Any of a campaign's fields; what is left out stays as it is."""

    forbidden = BareCommand.forbidden

    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    template_id = IdField(required=False, allow_null=True)
    flow_id = IdField(required=False, allow_null=True)
    audience = AudienceCommand(required=False)
    schedule = ScheduleCommand(required=False)
    domains = serializers.ListField(child=NameOrId(), required=False, max_length=100)
    followup = FollowupCommand(required=False)
    limits = LimitsCommand(required=False)
    tracking = TrackingCommand(required=False)
    stop_colleagues = serializers.BooleanField(
        required=False,
        help_text="A reply also ends the flows to leads at the same company domain.",
    )


class CampaignCommand(CampaignChange):
    """A whole campaign. It is launched at once unless `draft` is true."""

    draft = serializers.BooleanField(
        required=False, default=False, help_text="Save it unlaunched; anything may be missing."
    )


class StatusCommand(StrictSerializer):
    status = Choice(["active", "running", "paused", "stopped"])


class DryRunQuery(Query):
    is_of_list = False

    detail = Choice(["messages"], required=False, help_text="Every planned message too.")


# Where a field of the payload stands in a CampaignDraft, when not under its own name.
_PREFIXES = {"followup": "followup_", "tracking": "track_"}


def draft_fields(command: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields of a checked payload, by their names in a CampaignDraft."""
    fields: dict[str, Any] = {}
    for name, value in command.items():
        if name == "draft":
            continue
        if isinstance(value, Mapping):
            prefix = _PREFIXES.get(name, "")
            fields |= {f"{prefix}{inner}": given for inner, given in value.items()}
        else:
            fields[name] = value
    return fields
