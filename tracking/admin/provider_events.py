"""What providers told, and what came of it: to look at."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from mailsuite.lib.admin import ReadOnlyAdmin
from tracking.models import ProviderEvent

_SHOWN = 4_000


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnlyAdmin):
    list_display = ["received_at", "account", "purpose", "how_it_ended", "outcome", "tries"]
    list_select_related = ["account"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("purpose", ChoicesDropdownFilter),
        ("account", RelatedDropdownFilter),
    ]
    ordering = ["-received_at", "-id"]
    fields = [
        ("account", "purpose"), ("received_at", "state"), "outcome", ("tries", "next_try_at"),
        "content_type", "told",
    ]  # fmt: skip
    readonly_fields = ["told"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("body")

    @display(
        description="state",
        ordering="state",
        label={
            "done": "success", "waiting": "info", "not_ours": "default", "refused": "warning",
            "failed": "danger",
        },
    )  # fmt: skip
    def how_it_ended(self, event: ProviderEvent) -> str:
        return event.state

    @admin.display(description="what was told")
    def told(self, event: ProviderEvent) -> str:
        return bytes(event.body[:_SHOWN]).decode(errors="replace").replace("\0", "\ufffd")
