from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from mailsuite.lib import clock
from mailsuite.lib.admin import Deed, ReadOnlyAdmin, ReadOnlyTable, ServiceAdmin, ServiceForm
from templates_app.models import Template, TemplateVersion
from templates_app.saving import delete_template, save_template, source_of

DELETE = Deed(
    name="delete_template",
    title="Delete",
    asks="It leaves every list. Campaigns that send it go on.",
    done="deleted",
    service=lambda _, template: delete_template(template, at=clock.now()),
    right="removal",
    icon="delete",
    variant=ActionVariant.DANGER,
)


class TemplateForm(ServiceForm):
    """A template and the text of its current version, as one thing to edit."""

    subject = forms.CharField(max_length=998, widget=UnfoldAdminTextInputWidget)
    html = forms.CharField(
        label="HTML",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 24, "class": "font-mono"}),
        help_text="Variables: {{ lead.company }}, {{ vars.rooms }}, {{ first_name }} …",
    )
    text = forms.CharField(
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8, "class": "font-mono"}),
        help_text="Empty: made from the HTML.",
    )

    class Meta:
        model = Template
        fields = ["name", "description"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (version := self.instance.current_version) is not None:
            source = source_of(version)
            self.initial.update(subject=source.subject, html=source.html, text=source.text)

    def save_by_service(self, given: dict[str, Any], row: Any) -> Template:
        return save_template(row, by=self.by, **given).template


class VersionTable(ReadOnlyTable):
    model = TemplateVersion
    fk_name = "template"
    fields = ["number", "subject", "required_variables", "created_by", "created_at"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("created_by").defer("html", "text")


@admin.register(Template)
class TemplateAdmin(ServiceAdmin):
    form = TemplateForm
    list_display = ["name", "subject", "version", "needs", "updated_at"]
    search_fields = ["name", "description", "current_version__subject"]
    ordering = ["name"]
    fields = ["name", "description", "subject", "html", "text"]
    inlines = [VersionTable]
    actions = ["delete_selected_templates"]
    actions_detail = ["delete_this"]

    delete_this = DELETE.button
    delete_selected_templates = DELETE.for_selected

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).present().with_current()

    def has_removal_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not by Django's own button, which deletes the row and its versions."""
        return False

    @admin.display(description="subject", ordering="current_version__subject")
    def subject(self, template: Template) -> str:
        return template.current_version.subject if template.current_version else ""

    # The parts as people see them who may not change them.
    @admin.display(description="HTML")
    def html(self, template: Template) -> str:
        return template.current_version.html if template.current_version else ""

    def text(self, template: Template) -> str:
        return template.current_version.text if template.current_version else ""

    @admin.display(description="version", ordering="current_version__number")
    def version(self, template: Template) -> int | None:
        return template.current_version.number if template.current_version else None

    @admin.display(description="every lead needs")
    def needs(self, template: Template) -> str:
        version = template.current_version
        return ", ".join(version.required_variables) if version else ""


@admin.register(TemplateVersion)
class TemplateVersionAdmin(ReadOnlyAdmin):
    list_display = ["template", "number", "subject", "created_by", "created_at"]
    list_select_related = ["template", "created_by"]
    search_fields = ["template__name", "subject"]
    ordering = ["-created_at"]
