from __future__ import annotations

import tempfile
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpRequest
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    DropdownFilter,
    FieldTextFilter,
    RangeDateTimeFilter,
    RangeNumericFilter,
)
from unfold.decorators import display

from leads.addresses import InvalidAddress, normalised_address
from leads.exports import write_csv
from leads.models import ImageAsset, ImportRefusal, Lead, LeadImport, Report, Suppression
from leads.suppression import hold_address, is_suppressed, suppress
from leads.web_domains import InvalidUrl, web_domain
from mailsuite.lib.admin import (
    EstimatingPaginator,
    PartialSaveAdmin,
    ReadOnlyAdmin,
    ReadOnlyTable,
)

EXPORTED = (
    "email", "first_name", "last_name", "title", "company", "city", "country", "url",
    "list_name", "source", "tier", "stage", "score", "image_key", "status", "last_emailed_at",
)  # fmt: skip


class PresenceFilter(DropdownFilter):
    """Deleted leads are kept, because their rows stop a re-import; they are shown when asked."""

    title = "presence"
    parameter_name = "presence"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("", "Present"), ("stopped", "Stopped"), ("deleted", "Deleted")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "deleted":
            return queryset.exclude(deleted_at=None)
        present = queryset.present()
        return present.exclude(stopped_at=None) if self.value() == "stopped" else present


class TagFilter(FieldTextFilter):
    """One tag, whole: the index on tags knows no parts of them."""

    title = "tag"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "tag"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(tags__contains=[self.value()]) if self.value() else queryset


class LeadForm(forms.ModelForm):
    class Meta:
        model = Lead
        fields = [
            "email", "first_name", "last_name", "title", "company", "city", "country", "url",
            "list_name", "source", "tier", "stage", "score", "tags", "vars", "image_key",
        ]  # fmt: skip

    def clean_email(self) -> str:
        try:
            address = normalised_address(self.cleaned_data["email"])
        except InvalidAddress as error:
            raise forms.ValidationError(str(error)) from error
        if "email" in self.changed_data:
            hold_address(address)  # until the lead is saved: see leads.suppression
            if is_suppressed(address):
                raise forms.ValidationError(f"{address} is on the suppression list.")
        return address

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            self.instance.domain = web_domain(url) if url else ""
        except InvalidUrl as error:
            raise forms.ValidationError(str(error)) from error
        return url


@admin.register(Lead)
class LeadAdmin(PartialSaveAdmin):
    form = LeadForm
    list_display = [
        "email", "company", "full_name", "state", "list_name", "tag_list", "score",
        "last_emailed_at", "created_at",
    ]  # fmt: skip
    list_filter = [
        ("status", ChoicesDropdownFilter),
        PresenceFilter,
        ("list_name", FieldTextFilter),
        ("domain_tld", FieldTextFilter),
        ("tags", TagFilter),
        ("source", FieldTextFilter),
        ("tier", FieldTextFilter),
        ("stage", FieldTextFilter),
        ("score", RangeNumericFilter),
        ("last_emailed_at", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    search_fields = ["email"]
    search_help_text = "Address, name, company or website: the words, or how they begin"
    ordering = ["-created_at", "-id"]
    paginator = EstimatingPaginator
    show_full_result_count = False
    actions = ["export_csv"]
    readonly_fields = [
        "state", "domain", "last_emailed_at", "stopped_at", "deleted_at", "created_at",
        "updated_at",
    ]  # fmt: skip
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "email", ("first_name", "last_name"), ("title", "company"),
                    ("city", "country"), ("url", "domain"),
                ]
            },
        ),
        (
            "List",
            {
                "fields": [
                    ("list_name", "source"), ("tier", "stage"), ("score", "tags"), "image_key",
                    "vars",
                ]
            },
        ),
        (
            "State",
            {
                "fields": [
                    ("state", "last_emailed_at"), ("stopped_at", "deleted_at"),
                    ("created_at", "updated_at"),
                ]
            },
        ),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("search_words")

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet, bool]:
        return queryset.search(search_term), False

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        if "url" in form.changed_data:
            form.changed_data.append("domain")
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not by Django's own button: the row must stay, or an import would revive the lead."""
        return False

    @display(
        description="status",
        ordering="status",
        label={
            "active": "success", "suppressed": "warning", "bounced": "danger",
            "stopped": "warning", "deleted": "default",
        },
    )  # fmt: skip
    def state(self, lead: Lead) -> str:
        if lead.deleted_at is not None:
            return "deleted"
        return "stopped" if lead.stopped_at is not None else lead.status

    @admin.display(description="tags")
    def tag_list(self, lead: Lead) -> str:
        return ", ".join(lead.tags)

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet) -> FileResponse:
        # Django closes it when the answer is sent.
        file = tempfile.TemporaryFile("w+", encoding="utf-8-sig", newline="")  # noqa: SIM115
        rows = queryset.values_list(*EXPORTED).iterator(chunk_size=2000)
        write_csv(file, EXPORTED, rows)
        file.seek(0)
        return FileResponse(
            file.buffer, as_attachment=True, filename="leads.csv", content_type="text/csv"
        )


