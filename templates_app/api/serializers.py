"""Templates as the API takes and shows them."""

from __future__ import annotations

from rest_framework import serializers

from mailsuite.lib.api.fields import Choice
from mailsuite.lib.api.query import Query
from mailsuite.lib.api.strict import StrictSerializer
from templates_app.advice import warnings_for
from templates_app.models import Template, TemplateVersion
from templates_app.sandbox import MAX_SOURCE, compile_template
from templates_app.saving import source_of
from templates_app.values import TemplateRefused


class TemplateQuery(Query):
    search = serializers.CharField(
        required=False, max_length=200, help_text="Part of the name, description or subject."
    )
    sort_by = Choice(["name", "created_at", "updated_at"], default="name")
    sort_order = Choice(["asc", "desc"], default="asc")


class TemplateVersionQuery(Query):
    """Pages only."""


class TemplateCommand(StrictSerializer):
    """An HTML or a text part, or both; a missing text part is made from the HTML."""

    name = serializers.CharField(max_length=200)
    description = serializers.CharField(required=False, allow_blank=True, max_length=500)
    subject = serializers.CharField(max_length=998)
    html = serializers.CharField(
        required=False, allow_blank=True, trim_whitespace=False, max_length=MAX_SOURCE["html"]
    )
    text = serializers.CharField(
        required=False, allow_blank=True, trim_whitespace=False, max_length=MAX_SOURCE["text"]
    )


class TemplateChange(TemplateCommand):
    """Any of a template's fields. Another subject, html or text is a new version."""

    name = serializers.CharField(required=False, max_length=200)
    subject = serializers.CharField(required=False, max_length=998)


class TemplateItem(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    subject = serializers.CharField(source="current_version.subject")
    html = serializers.CharField(source="current_version.html", allow_blank=True)
    text = serializers.CharField(
        source="current_version.text",
        allow_blank=True,
        help_text="Empty: made from the HTML.",
    )
    variables = serializers.SerializerMethodField(help_text="All that it mentions.")
    required_variables = serializers.ListField(
        source="current_version.required_variables",
        child=serializers.CharField(),
        help_text="Those that every lead must have a value for.",
    )
    version = serializers.IntegerField(source="current_version.number")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_variables(self, template: Template) -> list[str]:
        return _mentioned(_current(template))


class TemplateVersionItem(serializers.Serializer):
    id = serializers.CharField()
    number = serializers.IntegerField()
    subject = serializers.CharField()
    html = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    required_variables = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField(
        source="created_by.username", default=None, allow_null=True, help_text="User name."
    )


class TemplateVersionSummary(serializers.Serializer):
    id = serializers.CharField()
    number = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class TemplateDetail(TemplateItem):
    optional_variables = serializers.SerializerMethodField(
        help_text="Those that have a fallback or a condition around them."
    )
    warnings = serializers.SerializerMethodField()
    versions = TemplateVersionSummary(
        many=True, help_text="Newest first; their text is at /versions."
    )

    def get_optional_variables(self, template: Template) -> list[str]:
        version = _current(template)
        return [name for name in _mentioned(version) if name not in version.required_variables]

    def get_warnings(self, template: Template) -> list[str]:
        return list(warnings_for(source_of(_current(template))))


def _current(template: Template) -> TemplateVersion:
    assert template.current_version is not None  # noqa: S101  the views show only such
    return template.current_version


def _mentioned(version: TemplateVersion) -> list[str]:
    try:
        return list(compile_template(source_of(version)).variables.mentioned)
    except TemplateRefused:  # saved under rules that have changed since
        return list(version.required_variables)
