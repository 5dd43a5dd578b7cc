"""What providers told, and what came of it: to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from mailsuite.lib import clock
from mailsuite.lib.admin import Deed, ReadOnlyAdmin
from tracking.models import ProviderEvent
from tracking.webhooks.processing import try_again

_SHOWN = 4_000
TRY_AGAIN = Deed(
    name="try_event_again",
    title="Try again",
    asks="It is read anew within a minute. What it has changed already changes no second time.",
    done="tried again within a minute",
    service=lambda _, event: try_again(event.pk, clock.now()),
    right="retry",
    icon="refresh",
)


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
    actions = ["try_again_selected"]
    actions_detail = ["try_again_this"]

    try_again_this, try_again_selected = TRY_AGAIN.button, TRY_AGAIN.for_selected

    def has_retry_permission(self, request: HttpRequest, *_: Any) -> bool:
        return request.user.has_perm("campaigns.change_sendingaccount")

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
