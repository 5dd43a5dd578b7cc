"""What a campaign is going to do: its dry run and its preflight."""

from __future__ import annotations

from rest_framework import serializers

from campaigns.findings import Severity
from mailsuite.lib.api.fields import Choice


class DayCountItem(serializers.Serializer):
    date = serializers.DateField()
    count = serializers.IntegerField()
    cap = serializers.IntegerField(
        help_text="How many might go on this day; grows while the domain is ramped up."
    )


class RampUpItem(serializers.Serializer):
    """How a new domain's day grows with each day on which it has sent."""

    start = serializers.IntegerField(help_text="Mails on the first day of sending.")
    step = serializers.IntegerField(help_text="So many more after each day of sending.")
    ceiling = serializers.IntegerField()
    days = serializers.IntegerField(help_text="Days of sending so far.")


class DomainForecastItem(serializers.Serializer):
    domain_id = serializers.CharField()
    domain = serializers.CharField()
    timezone = serializers.CharField()
    ramp_up = RampUpItem(allow_null=True)
    total = serializers.IntegerField(source="forecast.total")
    days = DayCountItem(many=True, source="forecast.days")
    first_at = serializers.DateTimeField(source="forecast.first_at", allow_null=True)
    last_at = serializers.DateTimeField(source="forecast.last_at", allow_null=True)
    finish_date = serializers.DateField(source="forecast.finish_date", allow_null=True)


class HeldLeadItem(serializers.Serializer):
    lead_id = serializers.CharField()
    email = serializers.CharField()
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="What its mails print and it has no value of."
    )


class HeldReview(serializers.Serializer):
    """What a second look at the held leads came to."""

    released = serializers.IntegerField(help_text="Leads that get all mails of the flow now.")
    still_held = serializers.IntegerField()
    reasons = serializers.DictField(
        child=serializers.IntegerField(), help_text="What is missing: how many leads lack it."
    )
    held = HeldLeadItem(many=True, help_text="At most 1000 of them.")


class PlannedMailItem(serializers.Serializer):
    lead_id = serializers.CharField()
    mail_number = serializers.IntegerField()
    domain = serializers.CharField()
    alias = serializers.CharField()
    scheduled_at = serializers.DateTimeField()


class FindingItem(serializers.Serializer):
    severity = Choice([severity.value for severity in Severity])
    code = serializers.CharField()
    message = serializers.CharField()
    field = serializers.CharField(allow_blank=True)


class DryRun(serializers.Serializer):
    """The plan that a launch would make now, or what a launched campaign has left."""

    planned = serializers.IntegerField(help_text="Mails.")
    matched = serializers.IntegerField(help_text="Leads, excluded ones among them.")
    enrolled = serializers.IntegerField(help_text="Leads, held ones among them.")
    held_count = serializers.IntegerField()
    held = HeldLeadItem(many=True, help_text="At most 1000 of them.")
    excluded = serializers.DictField(child=serializers.IntegerField(), help_text="By reason.")
    first_at = serializers.DateTimeField(allow_null=True)
    last_at = serializers.DateTimeField(allow_null=True)
    finish_date = serializers.DateField(allow_null=True)
    domains = DomainForecastItem(many=True)
    messages = PlannedMailItem(
        many=True, allow_null=True, help_text="In order of time; null unless asked for."
    )
    findings = FindingItem(
        many=True,
        help_text="The preflight's, a busy domain say: a launch is refused while one of severity "
        "error is among them. None of a launched campaign.",
    )


class Preflight(serializers.Serializer):
    ready = serializers.BooleanField(help_text="Nothing of severity error was found.")
    findings = FindingItem(many=True)
