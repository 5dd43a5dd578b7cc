from __future__ import annotations

from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from leads.admin_import import ImportPages
from leads.models import ImportRefusal, LeadImport
from mailsuite.lib.admin import ReadOnlyAdmin, ReadOnlyTable


class RefusalTable(ReadOnlyTable):
    model = ImportRefusal
    fields = ["row_number", "outcome", "column", "value", "reason"]
    readonly_fields = fields


@admin.register(LeadImport)
class LeadImportAdmin(ImportPages, ReadOnlyAdmin):
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
    search_fields = ["lead_import__filename", "reason"]
    ordering = ["-lead_import", "row_number"]
