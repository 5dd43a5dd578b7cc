"""What mailsuite writes down about mails: to look at, and nothing else."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RangeDateTimeFilter,
)
from unfold.decorators import display

from campaigns.admin.found_by_lead import FoundByLead
from campaigns.models import MessageContent, MessageEvent, SendAttempt, Tick, TrackedLink
from mailsuite.lib.admin import ReadOnlyAdmin


class _OfMessages(FoundByLead, ReadOnlyAdmin):
    lead_field = "message__lead"
    ordering = ["-id"]


@admin.register(MessageEvent)
class MessageEventAdmin(_OfMessages):
    list_display = ["at", "what", "actor", "message", "link", "user_agent", "ip_address"]
    list_select_related = ["message__lead", "link"]
    list_filter = [
        ("kind", ChoicesDropdownFilter),
        ("actor", ChoicesDropdownFilter),
        ("at", RangeDateTimeFilter),
    ]

    @display(
        description="kind",
        ordering="kind",
        label={
            "sent": "default", "opened": "info", "clicked": "primary", "replied": "success",
            "bounced": "danger", "failed": "danger", "unsubscribed": "warning",
            "complained": "danger",
        },
    )  # fmt: skip
    def what(self, event: MessageEvent) -> str:
        return event.kind


@admin.register(SendAttempt)
class SendAttemptAdmin(_OfMessages):
    list_display = ["started_at", "domain", "message", "result", "reply_code", "detail", "worker"]
    list_select_related = ["domain", "message__lead"]
    list_filter = [
        ("outcome", ChoicesDropdownFilter),
        ("domain", AutocompleteSelectFilter),
        ("started_at", RangeDateTimeFilter),
    ]

    @display(
        description="outcome",
        ordering="outcome",
        label={
            "under_way": "primary", "accepted": "success", "deferred": "warning",
            "refused": "danger", "not_transmitted": "warning", "unknown": "warning",
            "withheld": "default", "not_composed": "danger", "abandoned": "warning",
        },
    )  # fmt: skip
    def result(self, attempt: SendAttempt) -> str:
        return attempt.outcome


@admin.register(MessageContent)
class MessageContentAdmin(_OfMessages):
    list_display = ["subject", "sender", "message", "created_at"]
    list_select_related = ["message__lead"]
    list_filter = [("created_at", RangeDateTimeFilter)]
    ordering = ["-message"]
    # The body is shown on the page of its message, where it cannot load anything.
    exclude = ["html"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("html")


@admin.register(TrackedLink)
class TrackedLinkAdmin(ReadOnlyAdmin):
    list_display = ["url", "campaign"]
    list_select_related = ["campaign"]
    list_filter = [("campaign", AutocompleteSelectFilter)]
    search_fields = ["url"]


@admin.register(Tick)
class TickAdmin(ReadOnlyAdmin):
    list_display = ["at", "finished_at"]
    list_filter = [("at", RangeDateTimeFilter)]
