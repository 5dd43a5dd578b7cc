"""Flows as the API takes and shows them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.flow_saving import StepDraft
from campaigns.models import Flow, FlowStep, FlowVersion
from mailsuite.lib.api.fields import Choice, IdField
from mailsuite.lib.api.query import Query
from mailsuite.lib.api.strict import StrictSerializer


class FlowQuery(Query):
    search = serializers.CharField(required=False, max_length=200, help_text="Part of the name.")
    sort_by = Choice(["name", "created_at"], default="name")
    sort_order = Choice(["asc", "desc"], default="asc")


class StepCommand(StrictSerializer):
    """A mail (`kind` send: template_id, alias_name, attach_report) or a wait (`kind` wait:
    delay, delay_unit)."""

    kind = Choice(FlowStep.Kind.choices)
    template_id = IdField(required=False, allow_null=True)
    alias_name = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=64,
        help_text="Sender alias; empty for the domain's first one.",
    )
    attach_report = serializers.BooleanField(required=False)
    delay = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=24_000)
    delay_unit = Choice(FlowStep.DelayUnit.choices, required=False)


class FlowCommand(StrictSerializer):
    name = serializers.CharField(max_length=200)
    description = serializers.CharField(required=False, allow_blank=True, max_length=500)
    steps = StepCommand(many=True)

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        if "steps" in values:
            values["steps"] = [StepDraft(**step) for step in values["steps"]]
        return values


class FlowChange(FlowCommand):
    """Any of a flow's fields. `steps` are all of them, not a change to some."""

    name = serializers.CharField(required=False, max_length=200)
    steps = StepCommand(many=True, required=False)


class StepItem(serializers.Serializer):
    position = serializers.IntegerField()
    kind = Choice(FlowStep.Kind.choices)
    mail_number = serializers.IntegerField(allow_null=True)
    template_id = serializers.CharField(allow_null=True)
    template_name = serializers.CharField(
        source="template.name", default=None, allow_null=True, read_only=True
    )
    alias_name = serializers.CharField(allow_blank=True)
    attach_report = serializers.BooleanField()
    delay = serializers.IntegerField(allow_null=True)
    delay_unit = serializers.CharField(allow_blank=True)


class FlowVersionItem(serializers.Serializer):
    id = serializers.CharField()
    number = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    steps = StepItem(many=True)


class FlowItem(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField(source="newest_number", help_text="The newest one's number.")
    mail_count = serializers.IntegerField()


class FlowDetail(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    version = serializers.SerializerMethodField(help_text="The newest one's number.")
    steps = serializers.SerializerMethodField(help_text="Those of the newest version.")
    versions = FlowVersionItem(many=True, help_text="Newest first.")

    def get_version(self, flow: Flow) -> int:
        newest = self._newest(flow)
        return newest.number if newest else 0

    @extend_schema_field(StepItem(many=True))
    def get_steps(self, flow: Flow) -> Any:
        newest = self._newest(flow)
        return StepItem(newest.steps.all() if newest else [], many=True).data

    @staticmethod
    def _newest(flow: Flow) -> FlowVersion | None:
        return next(iter(flow.versions.all()), None)