class SuppressionForm(forms.ModelForm):
    class Meta:
        model = Suppression
        fields = ["scope", "value", "reason", "note"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        try:
            given["value"] = _normalised(given["value"], given["scope"])
        except (InvalidAddress, InvalidUrl) as error:
            self.add_error("value", str(error))
        return given


def _normalised(value: str, scope: str) -> str:
    if scope == Suppression.Scope.ADDRESS:
        return normalised_address(value)
    return normalised_address(f"anybody@{value.strip().removeprefix('@')}").partition("@")[2]


@admin.register(Suppression)
class SuppressionAdmin(PartialSaveAdmin):
    """Entries are added and never changed or taken away: whoever opted out stays out."""

    form = SuppressionForm
    list_display = ["value", "scope", "why", "note", "created_at"]
    list_filter = [
        ("scope", ChoicesDropdownFilter),
        ("reason", ChoicesDropdownFilter),
        ("created_at", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    search_fields = ["value__startswith"]
    search_help_text = "The beginning of an address or a domain"
    paginator = EstimatingPaginator
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        suppress([obj.value], reason=obj.reason, scope=obj.scope, note=obj.note)
        stored = obj.erased_value(obj.value) if obj.reason == obj.Reason.ERASED else obj.value
        obj.pk = Suppression.objects.get(scope=obj.scope, value=stored).pk
        obj.value = stored  # the address of an erased person must not get into the history

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(
        description="reason",
        ordering="reason",
        label={"complaint": "danger", "bounced": "warning", "unsubscribed": "info"},
    )
    def why(self, suppression: Suppression) -> str:
        return suppression.reason


class RefusalTable(ReadOnlyTable):
    model = ImportRefusal
    fields = ["row_number", "outcome", "column", "value", "reason"]
    readonly_fields = fields
    show_change_link = False


@admin.register(LeadImport)
class LeadImportAdmin(ReadOnlyAdmin):
    list_display = [
        "filename", "list_name", "mode", "state", "rows_done", "rows_total", "created_count",
        "updated_count", "skipped_count", "refused_count", "created_by", "created_at",
    ]  # fmt: skip
    list_select_related = ["created_by"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("mode", ChoicesDropdownFilter),
        ("created_at", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    search_fields = ["filename", "list_name"]
    # Uploads are not served by the web server.
    exclude = ["file"]
    inlines = [RefusalTable]

    @display(
        description="status",
        ordering="status",
        label={"pending": "default", "running": "primary", "completed": "success",
               "failed": "danger"},
    )  # fmt: skip
    def state(self, lead_import: LeadImport) -> str:
        return lead_import.status


@admin.register(ImportRefusal)
class ImportRefusalAdmin(ReadOnlyAdmin):
    list_display = ["lead_import", "row_number", "outcome", "column", "value", "reason"]
    list_select_related = ["lead_import"]
    list_filter = [("outcome", ChoicesDropdownFilter)]
    list_filter_submit = True
    search_fields = ["lead_import__filename", "reason"]
    ordering = ["-lead_import", "row_number"]


@admin.register(ImageAsset)
class ImageAssetAdmin(PartialSaveAdmin):
    list_display = ["key", "width", "height", "created_at"]
    search_fields = ["key"]
    fields = ["key", "file"]


@admin.register(Report)
class ReportAdmin(PartialSaveAdmin):
    list_display = ["lead", "filename", "created_at"]
    list_select_related = ["lead"]
    search_fields = ["lead__email", "filename"]
    autocomplete_fields = ["lead"]
    fields = ["lead", "file", "filename"]
