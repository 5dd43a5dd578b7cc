from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from mailsuite.lib.admin import FilteredList
from tracking.models import Hit


@admin.register(Hit)
class HitAdmin(FilteredList, ModelAdmin):
    """What came in and waits to become events; empty most of the time."""

    list_display = ["at", "kind", "message_id", "link_id", "method", "user_agent", "ip_address"]
    list_filter = ["kind", "method"]
    search_fields = ["=message_id", "user_agent"]
    ordering = ["-id"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Hit | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Hit | None = None) -> bool:
        return False
